"""Accepting goods at the door: delivery by delivery, by pieces and weight, with names, and photos where it is short."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_pictures
from procurement.models import AcceptanceLine, AcceptancePhoto, BudgetUnit, GoodsAcceptance, UnitOrder
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, BUYER, RECEIVERS, must_be
from procurement.operations.quota import KIND
from procurement.queries.sealed import ACCEPTANCE, acceptance_facts
from procurement.rules.acceptance import needs_reason
from procurement.states import AcceptanceKind, ReceiverKind
from shop.accounts.queries import names_in_organisation, people_in_organisation
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.core.names import is_among, is_name, plain_name
from shop.core.sealed import seal
from shop.core.texts import one_line
from shop.sales.hooks import Event, OrderEvent
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.receipts import BY_TIME
from shop.sales.queries.deliveries import shipped_pieces

MOST_PHOTOS = 6
NAME_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Receivers:
    """Who received a delivery: a name, and a second person where two accept together.

    The second is one of the unit's own people, by account or by name, or `is_outside`: a witness who is none of them.
    """

    name: str = ""
    second: str = ""
    second_account_id: int | None = None
    is_outside: bool = False
    account_id: int | None = None

    @property
    def second_kind(self) -> str:
        """What the second is recorded as."""
        if not self.second:
            return ""
        return ReceiverKind.OUTSIDE if self.is_outside else ReceiverKind.MEMBER


def accept_goods(
    *,
    order_id: int,
    accepted: Mapping[int, int],
    actor: Any,
    at: datetime,
    receivers: Receivers | None = None,
    weighed: Mapping[int, int] | None = None,
    shipment_ids: Collection[int] | None = None,
    note: str = "",
    photos: Sequence[IO[bytes]] = (),
) -> GoodsAcceptance:
    """Accept a delivery of a unit's order (line id → pieces that arrived well); what is short is not paid for.

    The delivery is `shipment_ids`, or every parcel that waits. `weighed` (line id → grams) charges by weight what is
    lighter than it should be. Without `receivers`, the person of the account received it.
    Raises TooMuch (field `accepted-<line>`) beyond what was sent, InvalidInput for a photo that is none or more than
    six of them, (field `receiver`, `second`, `witness`) where a name is missing, is nobody's of the unit or is of one
    who may not receive, or where two are needed and neither is of the unit, and (field
    `note`, code `reason_missing`) where goods are refused whole without a reason, WrongState when nothing waits to be
    accepted, NotAllowed for others than the unit's buyers and approvers. Locks: as accept_order.
    """
    if len(photos) > MOST_PHOTOS:
        raise InvalidInput(_("At most %(most)d photos.") % {"most": MOST_PHOTOS}, field="photos")
    with transaction.atomic():
        row = UnitOrder.objects.select_related("unit__organisation").get(pk=order_id)
        must_be(actor, row.unit, BUYER, APPROVER)
        note = check_length(one_line(note), "note")
        named = _check_receivers(row.unit, receivers or Receivers(name=actor.name))
        done = accept_order(
            order_id=order_id, accepted=accepted, weighed=weighed, shipment_ids=shipment_ids, actor=actor, at=at,
            note=note,
        )  # fmt: skip
        refuses = needs_reason((line.sent, line.accepted) for line in done.lines)
        if refuses and not note:
            raise InvalidInput(
                _("Say why goods are refused whole: the supplier reads it, and it stands on the record."),
                code="reason_missing",
                field="note",
            )
        acceptance = GoodsAcceptance.objects.create(
            order_id=order_id,
            sequence=_next_sequence(order_id),
            unit=row.unit,
            receiver_name=named.name,
            receiver_account_id=named.account_id,
            second_name=named.second,
            second_account_id=named.second_account_id,
            second_kind=named.second_kind,
            short_fen=done.short_fen,
            note=note,
            actor_id=actor.pk,
            at=at,
        )
        AcceptanceLine.objects.bulk_create(
            [
                AcceptanceLine(
                    acceptance=acceptance,
                    line_id=line.line_id,
                    sent=line.sent,
                    accepted=line.accepted,
                    weighed_grams=line.weighed_grams,
                    short_fen=line.short_fen,
                    weight_fen=line.weight_fen,
                )
                for line in done.lines
            ]
        )
        pictures = store_pictures(
            uploads=photos, alt_zh=_("Photo of the acceptance"), actor=actor, at=at, is_private=True
        )
        AcceptancePhoto.objects.bulk_create(
            [AcceptancePhoto(acceptance=acceptance, picture=picture) for picture in pictures]
        )
        seal(ACCEPTANCE, acceptance_facts(pk=acceptance.pk), at=at)
        if refuses:
            outbox.enqueue(
                task="procurement.tell_refused",
                args={"acceptance_id": acceptance.pk},
                key=f"goods_refused:{acceptance.pk}",
                at=at,
            )
        return acceptance


def take_part(events: Sequence[OrderEvent]) -> None:
    """Record what time accepted in a unit's place, so that no delivery counts without a record of its acceptance."""
    for event in events:
        if event.kind == Event.ACCEPTED and event.reason == BY_TIME and event.order.purchase.attribution_kind == KIND:
            _record_by_time(event)


def _record_by_time(event: OrderEvent) -> None:
    row = UnitOrder.objects.filter(pk=event.order.pk).first()
    if row is None:
        return
    shipped = shipped_pieces(row.pk)
    known = dict(
        AcceptanceLine.objects.filter(line__in=shipped).values_list("line_id").annotate(pieces=Sum("sent")).order_by()
    )
    acceptance = GoodsAcceptance.objects.create(
        order_id=row.pk,
        sequence=_next_sequence(row.pk),
        unit_id=row.unit_id,
        kind=AcceptanceKind.BY_TIME,
        at=event.at,
    )
    rest = {line_id: pieces - known.get(line_id, 0) for line_id, pieces in shipped.items()}
    AcceptanceLine.objects.bulk_create(
        [
            AcceptanceLine(acceptance=acceptance, line_id=line_id, sent=pieces, accepted=pieces)
            for line_id, pieces in rest.items()
            if pieces
        ]
    )
    seal(ACCEPTANCE, acceptance_facts(pk=acceptance.pk), at=event.at)


def _next_sequence(order_id: int) -> int:
    """Return the number of the next acceptance of an order whose row is locked."""
    return GoodsAcceptance.objects.filter(order_id=order_id).count() + 1


def _check_receivers(unit: BudgetUnit, given: Receivers) -> Receivers:
    people = people_in_organisation(unit.organisation_id, *RECEIVERS)
    name, second = (one_line(text) for text in (given.name, given.second))
    if given.second_account_id is not None:
        second = people.get(given.second_account_id, "")
        if not second:
            raise InvalidInput(_("Choose a person of the unit."), code="second_not_member", field="second")
    _check_names(name, second, "witness" if given.is_outside else "second", needs_two=unit.needs_two_receivers)
    own, its = _account_of(name, people), given.second_account_id or _account_of(second, people)
    if second:
        _check_second(unit, second, is_outside=given.is_outside, is_member=its is not None)
    if own is None and is_among(name, names_in_organisation(unit.organisation_id)):
        raise InvalidInput(
            _("Whoever pays does not receive the goods as well: enter who received them."),
            code="receiver_pays",
            field="receiver",
        )
    if unit.needs_two_receivers and own is None and its is None:
        raise InvalidInput(
            _("One of the two who accept together must be one of the unit's own people, by the name of their account."),
            code="nobody_of_unit",
            field="receiver",
        )
    return Receivers(name, second, its, given.is_outside and bool(second), own)


def _check_names(name: str, second: str, second_field: str, *, needs_two: bool) -> None:
    """Raise InvalidInput where a name is missing, too long or none, or where both are the same person's."""
    check_length(name, "receiver", NAME_LENGTH)
    check_length(second, second_field, NAME_LENGTH)
    if not name:
        raise InvalidInput(_("Enter who received the goods."), code="receiver_missing", field="receiver")
    if needs_two and not second:
        raise InvalidInput(
            _("Two people accept together here: enter the second name."), code="second_missing", field="second"
        )
    for field, text in (("receiver", name), (second_field, second)):
        if text and not is_name(text):
            raise InvalidInput(_("Enter a person's full name."), code="receiver_no_name", field=field)
    if second and plain_name(second) == plain_name(name):
        raise InvalidInput(_("The second person must be somebody else."), code="second_same", field="second")


def _check_second(unit: BudgetUnit, second: str, *, is_outside: bool, is_member: bool) -> None:
    """Raise InvalidInput unless the second is one who may receive or, from outside, none of the unit's people at all."""
    if not is_outside and not is_member:
        raise InvalidInput(
            _("This is nobody of the unit. Choose one of its people, or name a witness from outside as such."),
            code="second_not_member",
            field="second",
        )
    if is_outside and is_member:
        raise InvalidInput(
            _("This is one of the unit's own people: choose them from the list."),
            code="witness_is_member",
            field="witness",
        )
    # Whoever only pays may not receive, and is no stranger either.
    if is_outside and is_among(second, names_in_organisation(unit.organisation_id)):
        raise InvalidInput(
            _("This is one of the unit's own people, and no witness from outside."),
            code="witness_is_member",
            field="witness",
        )


def _account_of(name: str, people: Mapping[int, str]) -> int | None:
    """Return whose name it is among the unit's people, None for nobody's."""
    plain = plain_name(name)
    return next((pk for pk, known in people.items() if plain and plain_name(known) == plain), None)
