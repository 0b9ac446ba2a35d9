"""A beneficiary confirms what arrived, by a link that works once."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import IO, Any

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_picture
from catalog.queries import supplier_member_ids
from procurement import books
from procurement.errors import LinkSpent
from procurement.models import Pledge, PledgeReceipt, ReceiptLink
from procurement.queries.given import stands
from procurement.texts import donor_of, in_both_languages, title_of
from shop.accounts.operations.messages import tell
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.lengths import check_length
from shop.core.texts import one_line
from shop.sales.errors import WrongState
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.locks import lock_order
from shop.sales.states import OrderState

SALT = "procurement.receipt"
DAYS = 30


def make_link(*, order_id: int, at: datetime) -> str:
    """Return the token of a new receipt link; those made before for this order stop working. Signed, for 30 days."""
    token = signing.dumps([order_id, secrets.token_urlsafe(16)], salt=SALT)
    with transaction.atomic():
        ReceiptLink.objects.filter(order_id=order_id, used_at__isnull=True).update(expires_at=at)
        ReceiptLink.objects.create(
            order_id=order_id, token_hash=_hash(token), created_at=at, expires_at=at + timedelta(days=DAYS)
        )
    return token


def renew_link(*, order_id: int, actor: Any, at: datetime) -> str:
    """Return the token of a new link to a member of the beneficiary.

    Raises NotAllowed for anybody else, LinkSpent once the receipt is confirmed or all was given back, WrongState while nothing is on its way.
    """
    pledge = Pledge.objects.filter(purchase__orders__pk=order_id).select_related("beneficiary", "purchase").get()
    if not pledge.beneficiary.memberships.filter(user_id=actor.pk).exists():
        raise NotAllowed(_("Only the beneficiary confirms a receipt."))
    if PledgeReceipt.objects.filter(order_id=order_id).exists():
        raise LinkSpent(_("This receipt is confirmed already."), certificate=pledge.certificate_code)
    order = pledge.purchase.orders.filter(pk=order_id, state=OrderState.SHIPPED).first()
    if order is None:
        raise WrongState(_("This order is not on its way."))
    _check_stands(order)
    audit.record(action="renew_receipt_link", object_kind="order", object_id=order_id, actor=actor, at=at)
    return make_link(order_id=order_id, at=at)


def link_of(*, token: str, at: datetime) -> ReceiptLink:
    """Return the link of a token. Raises LinkSpent for one that is forged, used or expired."""
    try:
        signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise LinkSpent(_("This link does not exist.")) from error
    return _good(ReceiptLink.objects.filter(token_hash=_hash(token)), at)


def link_by_id(*, link_id: int, at: datetime) -> ReceiptLink:
    """Return the link that a session was opened with. Raises LinkSpent for one that is used or expired."""
    return _good(ReceiptLink.objects.filter(pk=link_id), at)


def _good(rows: QuerySet[ReceiptLink], at: datetime) -> ReceiptLink:
    link = rows.select_related("order__purchase__pledge").first()
    if link is None:
        raise LinkSpent(_("This link does not exist."))
    if link.used_at is not None:
        raise _used(link)
    _check_stands(link.order)
    if link.expires_at <= at:
        raise LinkSpent(_("This link has expired. A newer one may be among your messages."), is_expired=True)
    return link


def _check_stands(order: Any) -> None:
    """Raise LinkSpent for an order of which nothing is a gift any more: there is nothing to confirm."""
    if not stands(order):
        raise LinkSpent(_("What was paid for this gift went back to its donor: there is nothing to confirm."))


def _used(link: ReceiptLink) -> LinkSpent:
    """A used link still leads to what was confirmed with it: its holder may have no account."""
    text = _("The receipt was confirmed with this link already. Thank you.")
    return LinkSpent(text, certificate=link.order.purchase.pledge.certificate_code)


@dataclass(frozen=True, slots=True)
class Arrived:
    """What a beneficiary says of what arrived: words to the donor, and what was not as it should be.

    `accepted` (line id → pieces that arrived well) names the lines of which less did, `fault` says what was wrong.
    """

    message: str = ""
    accepted: Mapping[int, int] = field(default_factory=dict)
    fault: str = ""


def confirm_by_link(*, token: str, photo: IO[bytes] | None, arrived: Arrived, at: datetime) -> PledgeReceipt:
    """Confirm that an order arrived, by the token of its link. Raises what `confirm_by_id` raises."""
    if photo is None:
        raise InvalidInput(_("Take a photo of what arrived."), field="photo")
    return confirm_by_id(link_id=link_of(token=token, at=at).pk, photo=photo, arrived=arrived, at=at)


def confirm_by_id(*, link_id: int, photo: IO[bytes] | None, arrived: Arrived, at: datetime) -> PledgeReceipt:
    """Confirm that an order arrived, with a photo; the link works once. What did not arrive well goes back to the donor.

    Raises LinkSpent, InvalidInput without a picture, or (field `fault`) without a word on what was wrong where less
    arrived, or for more than was sent (TooMuch, field `accepted-<line>`), WrongState while the order is not on its way,
    or where less is said of one that counts as received already. Locks: purchase, order, then ledger.
    """
    if photo is None:
        raise InvalidInput(_("Take a photo of what arrived."), field="photo")
    words = check_length(arrived.message, "message")
    fault = check_length(one_line(arrived.fault), "fault")
    with transaction.atomic():
        link = link_by_id(link_id=link_id, at=at)
        if not ReceiptLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=at):
            raise _used(link)
        order = lock_order(link.order_id)
        _check_stands(order)
        if order.state not in (OrderState.SHIPPED, OrderState.COMPLETED):
            # Part of it is yet to be sent: a receipt is the whole order's.
            raise WrongState(_("This order is not on its way."))
        is_short = _accept(order, arrived.accepted, fault, at)
        # Last of what may be refused: a file stays where the rest is undone.
        try:
            picture = store_picture(upload=photo, alt_zh=_("Photo of the receipt"), at=at, is_private=True)
        except InvalidInput as error:
            raise InvalidInput(error.message, field="photo") from error
        pledge = Pledge.objects.get(purchase_id=link.order.purchase_id)
        receipt = PledgeReceipt.objects.create(
            order_id=link.order_id, pledge=pledge, picture=picture, words=words, fault=fault if is_short else "", at=at
        )
        order.refresh_from_db()
        # Of an order of which nothing arrived well nothing is left to confirm.
        if order.left_fen:
            ledger.post(
                books.pledge_move(
                    key=f"receipt:{order.pk}",
                    beneficiary_id=pledge.beneficiary_id,
                    debit=books.DELIVERED,
                    credit=books.CONFIRMED,
                    fen=order.left_fen,
                    number=order.order.number,
                ),
                at=at,
            )
        if is_short:
            outbox.enqueue(
                task="procurement.tell_gift_short", args={"order_id": order.pk}, key=f"gift_short:{order.pk}", at=at
            )
        outbox.enqueue(
            task="procurement.tell_receipt",
            args={"pledge_id": pledge.pk, "order_id": link.order_id},
            key=f"receipt:{link.order_id}",
            at=at,
        )
        return receipt


def _accept(order: Any, accepted: Mapping[int, int], fault: str, at: datetime) -> bool:
    """Accept a locked order with what arrived well; return whether that is less than was sent."""
    sent = {line.pk: line.shipped - line.rejected - line.returned for line in order.lines.all()}
    is_short = any(pieces != sent.get(pk) for pk, pieces in accepted.items())
    if order.state == OrderState.COMPLETED:
        if is_short or fault:
            raise WrongState(
                _("This counts as received already: its donor can still ask the supplier for money back."),
            )
        return False
    if fault and not is_short:
        raise InvalidInput(
            _("Say how many pieces arrived well: what was paid for the rest goes back."), code="short_of_nothing",
            field="accepted",
        )  # fmt: skip
    if is_short and not fault:
        raise InvalidInput(_("Say what was missing or damaged: donor and supplier read it."), field="fault")
    accept_order(order_id=order.pk, accepted=dict(accepted), actor=None, at=at, note=fault or "pledge")
    return is_short


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@outbox.register("procurement.ask_receipt")
def ask_receipt(*, order_id: int, at: datetime) -> None:
    """Send the beneficiary's people a link, once; running twice leaves the first one working."""
    if ReceiptLink.objects.filter(order_id=order_id).exists():
        return
    pledge = Pledge.objects.filter(purchase__orders__pk=order_id).select_related("beneficiary", "need").first()
    if pledge is None or not stands(pledge.purchase.orders.get(pk=order_id)):
        return
    params = {
        **in_both_languages("donor", lambda: donor_of(pledge)),
        **in_both_languages("need", lambda: title_of(pledge)),
        "words": f"“{pledge.words}” " if pledge.words else "",
    }
    token = make_link(order_id=order_id, at=at)
    for user_id in pledge.beneficiary.memberships.order_by("user_id").values_list("user_id", flat=True).distinct():
        tell(
            user_id=user_id, kind="gift_shipped", params=params,
            url=f"/pledges/receipt/{token}/", key=f"ask_receipt:{order_id}:{user_id}", at=at,
        )  # fmt: skip


@outbox.register("procurement.tell_gift_short")
def tell_gift_short(*, order_id: int, at: datetime) -> None:
    """Tell the supplier and the donor what the beneficiary says did not arrive well."""
    receipt = PledgeReceipt.objects.select_related("order__order", "pledge__beneficiary").get(pk=order_id)
    order, pledge = receipt.order, receipt.pledge
    number = order.order.number
    params = {
        "name_zh": pledge.beneficiary.name_zh,
        "name_en": pledge.beneficiary.name_en,
        "number": number,
        "reason": receipt.fault,
    }
    places = dict.fromkeys(supplier_member_ids(order.supplier_id), f"/seller/orders/{number}/")
    for user_id, url in {**places, pledge.donor_id: f"/account/orders/{number}/"}.items():
        tell(user_id=user_id, kind="gift_short", params=params, url=url, key=f"gift_short:{order_id}:{user_id}", at=at)


@outbox.register("procurement.tell_receipt")
def tell_receipt(*, pledge_id: int, order_id: int, at: datetime) -> None:
    """Tell the donor that the beneficiary has it, with the certificate."""
    pledge = Pledge.objects.select_related("beneficiary").get(pk=pledge_id)
    tell(
        user_id=pledge.donor_id, kind="pledge_confirmed",
        params={"name_zh": pledge.beneficiary.name_zh, "name_en": pledge.beneficiary.name_en},
        url=f"/pledges/certificates/{pledge.certificate_code}/", key=f"pledge_confirmed:{order_id}", at=at,
    )  # fmt: skip
