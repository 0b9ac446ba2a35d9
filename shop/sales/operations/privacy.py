"""What sales gives out about a person, and how orders lose one.

Orders are kept for years by law; the person in them is not. Part of `shop.sales.personal_data`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from oscar.apps.basket.models import Basket
from oscar.apps.basket.models import Line as BasketLine
from oscar.apps.catalogue.reviews.models import ProductReview
from oscar.apps.order.models import Order
from oscar.apps.wishlists.models import WishList

from catalog.operations.pictures import delete_pictures
from catalog.queries.trade import listings_now
from shop.core.codes import national_phone
from shop.core.errors import DomainError
from shop.core.masking import mask_phone
from shop.sales import hooks
from shop.sales.case_shown import granted_fen
from shop.sales.models import (
    AfterSale,
    AfterSalePicture,
    Favourite,
    OrderFacts,
    Purchase,
    Refund,
    RefundAccount,
    Remittance,
    ReviewFacts,
    TransferSlip,
)
from shop.sales.queries.payouts import by_hand
from shop.sales.queries.sealed import NOBODY
from shop.sales.rules import is_by_hand
from shop.sales.states import ONGOING_CASES, CaseSide, OrderState, PurchaseState, RefundState
from shop.sales.whose import phone_digest

# A name of one character stands in too many words.
SHORTEST_TRACE = 2
OPEN_ORDERS = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


class StillOpen(DomainError):
    """Something is on its way to or from the person: it must end first."""

    code = "orders_open"


def export_purchases(user: Any) -> dict[str, Any]:
    """Return the person's purchases with their orders, and reviews, as plain JSON values. Amounts in 分."""
    purchases = Purchase.objects.filter(user=user).select_related("ship_division").order_by("pk")
    orders: dict[int, list[dict[str, Any]]] = {}
    rows = (
        OrderFacts.objects.filter(purchase__user=user)
        .select_related("order", "supplier")
        .prefetch_related("lines", "shipments")
    )
    for row in rows.order_by("pk"):
        lines = [{"name": line.name_zh, "quantity": line.ordered} for line in row.lines.all()]
        orders.setdefault(row.purchase_id, []).append(
            {
                "number": row.order.number,
                "supplier": row.supplier.name_zh,
                "state": row.state,
                "total_fen": row.total_fen,
                "refunded_fen": row.refunded_fen,
                "note": row.note,
                "lines": lines,
                "parcels": [
                    {"carrier": each.carrier, "tracking_no": each.tracking_no, "sent": each.shipped_at.isoformat()}
                    for each in row.shipments.all()
                ],
            }
        )
    accounts = {
        row.purchase_id: f"{row.holder} {row.bank} {row.number}"
        for row in RefundAccount.objects.filter(purchase__user=user)
    }
    payers: dict[int, list[str]] = {}
    for purchase_id, payer in _remittances(purchases).values_list("payment__payable_id", "payer"):
        payers.setdefault(purchase_id, []).append(payer)
    # Whose a review is follows its purchase, also one that was adopted after it was written.
    reviews = ReviewFacts.objects.filter(line__order__purchase__user=user).select_related("review", "line")
    cases = AfterSale.objects.filter(line__order__purchase__user=user).select_related("line__order__order")
    cases = cases.prefetch_related("decisions")
    refunds: dict[int, list[dict[str, Any]]] = {}
    for refund in (
        Refund.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchases.values("pk"))
        .select_related("payment", "order__order")
        .order_by("pk")
    ):
        refunds.setdefault(refund.payment.payable_id, []).append(
            {
                "order": refund.order.order.number if refund.order else "",
                "amount_fen": refund.amount_fen,
                "state": refund.state,
                "asked": refund.requested_at.isoformat(),
                "paid_back": refund.finished_at.isoformat() if refund.finished_at else "",
                "reference": refund.provider_ref if is_by_hand(refund.payment.gateway) else "",
            }
        )
    favourites = Favourite.objects.filter(user=user).order_by("pk")
    names = {pk: listing.name_zh for pk, listing in listings_now(row.listing_id for row in favourites).items()}
    return {
        "purchases": [
            {
                "number": row.number,
                "placed": row.placed_at.isoformat(),
                "state": row.state,
                "total_fen": row.total_fen,
                "recipient": row.ship_name,
                "phone": _shown_phone(user, row),
                "address": f"{row.ship_division.full_name_zh} {row.ship_street}",
                "invoice_title": row.invoice_title,
                "invoice_tax_no": row.invoice_tax_no,
                "refund_account": accounts.get(row.pk, ""),
                "payers": payers.get(row.pk, []),
                "refunds": refunds.get(row.pk, []),
                "contact": [each for each in (row.contact_phone, row.contact_email, row.invoice_email) if each],
                "orders": orders.get(row.pk, []),
            }
            for row in purchases
        ],
        "reviews": [
            {"stars": row.review.score, "text": row.review.body, "of": row.line.name_zh, "refusal": row.refusal}
            for row in reviews.order_by("pk")
        ],
        "after_sales": [
            {
                "order": row.line.order.order.number,
                "kind": row.kind,
                "state": row.state,
                "asked_fen": row.amount_fen,
                "agreed_fen": granted_fen(row),
                "reason": row.reason,
                "answer": row.answer,
                "to_the_platform": row.plea,
                "decisions": [
                    {
                        "verdict": each.verdict,
                        "amount_fen": each.amount_fen,
                        "reason": each.reason,
                        "decided": each.decided_at.isoformat(),
                    }
                    for each in row.decisions.all()
                ],
                "opened": row.opened_at.isoformat(),
            }
            for row in cases.order_by("pk")
        ],
        "favourites": [
            {"product": names.get(row.listing_id, ""), "added": row.added_at.isoformat()} for row in favourites
        ],
        "basket": [
            {"product": line.product.title, "quantity": line.quantity}
            for line in BasketLine.objects.filter(basket__owner=user, basket__status=Basket.OPEN).select_related(
                "product"
            )
        ],
    }


def _remittances(purchases: QuerySet[Purchase]) -> QuerySet[Remittance]:
    """Return the money that came for these purchases by transfers, which name who paid."""
    rows = Remittance.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchases.values("pk"))
    return rows.exclude(payer="").order_by("pk")


def erase_buyer(user: Any, at: datetime) -> None:
    """Take the person out of its orders and reviews; baskets and wish lists go. In the caller's transaction.

    Raises StillOpen while something is unpaid, under way, or being settled.
    """
    own = Purchase.objects.filter(user=user)
    list(own.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    _check_orders(user)
    if AfterSale.objects.filter(line__order__purchase__user=user, state__in=ONGOING_CASES).exists():
        raise StillOpen(_("A complaint of yours is still being settled. Please wait for it first."))
    # Also what no order took: it came too late, or was too much.
    if by_hand().filter(payment__payable_id__in=own.values("pk"), state=RefundState.REQUESTED).exists():
        raise StillOpen(_("Money is still on its way back to you. Please wait for it first."))
    _forget_in_words(user, own)
    ReviewFacts.objects.filter(line__order__purchase__user=user).update(shown_name=NOBODY)
    ProductReview.objects.filter(Q(user=user) | Q(facts__line__order__purchase__user=user)).update(
        user=None, name="", email="", homepage=""
    )
    _forget_cases(user)
    OrderFacts.objects.filter(purchase__user=user).update(note="")
    Order.objects.filter(facts__purchase__user=user).update(guest_email="")
    # What may be had once stays had: the phone is counted by a keyed hash, and known to nobody.
    if user.phone and user.phone_verified:
        of_phone = own.filter(contact_phone__in=("", user.phone), erased_phone="", phone_proved_at__isnull=True)
        of_phone.update(phone_proved_at=at)
    for pk, phone in own.exclude(contact_phone="").values_list("pk", "contact_phone"):
        Purchase.objects.filter(pk=pk).update(erased_phone=phone_digest(phone))
    if user.phone:
        own.filter(erased_phone="").update(erased_phone=phone_digest(user.phone))
    own.update(
        contact_phone="",
        contact_email="",
        guest_token_hash="",
        link_token_hash="",
        content_digest="",
        invoice_email="",
        seal_salt="",
    )
    # Where others receive, the address is theirs: a unit's, a beneficiary's.
    own.exclude(attribution_kind__in=hooks.doors).update(
        ship_name=NOBODY, ship_phone="", ship_street="", ship_postcode=""
    )
    # A title with a tax number is an organisation's, and belongs to its invoice.
    own.filter(invoice_tax_no="").update(invoice_title="")
    Purchase.objects.filter(declined_by=user).update(declined_by=None)
    _forget_accounts(own)
    _forget_slips(user, own)
    Favourite.objects.filter(user=user).delete()
    Basket.objects.filter(owner=user, status=Basket.OPEN).delete()
    WishList.objects.filter(owner=user).delete()


def _check_orders(user: Any) -> None:
    """Raise StillOpen with what is open and whose turn it is. A gift on its way waits for others, and keeps nobody."""
    is_open = Q(state__in=OPEN_ORDERS) | Q(purchase__state=PurchaseState.UNPAID)
    mine: list[str] = []
    units: list[str] = []
    rows = OrderFacts.objects.filter(is_open, purchase__user=user).select_related("order", "purchase")
    for order in rows.order_by("pk"):
        number, purchase = order.order.number, order.purchase
        if purchase.state in (PurchaseState.CANCELLED, PurchaseState.EXPIRED) or order.state == OrderState.CANCELLED:
            continue
        receives = hooks.elsewhere(hooks.Step.RECEIVE, purchase, number)
        if receives is not None and order.state == OrderState.SHIPPED and purchase.state == PurchaseState.PAID:
            continue
        (units if hooks.elsewhere(hooks.Step.PAY, purchase, number) is not None else mine).append(number)
    if mine:
        words = _("Some of your orders are not finished yet: %(numbers)s. Receive or cancel them first.")
        raise StillOpen(words % {"numbers": "、".join(mine)}, numbers=mine)
    if units:
        words = _(
            "Orders that you placed for a unit are not finished yet: %(numbers)s. They wait for those who accept, pay or "
            "cancel for the unit: ask them to finish them on the unit's pages."
        )
        raise StillOpen(words % {"numbers": "、".join(units)}, numbers=units)


def _shown_phone(user: Any, purchase: Purchase) -> str:
    """Return the phone that a parcel goes to: masked where it is that of others who receive it."""
    own = purchase.ship_phone in (user.phone, purchase.contact_phone)
    is_theirs = not own and hooks.elsewhere(hooks.Step.RECEIVE, purchase) is not None
    return mask_phone(purchase.ship_phone) if is_theirs else purchase.ship_phone


def _forget_accounts(purchases: QuerySet[Purchase]) -> None:
    """Delete the accounts that nothing was paid to; one that was is a document of the books, as who paid is."""
    paid_to = by_hand().filter(payment__payable_id__in=purchases.values("pk"), state=RefundState.SUCCEEDED)
    accounts = RefundAccount.objects.filter(purchase__in=purchases)
    accounts.exclude(pk__in=paid_to.values("payment__payable_id")).delete()
    accounts.update(given_by_id=None)


def _forget_slips(user: Any, purchases: QuerySet[Purchase]) -> None:
    """Delete the slips that the person added, and those of what it bought as a guest."""
    guest = Q(added_by_id=None, payment__payable_kind="purchase", payment__payable_id__in=purchases.values("pk"))
    slips = TransferSlip.objects.filter(Q(added_by_id=user.pk) | guest)
    delete_pictures([row.picture for row in slips.select_related("picture")], of=slips)


def _forget_in_words(user: Any, purchases: QuerySet[Purchase]) -> None:
    """Take the person's names, phones and e-mails out of words that stay: its reviews and what was answered."""
    said = {user.name, user.email, national_phone(user.phone or "")}
    # Where others receive, name and phone are theirs.
    own = purchases.exclude(attribution_kind__in=hooks.doors)
    for name, phone, *more in own.values_list("ship_name", "ship_phone", "contact_phone", "contact_email"):
        said |= {name, national_phone(phone), *map(national_phone, more)}
    traces = sorted((each for each in said if each and len(each) >= SHORTEST_TRACE), key=len, reverse=True)
    rows = (
        (ProductReview.objects.filter(Q(user=user) | Q(facts__line__order__purchase__user=user)), ("title", "body")),
        (ReviewFacts.objects.filter(line__order__purchase__user=user), ("reply",)),
        (AfterSale.objects.filter(line__order__purchase__user=user), ("answer", "dispute")),
    )
    for query, columns in rows:
        for pk, *texts in query.values_list("pk", *columns).distinct():
            cleaned = [_without(text, traces) for text in texts]
            if cleaned != texts:
                query.model._default_manager.filter(pk=pk).update(**dict(zip(columns, cleaned, strict=True)))


def _without(text: str, traces: Sequence[str]) -> str:
    for trace in traces:
        text = text.replace(trace, NOBODY)
    return text


def _forget_cases(user: Any) -> None:
    """Take the buyer's words and photos out of its cases; what was asked, answered and given back stays."""
    cases = AfterSale.objects.filter(line__order__purchase__user=user)
    cases.update(reason=NOBODY, plea="")
    photos = AfterSalePicture.objects.filter(case__in=cases, side=CaseSide.BUYER)
    delete_pictures([row.picture for row in photos.select_related("picture")], of=photos)
