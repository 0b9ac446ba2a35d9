"""Which lots go into a parcel: first to expire first, never more than was packed.

For packages above: the signatures of `AssignLine` and `assign_lots` stay as they are. What may be sent of
a lot is `lot.left_grams` (packed, not assigned, not mixed into others), never what was harvested; which lots may be
sent says `queries.parcels.lots_to_choose`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core.sealed import seal
from traceability.errors import BeyondHarvest, PromiseBroken
from traceability.models import ParcelLot, ProduceLot, TracedParcel, TraceEvent
from traceability.operations.recording import record_shipping
from traceability.queries.lots import can_be_sent
from traceability.queries.parcel_codes import TRACED_PARCEL, traced_facts
from traceability.queries.promise_words import promise_words
from traceability.rules.codes import new_code
from traceability.rules.fefo import Candidate, Dates, keeps, split
from traceability.rules.sealing import goods_digest
from traceability.states import BizStep, LotState


@dataclass(frozen=True)
class AssignLine:
    """Pieces of one order line that go out in a parcel. `name` is (Chinese, English); `weights` are grams, where each
    piece was weighed, and are never above `grams_per_piece`.
    """

    line_id: int
    listing_id: int
    specification_id: int
    pieces: int
    grams_per_piece: int
    name: tuple[str, str]
    weights: tuple[int, ...] = ()
    promised: Dates | None = None

    def grams(self, pieces: int) -> int:
        """Return what the first `pieces` weigh: as they were weighed, else as the specification says."""
        return sum(self.weights[:pieces]) if self.weights else pieces * max(self.grams_per_piece, 1)

    def after(self, pieces: int) -> "AssignLine":
        """Return the line without its first `pieces`."""
        return replace(self, pieces=self.pieces - pieces, weights=self.weights[pieces:])


Chosen = Mapping[int, Sequence[tuple[int, int]]]


def assign_lots(
    *,
    shipment_id: int,
    supplier_id: int,
    lines: Sequence[AssignLine],
    chosen: Chosen | None = None,
    actor: Any,
    at: datetime,
) -> TracedParcel:
    """Give a parcel its trace code and its lines their lots; return it. The same shipment again is the same parcel.

    `chosen` names (lot, pieces) for some lines instead of first to expire first. A listing without lots goes without.
    Raises BeyondHarvest (field `lot-<line>`) for what no lot has, or for a lot that is not the listing's own,
    PromiseBroken for lots that don't keep what was promised to the order (`AssignLine.promised`).
    Locks: lots by id, then the head of the supplier's chain.
    """
    with transaction.atomic():
        known = TracedParcel.objects.filter(shipment_id=shipment_id).first()
        if known is not None:
            return known
        parcel = TracedParcel.objects.create(
            supplier_id=supplier_id, shipment_id=shipment_id, code=new_code(), shipped_at=at
        )
        seal(TRACED_PARCEL, traced_facts(parcel), at=at)
        lots = _lock_lots(supplier_id, {line.listing_id for line in lines}, at)
        taken: list[tuple[AssignLine, ProduceLot, int]] = []
        for line in lines:
            own = [lot for lot in lots.values() if lot.listing_id == line.listing_id]
            if not own:
                continue
            rest = line
            for lot_id, pieces in _shares(line, own, (chosen or {}).get(line.line_id), at):
                take(lots[lot_id], rest.grams(pieces), line, at)
                taken.append((rest, lots[lot_id], pieces))
                rest = rest.after(pieces)
        _write(parcel, taken, at)
    return parcel


def take(lot: ProduceLot, grams: int, line: AssignLine, at: datetime) -> None:
    """Assign packed grams of a lot, by one conditional update. Raises BeyondHarvest when it has not so much left."""
    used = F("assigned_grams") + F("mixed_grams") + F("gone_grams")
    free = Q(pk=lot.pk, state=LotState.OPEN, packed_grams__gte=used + grams)
    if not ProduceLot.objects.filter(free).update(assigned_grams=F("assigned_grams") + grams):
        raise _beyond(line, 0)
    lot.assigned_grams += grams


def _lock_lots(supplier_id: int, listing_ids: set[int], at: datetime) -> dict[int, ProduceLot]:
    """Return the lots of these listings that were harvested by `at`, locked in the order of their ids.

    Each says in `packed_at` when it was packed first; None where it was not.
    """
    rows = ProduceLot.objects.select_for_update(of=("self",)).filter(
        supplier_id=supplier_id, listing_id__in=listing_ids, harvested_on__lte=timezone.localtime(at).date()
    )
    return {lot.pk: lot for lot in with_packing(rows).order_by("pk")}


def with_packing(rows: QuerySet[ProduceLot]) -> QuerySet[ProduceLot]:
    """Add to lots, as `packed_at`, when they were packed first; None where they were not."""
    packings = TraceEvent.objects.filter(lot=OuterRef("pk"), step=BizStep.PACKING).order_by("occurred_at")
    return rows.annotate(packed_at=Subquery(packings.values("occurred_at")[:1]))


def _shares(
    line: AssignLine, lots: Sequence[ProduceLot], wanted: Sequence[tuple[int, int]] | None, at: datetime
) -> Sequence[tuple[int, int]]:
    # What was packed after a parcel went out is not in it.
    usable = {lot.pk: lot for lot in lots if can_be_sent(lot, at) and _was_packed(lot, at)}
    kept = {lot.pk: lot for lot in usable.values() if keeps(lot.harvested_on, lot.best_before, line.promised)}
    if wanted is None:
        found, short = split(line.pieces, line.grams_per_piece, [_candidate(lot) for lot in kept.values()])
        if short and len(kept) < len(usable):
            raise _broken(line, line.pieces - short)
        if short:
            raise _beyond(line, line.pieces - short)
        return found
    if sum(pieces for _lot, pieces in wanted) != line.pieces or any(
        lot_id not in usable or pieces < 1 for lot_id, pieces in wanted
    ):
        raise BeyondHarvest(_("Choose a lot of this product that can be sent."), field=f"lot-{line.line_id}")
    if any(lot_id not in kept for lot_id, _pieces in wanted):
        raise _broken(line, sum(_pieces_left(lot, line) for lot in kept.values()))
    for lot_id, pieces in wanted:
        if pieces > _pieces_left(usable[lot_id], line):
            raise _beyond_lot(line, usable[lot_id], list(usable.values()))
    return wanted


def _was_packed(lot: Any, at: datetime) -> bool:
    return lot.packed_at is not None and lot.packed_at <= at


def _candidate(lot: ProduceLot) -> Candidate:
    return Candidate(lot.pk, lot.best_before, lot.harvested_on, lot.left_grams)


def _pieces_left(lot: ProduceLot, line: AssignLine) -> int:
    return lot.left_grams // max(line.grams_per_piece, 1)


def _beyond_lot(line: AssignLine, lot: ProduceLot, lots: Sequence[ProduceLot]) -> BeyondHarvest:
    """Refuse one chosen lot: it is this lot that has too little, the others may have enough."""
    left = _pieces_left(lot, line)
    others = sum(_pieces_left(each, line) for each in lots if each.pk != lot.pk)
    words = {"code": lot.code, "left": left, "others": others}
    return BeyondHarvest(
        _("%(code)s has only %(left)d pieces left, other lots %(others)d: choose another lot, or send fewer.") % words
        if others
        else _("%(code)s has only %(left)d pieces left, and no other lot has any: record a packing, or send fewer.")
        % words,
        field=f"lot-{line.line_id}",
        left=left,
    )


def _broken(line: AssignLine, left: int) -> PromiseBroken:
    return PromiseBroken(
        _(
            "Promised to this order: %(promised)s. The lots that keep it have %(left)d pieces left: send fewer, or"
            " cancel the rest."
        )
        % {"promised": promise_words(line.promised), "left": left},
        field=f"lot-{line.line_id}",
        left=left,
    )


def _beyond(line: AssignLine, left: int) -> BeyondHarvest:
    return BeyondHarvest(
        _("The packed lots of this product have only %(left)d pieces left: record a packing, or send less.")
        % {"left": left},
        field=f"lot-{line.line_id}",
        left=left,
    )


def _write(parcel: TracedParcel, taken: Sequence[tuple[AssignLine, ProduceLot, int]], at: datetime) -> None:
    """Write one shipping event for each lot in the parcel, and what of each line came from it."""
    rows = [
        ParcelLot(
            parcel=parcel,
            lot=lot,
            line_id=line.line_id,
            specification_id=line.specification_id,
            pieces=pieces,
            grams=line.grams(pieces),
            name_zh=line.name[0],
            name_en=line.name[1],
        )
        for line, lot, pieces in taken
    ]
    for lot in {lot.pk: lot for _line, lot, _pieces in taken}.values():
        own = [row for row in rows if row.lot_id == lot.pk]
        event = record_shipping(
            lot=lot,
            grams=sum(row.grams for row in own),
            pieces=sum(row.pieces for row in own),
            parcel_id=parcel.pk,
            goods=goods_digest(parcel.code, own),
            at=at,
        )
        for row in own:
            row.event = event
    ParcelLot.objects.bulk_create(rows)
