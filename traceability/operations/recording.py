"""What a supplier records of a lot: harvest, packing, shipping, its end. Each is an event of its chain."""

from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.queries.trade import own_listing
from catalog.states import StockChangeKind
from shop.core import audit
from shop.core.errors import InvalidInput
from shop.core.lengths import check_length
from shop.core.texts import sentences
from shop.core.times import full_day
from traceability.errors import BeyondHarvest, HarvestExpired, LotBlocked, WrongMove
from traceability.hooks import waiting_of
from traceability.models import Plot, ProduceLot, ProductionBase, TraceEvent
from traceability.operations.beyond import ask_beyond
from traceability.operations.chain import lock_head, refuse_future
from traceability.operations.holding import (
    keep_on_sale_of,
    lock_shelf,
    lots_on_shelf,
    refuse_unconfirmed,
    settle_holds,
    take_off_sale_of,
)
from traceability.operations.issuing import certificate_of, check_papers, write_certificate
from traceability.operations.lot_rows import (
    append_event,
    check_order,
    key_fact,
    lock_lots,
    next_code,
    own_lot,
    refuse_recorded,
)
from traceability.queries.requirements import keeping_term, required_tests
from traceability.queries.stopped import rest_on_shelf
from traceability.rules import dates, sealing
from traceability.rules.weights import in_words
from traceability.states import DISPOSITIONS, BizStep, LotKind, LotState, RestOfLot

MOST_GRAMS = 1_000_000_000


def record_harvest(
    *,
    supplier_id: int,
    listing_id: int,
    base_id: int,
    plot_id: int | None = None,
    grams: int,
    occurred_at: datetime,
    best_before: date | None = None,
    actor: Any,
    at: datetime,
    confirm: bool = False,
    key: str = "",
) -> ProduceLot:
    """Open a lot with its harvest and return it. `best_before` defaults to the listing's shelf life.

    Where a rule of that day requires tests of such goods, the lot waits for them: nothing of it is packed or sent before.
    `key` is that of the page it was entered on: the same page's harvest again raises AlreadyRecorded.
    Raises FromTheFuture, InvalidInput for a weight that can't be, a harvest longer ago or a best-before day later than
    such goods keep (`rules.dates`), or a listing or base of somebody else; HarvestExpired for one that is best before a
    day that is over, unless that is confirmed (`confirm`).
    Locks the head of the supplier's chain, so that lots are numbered one after the other.
    """
    refuse_future(occurred_at, at)
    if not 0 < grams <= MOST_GRAMS:
        raise InvalidInput(_("Enter how much was harvested."), field="kilograms")
    listing = own_listing(supplier_id, listing_id)
    if listing is None:
        raise InvalidInput(_("Choose one of your products."), field="listing")
    base = ProductionBase.objects.filter(pk=base_id, supplier_id=supplier_id).first()
    plot = Plot.objects.filter(pk=plot_id, base=base).first() if base and plot_id else None
    if base is None or (plot_id and plot is None):
        raise InvalidInput(_("Choose one of your bases."), field="base")
    day = timezone.localtime(occurred_at).date()
    if best_before is None and listing.shelf_life_days:
        best_before = day + timedelta(days=listing.shelf_life_days)
    check_days(listing, day, best_before, at)
    facts = {"listing": listing, "base": base, "plot": plot, "best_before": best_before, "harvested_grams": grams}
    with transaction.atomic():
        lock_head(supplier_id)
        refuse_recorded("lot_opened", key)
        if best_before is not None and best_before < timezone.localtime(at).date() and not confirm:
            words = _("This lot was best before %(day)s: nothing of it can be sold.") % {"day": full_day(best_before)}
            raise HarvestExpired(
                sentences(words, _("Confirm it to go on.")),
                field="confirm", confirm="confirm", best_before=best_before.isoformat(),
            )  # fmt: skip
        required = required_tests(listing.category_id, day)
        lot = ProduceLot.objects.create(
            supplier_id=supplier_id,
            code=next_code(supplier_id, listing.county.name_zh, day),
            harvested_on=day,
            product_zh=listing.name_zh,
            product_en=listing.name_en,
            required_tests=required,
            state=LotState.AWAITING if required else LotState.OPEN,
            created_at=at,
            **facts,
        )
        append_event(lot, BizStep.HARVEST, grams, occurred_at, at, sealing.beginning_facts(lot))
        audit.record(
            action="lot_opened", object_kind="lot", object_id=lot.pk, actor=actor, at=at, grams=grams, **key_fact(key)
        )
    return lot


def check_days(listing: Any, harvested_on: date, best_before: date | None, at: datetime) -> None:
    """Raise InvalidInput (field `occurred_at` or `best_before`) for days that such goods can't have; say which can be."""
    today = timezone.localtime(at).date()
    term = keeping_term(listing.category_id, today)
    first, last = dates.harvest_days(today, listing.shelf_life_days, term)
    if harvested_on < first:
        raise InvalidInput(
            _("Such goods don't keep that long: harvested %(first)s to %(last)s.")
            % {"first": full_day(first), "last": full_day(last)},
            code="harvest_too_old", field="occurred_at", first=first.isoformat(), last=last.isoformat(),
        )  # fmt: skip
    first, last = dates.best_before_days(harvested_on, today, listing.shelf_life_days, term)
    if best_before is not None and not first <= best_before <= last:
        raise InvalidInput(
            _("Best before can be %(first)s to %(last)s: no longer than the shelf life, and not before the harvest.")
            % {"first": full_day(first), "last": full_day(last)},
            code="best_before_range", field="best_before", first=first.isoformat(), last=last.isoformat(),
        )  # fmt: skip


def record_packing(
    *,
    supplier_id: int,
    lot_id: int,
    grams: int,
    boxes: int,
    grade: str,
    sorted_out_grams: int = 0,
    occurred_at: datetime,
    actor: Any,
    at: datetime,
    confirm: bool = False,
    harvest_by: date | None = None,
    key: str = "",
) -> TraceEvent:
    """Record that a lot, or a part of it, was sorted and packed, and issue this packing's 合格证. Returns the event.

    What is packed can be sent; `sorted_out_grams` can't, ever; the rest of the harvest waits to be packed. The basis of
    the certificate is the best evidence that was recorded up to the packing, the producer the body's legal name.
    `key` is that of the page it was entered on: the same page's packing again raises AlreadyRecorded.
    Raises UnknownLot, LotBlocked while a test is missing or failed, FromTheFuture, InvalidInput for a time before the
    harvest or before the test that it needs, for a base without address or contact; BeyondHarvest when more would be
    packed and sorted out, all packings together, than was harvested. What was held only because good goods were missing
    is sold again. From the first packing on a product is sent by lots: raises ShelfBeyondLots where more stands on the
    shelf than its lots cover and was confirmed before, unless it is confirmed (`confirm`) that a harvest is recorded by
    a day (`harvest_by`). Locks: the product's stock pools by id, its lots, the head of the chain.
    """
    with transaction.atomic():
        lock_shelf(_listing_of(lot_id), [lot_id], at=at)
        lot = own_lot(supplier_id, lot_id)
        if not grams > 0:
            raise InvalidInput(_("Enter how much was packed."), field="kilograms")
        if sorted_out_grams < 0:
            raise InvalidInput(_("Enter how much was sorted out."), field="sorted_out")
        extra = {"boxes": boxes, "grade": str(grade), "sortedOut": sorted_out_grams}
        refuse_recorded("lot_packed", key)
        refuse_blocked(lot)
        check_order(lot, BizStep.PACKING, occurred_at, at=at)
        if lot.best_before is not None and timezone.localtime(occurred_at).date() > lot.best_before:
            raise InvalidInput(
                _("This lot was best before %(day)s: it is not packed any more.") % {"day": full_day(lot.best_before)},
                code="lot_expired", field="occurred_at",
            )  # fmt: skip
        check_papers(lot)
        if grams + sorted_out_grams > lot.unpacked_grams:
            left = in_words(max(lot.unpacked_grams, 0))
            words = (
                _("More than was mixed: %(left)s of it is not packed yet.")
                if lot.kind == LotKind.MIX
                else _("More than was harvested: %(left)s of it is not packed yet.")
            )
            raise BeyondHarvest(words % {"left": left}, field="kilograms")
        packings = TraceEvent.objects.filter(lot=lot, step=BizStep.PACKING).count()
        paper = certificate_of(lot, grams, occurred_at, number=packings + 1)
        event = append_event(
            lot, BizStep.PACKING, grams, occurred_at, at, {**extra, "certificate": sealing.paper_facts(paper)}
        )
        write_certificate(paper, event)
        ProduceLot.objects.filter(pk=lot.pk).update(
            packed_grams=F("packed_grams") + grams, sorted_out_grams=F("sorted_out_grams") + sorted_out_grams
        )
        audit.record(
            action="lot_packed", object_kind="lot", object_id=lot.pk, actor=actor, at=at, grams=grams,
            sorted_out_grams=sorted_out_grams, certificate=paper.number, **key_fact(key),
        )  # fmt: skip
        settle_holds([lot.listing_id], actor=actor, at=at)
        ask_beyond(lot.listing_id, confirm=confirm, harvest_by=harvest_by, actor=actor, at=at)
    return event


def record_shipping(
    *, lot: ProduceLot, grams: int, pieces: int, parcel_id: int, goods: str, at: datetime
) -> TraceEvent:
    """Record that some of a lot went out in a parcel; `goods` is the digest of what. Called while lots are assigned."""
    check_order(lot, BizStep.SHIPPING, at, at=at)
    extra = {"parcel": parcel_id, "pieces": pieces, "goods": goods}
    return append_event(lot, BizStep.SHIPPING, grams, at, at, extra)


def close_lot(
    *,
    supplier_id: int,
    lot_id: int,
    actor: Any,
    at: datetime,
    rest: str = "",
    reason: str = "",
    confirm: bool = False,
) -> ProduceLot:
    """Finish a lot: nothing more is sent of it. Raises UnknownLot, WrongMove for one that is held, recalled or finished.

    What of the shelf no other sound lot can be sent for, as much as the lot has left, is gone with it and leaves the
    stock; or it is of another harvest and stays (`rest`; InvalidInput where it is "" and something is left), for a `reason` that the history of the stock keeps: InvalidInput
    without one. Raises OrdersWait where orders would be left without a sound lot, unless that is confirmed
    (`confirm`). Locks: the product's stock pools by id, its lots.
    """
    if rest and rest not in RestOfLot.values:
        raise InvalidInput(_("Say what became of the rest."), field="rest")
    reason = check_length(reason, "reason", 120)
    with transaction.atomic():
        listing_ids = _listing_of(lot_id)
        lock_shelf(listing_ids, at=at)
        lots = lock_lots({lot_id, *lots_on_shelf(listing_ids, at)})
        lot = own_lot(supplier_id, lot_id)
        if lot.state == LotState.CLOSED:
            # What became of its rest was said then; another answer must not look as if it counted.
            raise WrongMove(_("This lot is finished already."))
        if LotState.CLOSED not in DISPOSITIONS[lot.state].moves:
            raise WrongMove(_("This lot can't be finished: %(state)s.") % {"state": lot.get_state_display()})
        if not rest and rest_on_shelf(lot, at).pieces:
            raise InvalidInput(_("Say what became of the rest."), code="rest_missing", field="rest")
        rest = rest or RestOfLot.GONE
        before = waiting_of(lot.listing_id, at)
        ProduceLot.objects.filter(pk=lot.pk, state=LotState.OPEN).update(state=LotState.CLOSED)
        lot.state = LotState.CLOSED
        if rest == RestOfLot.GONE:
            pieces = take_off_sale_of(lot, lots.values(), kind=StockChangeKind.FINISHED, actor=actor, at=at)
        else:
            pieces = keep_on_sale_of(lot, lots.values(), reason=reason, actor=actor, at=at)
        waiting = waiting_of(lot.listing_id, at)
        if waiting.exceeds(before) and not confirm:
            refuse_unconfirmed(waiting)
        audit.record(
            action="lot_closed", object_kind="lot", object_id=lot.pk, actor=actor, at=at, rest=str(rest), pieces=pieces
        )  # fmt: skip
        settle_holds([lot.listing_id], actor=actor, at=at)
    return lot


def _listing_of(lot_id: int) -> list[int]:
    # It never changes, so it may be read before the lot is locked: stock pools are locked first.
    return list(ProduceLot.objects.filter(pk=lot_id).values_list("listing_id", flat=True))


def refuse_blocked(lot: ProduceLot) -> None:
    """Raise LotBlocked for a lot that must not be packed, mixed or sent in its state."""
    if DISPOSITIONS[lot.state].can_pack:
        return
    words = {
        LotState.AWAITING: _("This lot waits for a required test: nothing of it can be packed before that has passed."),
        LotState.HELD: _("A test of this lot failed: nothing of it can be packed or sent."),
        LotState.RECALLED: _("This lot was recalled: nothing of it can be packed or sent."),
    }
    raise LotBlocked(words.get(LotState(lot.state), _("This lot is finished.")), state=lot.state)
