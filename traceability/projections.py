"""What `manage.py check_ledger` checks of lots."""

from collections.abc import Iterator

from django.db.models import F, Q, Sum
from django.db.models.functions import Coalesce

from catalog.queries.pools import pieces_of_listings
from shop.core import sealed
from shop.core.models import AuditEntry
from shop.core.projections import Mismatch, check
from traceability.models import ProduceLot
from traceability.queries.parcel_codes import TRACED_PARCEL, all_traced
from traceability.states import LotState


@check("what is assigned of a lot is what its parcels hold")
def _assigned() -> Iterator[Mismatch]:
    rows = ProduceLot.objects.annotate(sent=Coalesce(Sum("parcels__grams"), 0)).order_by("pk")
    for pk, stored, sent in rows.values_list("pk", "assigned_grams", "sent"):
        if stored != sent:
            yield Mismatch(f"assigned grams of lot {pk}", stored, sent)


@check("of a lot that is gone nothing is left, and of no other is anything gone")
def _gone() -> Iterator[Mismatch]:
    ended = Q(action="lot_expired") | Q(action="lot_closed", data__has_key="rest")
    entries = AuditEntry.objects.filter(ended, object_kind="lot").values_list("object_id", flat=True)
    gone = {int(pk) for pk in entries}
    left = F("packed_grams") - F("assigned_grams") - F("mixed_grams")
    rows = ProduceLot.objects.filter(Q(pk__in=gone) | Q(gone_grams__gt=0) | Q(state=LotState.DISPOSED)).order_by("pk")
    for pk, state, stored, rest in rows.values_list("pk", "state", "gone_grams", left):
        expected = rest if pk in gone or state == LotState.DISPOSED else 0
        if stored != expected:
            yield Mismatch(f"gone grams of lot {pk}", stored, expected)


@check("lots that are gone owe to orders what waits for it in the stock of their product")
def _owed() -> Iterator[Mismatch]:
    said: dict[int, int] = dict(
        ProduceLot.objects.order_by().values_list("listing_id").annotate(grams=Sum("owed_grams"))
    )
    for listing_id, rows in sorted(pieces_of_listings(said).items()):
        waits = sum(row.owed * row.net_grams for row in rows)
        # What was sent in its place is written down when the shelf is settled next.
        if said[listing_id] < waits:
            yield Mismatch(f"grams that lots of listing {listing_id} owe", said[listing_id], waits)


@check("a lot stands where it was opened or moved to, and owes no more than is gone of it")
def _states() -> Iterator[Mismatch]:
    states: dict[int, str] = {}
    entries = AuditEntry.objects.filter(object_kind="lot", action__in=("lot_moved", "lot_closed")).order_by("pk")
    for lot, action, data in entries.values_list("object_id", "action", "data").iterator():
        states[int(lot)] = data["state"] if action == "lot_moved" else LotState.CLOSED
    rows = ProduceLot.objects.order_by("pk").values_list("pk", "state", "required_tests", "owed_grams", "gone_grams")
    for pk, state, required, owed, gone in rows.iterator():
        begun = (LotState.AWAITING if required else LotState.OPEN).value
        if state != states.get(pk, begun):
            yield Mismatch(f"state of lot {pk}, which is {state}", 1, 0)
        if not 0 <= owed <= gone:
            yield Mismatch(f"grams that lot {pk} owes", owed, gone)


@check("a parcel has the trace code that it was sent with")
def _codes() -> Iterator[Mismatch]:
    yield from sealed.faults(TRACED_PARCEL, all_traced())
