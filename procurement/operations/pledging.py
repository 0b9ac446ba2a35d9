"""Buy instead of donate: needs, gifts placed through the one door, their way on the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from catalog.queries import specifications_for_sale
from procurement import books
from procurement.errors import BeyondNeed, WrongStep
from procurement.models import Need, NeedLine, Pledge, PledgeReceipt
from procurement.numbers import new_number
from procurement.queries.gifts import NOTHING, given_pieces
from procurement.states import NeedState
from procurement.texts import gift_note
from shop.core import audit, ledger, outbox
from shop.core.codes import national_phone
from shop.core.errors import DomainError, InvalidInput, KeyUsed, NotAllowed
from shop.core.ledger import Posting
from shop.core.lengths import check_length
from shop.core.prepared import Prepared
from shop.sales.errors import NotForSale, NotServed, TooMuch
from shop.sales.hooks import Event, OrderEvent
from shop.sales.operations.placing import Attribution, Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.queries.quotes import list_quote
from shop.sales.states import OrderState, Terms

KIND = "pledge"
MOST_PIECES = 9_999
_locked = Prepared(lambda pk: Need.objects.filter(pk=pk).select_for_update(of=("self",)).select_related("beneficiary"))
_given_with = Prepared(lambda key: Pledge.objects.filter(purchase__key=key))
_wanted = Prepared(lambda pk: NeedLine.objects.filter(need=pk).values_list("specification_id", "wanted"))


@dataclass(frozen=True)
class Asked:
    """What a beneficiary asks for. `lines`: specification id → pieces it can use."""

    title_zh: str
    text_zh: str
    until: date
    lines: Mapping[int, int]
    ship_name: str
    ship_phone: str
    division_code: str
    street: str
    title_en: str = ""
    text_en: str = ""
    people: int = 0
    picture_key: str = ""


def publish_need(*, beneficiary: Any, asked: Asked, actor: Any, at: datetime, slug: str = "") -> Need:
    """Publish what a beneficiary needs. Raises NotAllowed for others than its members, InvalidInput without lines."""
    if not beneficiary.memberships.filter(user_id=actor.pk).exists():
        raise NotAllowed(_("Only the beneficiary's own people publish its needs."))
    lines = {pk: wanted for pk, wanted in asked.lines.items() if wanted > 0}
    if not lines or set(lines) - set(specifications_for_sale(lines)):
        raise InvalidInput(_("Choose goods that are sold here."), field="lines")
    with transaction.atomic():
        need = Need.objects.create(
            slug=slug or f"{slugify(asked.title_en)[:40] or 'need'}-{new_number('', at)[3:7].lower()}",
            beneficiary=beneficiary,
            state=NeedState.OPEN,
            title_zh=asked.title_zh,
            title_en=asked.title_en,
            text_zh=asked.text_zh,
            text_en=asked.text_en,
            picture_key=asked.picture_key,
            people=asked.people,
            until=asked.until,
            ship_name=asked.ship_name,
            ship_phone=national_phone(asked.ship_phone),
            ship_division_id=asked.division_code,
            ship_street=asked.street,
            published_at=at,
        )
        NeedLine.objects.bulk_create(
            [NeedLine(need=need, specification_id=pk, wanted=wanted) for pk, wanted in lines.items()]
        )
        audit.record(action="publish_need", object_kind="need", object_id=need.pk, actor=actor, at=at)
        return need


def give(
    *,
    need_id: int,
    pieces: Mapping[int, int],
    donor: Any,
    key: str,
    at: datetime,
    donor_name: str = "",
    message: str = "",
    beyond: bool = False,
) -> Pledge:
    """Buy goods for the beneficiary of a need (specification id → pieces); the same `key` is the same gift.

    With other goods, words or another need the key is refused (KeyUsed).
    Goods of the need go up to what it still wants; with `beyond`, which the donor is asked about, any product may be given
    to its beneficiary. Raises BeyondNeed (field `pieces-<id>`), WrongStep for a closed need, NotForSale, NotServed, InvalidInput, and what
    `place` raises. Locks: need, stock pools by id, ledger.
    """
    chosen = {pk: count for pk, count in pieces.items() if count}
    if not chosen:
        raise InvalidInput(_("Choose how many pieces to give."), field="pieces")
    _raise_first(_uncounted(chosen))
    with transaction.atomic():
        found: list[Need] = _locked(need_id)
        if not found:
            raise Need.DoesNotExist(need_id)
        need = found[0]
        known: list[Pledge] = _given_with(f"pledge:{donor.pk}:{key}")
        named, said = check_length(donor_name, "donor_name", 60), check_length(message, "message", 120)
        if known:
            _check_same(known[0], need, chosen, named, said)
            return known[0]
        if need.state != NeedState.OPEN or need.until < timezone.localdate(at):
            raise WrongStep(_("This need is closed. Thank you: look at the others."))
        if not beyond:
            _raise_first(_unwanted(need.pk, chosen))
        purchase = _place(need, chosen, donor, key, at)
        return Pledge.objects.create(
            need=need,
            beneficiary=need.beneficiary,
            donor=donor,
            donor_name=named,
            words=said,
            purchase=purchase,
            certificate_code=new_number("ZS", at),
            created_at=at,
        )


def _check_same(known: Pledge, need: Need, chosen: Mapping[int, int], named: str, said: str) -> None:
    """Raise KeyUsed where a key stands for another gift than the one that is asked for with it."""
    lines = [line for order in known.purchase.orders.all() for line in order.lines.all()]
    had = {line.specification_id: line.ordered for line in lines}
    if (known.need_id, had, known.donor_name, known.words) != (need.pk, dict(chosen), named, said):
        raise KeyUsed(
            _("This form was sent already: gift %(code)s stands as it was given. Send it again to give this besides.")
            % {"code": known.certificate_code},
            certificate=known.certificate_code,
        )


def find_faults(need: Need | None, pieces: Mapping[int, int]) -> dict[int, DomainError]:
    """Return by specification what `give` would refuse of these pieces, as far as it can be told before it is bought.

    `need` is the one that bounds them, None where more than it asks for may be given.
    """
    chosen = {pk: count for pk, count in pieces.items() if count} or pieces
    found: dict[int, DomainError] = {**_unsold(chosen), **(_unwanted(need.pk, chosen) if need else {})}
    return {**found, **_uncounted(chosen)}


def _raise_first(faults: Mapping[int, DomainError]) -> None:
    for fault in faults.values():
        raise fault


def _uncounted(chosen: Mapping[int, int]) -> dict[int, DomainError]:
    said = _("Enter 1 to %(most)d pieces.") % {"most": MOST_PIECES}
    wrong = [pk for pk, count in chosen.items() if not 0 < count <= MOST_PIECES]
    return {pk: InvalidInput(said, field=f"pieces-{pk}") for pk in wrong}


def _unsold(chosen: Mapping[int, int]) -> dict[int, DomainError]:
    """Return what can't be bought now, or not in that number. Two queries."""
    specs = specifications_for_sale(chosen)
    found: dict[int, DomainError] = {}
    for pk, count in chosen.items():
        spec = specs.get(pk)
        if spec is None or not spec.is_sellable or spec.is_preorder:
            found[pk] = NotForSale(_("This can't be bought now."), field=f"pieces-{pk}")
        elif count > spec.available:
            said = _("Only %(left)d left.") % {"left": spec.available}
            found[pk] = TooMuch(said, field=f"pieces-{pk}", left=spec.available)
    return found


def _unwanted(need_id: int, chosen: Mapping[int, int]) -> dict[int, DomainError]:
    """Return of what more is chosen than the need still asks for. Two queries."""
    wanted = dict(_wanted(need_id))
    given = given_pieces([need_id]).get(need_id, {})
    found: dict[int, DomainError] = {}
    for pk, count in chosen.items():
        left = max(0, wanted.get(pk, 0) - given.get(pk, NOTHING).taken)
        if count > left:
            said = (
                _("Only %(left)d more are needed.") % {"left": left} if pk in wanted else _("They don't ask for this.")
            )
            found[pk] = BeyondNeed(said, field=f"pieces-{pk}", left=left)
    return found


def _place(need: Need, chosen: Mapping[int, int], donor: Any, key: str, at: datetime) -> Any:
    specs = specifications_for_sale(chosen)
    for pk in chosen:
        if pk not in specs or not specs[pk].is_sellable or specs[pk].is_preorder:
            raise NotForSale(_("This can't be bought now."), field=f"pieces-{pk}")
    quote = list_quote([(specs[pk], count) for pk, count in chosen.items()], destination=need.ship_division_id)
    if not quote.served:
        raise NotServed(_("A supplier can't send to this address."))
    beneficiary = need.beneficiary
    return place(
        actor=donor,
        at=at,
        lines=[PlaceLine(line.spec, line.quantity, line.unit_price_fen) for line in quote.lines],
        buyer=Buyer(user=donor, phone=donor.phone or "", email=donor.email or ""),
        ship_to=ShipTo(need.ship_name, need.ship_phone, need.ship_division_id, need.ship_street),
        key=f"pledge:{donor.pk}:{key}",
        terms=Terms.ONLINE,
        attribution=Attribution(KIND, str(beneficiary.pk), beneficiary.name_zh),
        also=(Attribution("need", need.slug, need.title_zh),),
        extras=Extras(
            freight={group.supplier_id: group.freight.fen for group in quote.groups},
            notes={group.supplier_id: gift_note(beneficiary.name_zh) for group in quote.groups},
        ),
    )


def take_part(events: Sequence[OrderEvent]) -> None:
    """Move gifts along: placed is pledged, paid ordered, all sent delivered.

    Received (by time, say) is not confirmed: that is the beneficiary's word, and `receiving` books it.
    """
    own = [event for event in events if event.order.purchase.attribution_kind == KIND]
    postings = [posting for event in own for posting in _postings(event)]
    if postings:
        ledger.post(postings, at=own[0].at, actor_id=own[0].actor_id)
    for event in own:
        if event.kind == Event.SHIPPED:
            outbox.enqueue(
                task="procurement.ask_receipt",
                args={"order_id": event.order.pk},
                key=f"ask_receipt:{event.order.pk}",
                at=event.at,
            )


def _postings(event: OrderEvent) -> list[Posting]:
    order = event.order
    sides: tuple[str, str, int] | None = {
        Event.PLACED: (books.SOURCE, books.PLEDGED, event.fen),
        Event.PAID: (books.PLEDGED, books.ORDERED, event.fen),
        Event.SHIPPED: (books.ORDERED, books.DELIVERED, order.left_fen),
        Event.REDUCED: (_stands(order), books.REVERSED, event.fen),
        Event.CANCELLED: (books.PLEDGED, books.REVERSED, event.fen),
    }.get(event.kind)
    if sides is None:
        return []
    return books.pledge_move(
        key=event.key,
        beneficiary_id=int(order.purchase.attribution_ref),
        debit=sides[0],
        credit=sides[1],
        fen=sides[2],
        number=order.order.number,
    )


def _stands(order: Any) -> str:
    """Return where a paid order's money stands."""
    if order.state not in (OrderState.SHIPPED, OrderState.COMPLETED):
        return books.ORDERED
    return books.CONFIRMED if PledgeReceipt.objects.filter(order_id=order.pk).exists() else books.DELIVERED
