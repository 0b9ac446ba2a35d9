"""Mixing lots, or packing one anew: a new lot with links to what it was made of, and a certificate of form two."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.queries.trade import own_listing
from shop.core import audit
from shop.core.errors import InvalidInput
from traceability.errors import BeyondHarvest, OtherProduce, UnknownLot
from traceability.models import ConformityCertificate, LotSource, Plot, ProduceLot, ProductionBase
from traceability.operations.chain import lock_head, refuse_future
from traceability.operations.lot_rows import (
    append_event,
    check_order,
    key_fact,
    lock_lots,
    next_code,
    refuse_recorded,
)
from traceability.operations.recording import refuse_blocked
from traceability.queries.requirements import required_tests
from traceability.rules import sealing
from traceability.rules.weights import in_words
from traceability.states import BizStep, LotKind, LotState

MOST_SOURCES = 20


def mix_lots(
    *,
    supplier_id: int,
    listing_id: int,
    base_id: int,
    sources: Sequence[tuple[int, int]],
    occurred_at: datetime,
    actor: Any,
    at: datetime,
    key: str = "",
) -> ProduceLot:
    """Make a lot of grams of the supplier's packed lots: (lot, grams) each, and return it. One source: packed anew.

    It is as old as its oldest part and keeps as long as the first to expire. It is packed like any lot, which issues its
    certificate of form two with the numbers of its parts' certificates; nothing of it is sent before. `key` is
    that of the page it was entered on: the same page's mixture again raises AlreadyRecorded. Raises UnknownLot, LotBlocked for a part that is held or finished,
    OtherProduce for one of another product, BeyondHarvest for more than is left of it (both with field
    `source-<lot>`), FromTheFuture, InvalidInput.
    Locks: the sources by id, the head of the chain.
    """
    refuse_future(occurred_at, at)
    parts = [(lot_id, grams) for lot_id, grams in sources if grams]
    if not parts or len(parts) > MOST_SOURCES or len({lot_id for lot_id, _grams in parts}) != len(parts):
        raise InvalidInput(_("Choose the lots that were mixed, each once."), field="sources")
    if any(grams < 0 for _lot, grams in parts):
        raise InvalidInput(_("Enter how much of each went into it."), field="sources")
    listing = own_listing(supplier_id, listing_id)
    if listing is None:
        raise InvalidInput(_("Choose one of your products."), field="listing")
    base = ProductionBase.objects.filter(pk=base_id, supplier_id=supplier_id).first()
    if base is None:
        raise InvalidInput(_("Choose one of your bases."), field="base")
    total = sum(grams for _lot, grams in parts)
    with transaction.atomic():
        lots = lock_lots(lot_id for lot_id, _grams in parts)
        if len(lots) != len(parts) or any(lot.supplier_id != supplier_id for lot in lots.values()):
            raise UnknownLot(_("There is no such lot."))
        _check_produce(listing, lots.values())
        lock_head(supplier_id)
        refuse_recorded("lot_mixed", key)
        for lot_id, grams in parts:
            _take(lots[lot_id], grams, occurred_at, at)
        days = [lot.best_before for lot in lots.values() if lot.best_before]
        required = required_tests(listing.category_id, timezone.localtime(occurred_at).date())
        day = timezone.localtime(occurred_at).date()
        mix = ProduceLot.objects.create(
            supplier_id=supplier_id,
            listing=listing,
            base=base,
            kind=LotKind.MIX,
            code=next_code(supplier_id, listing.county.name_zh, day),
            harvested_on=min(lot.harvested_on for lot in lots.values()),
            best_before=min(days, default=None),
            harvested_grams=total,
            product_zh=listing.name_zh,
            product_en=listing.name_en,
            required_tests=required,
            state=LotState.AWAITING if required else LotState.OPEN,
            created_at=at,
        )
        LotSource.objects.bulk_create(
            [LotSource(lot=mix, source_id=lot_id, grams=grams) for lot_id, grams in sorted(parts)]
        )
        facts = {**sealing.beginning_facts(mix), "sources": [_part(lots[lot_id], grams) for lot_id, grams in parts]}
        append_event(mix, BizStep.MIXING, total, occurred_at, at, facts, tuple(sorted(parts)))
        audit.record(
            action="lot_mixed", object_kind="lot", object_id=mix.pk, actor=actor, at=at, grams=total, **key_fact(key)
        )
    return mix


def _check_produce(listing: Any, lots: Iterable[ProduceLot]) -> None:
    """Raise OtherProduce for a part of another product: its name, tests and certificates would be said of the mix.

    A category does not tell oranges from pomelos, so the product itself is compared.
    """
    for lot in sorted(lots, key=lambda each: each.pk):
        if lot.listing_id != listing.pk:
            raise OtherProduce(
                _("%(code)s is of another product: a lot is mixed only from lots of the product that it is sold as.")
                % {"code": lot.code},
                field=f"source-{lot.pk}",
                lot_id=lot.pk,
            )


def _take(lot: ProduceLot, grams: int, occurred_at: datetime, at: datetime) -> None:
    """Take grams of a source, by one conditional update."""
    refuse_blocked(lot)
    # What goes into a mix was packed before, as what is sent was.
    check_order(lot, BizStep.SHIPPING, occurred_at, at=at)
    if lot.best_before is not None and lot.best_before < timezone.localtime(occurred_at).date():
        raise InvalidInput(_("%(code)s has expired.") % {"code": lot.code}, field=f"source-{lot.pk}")
    used = F("assigned_grams") + F("mixed_grams") + F("gone_grams")
    free = ProduceLot.objects.filter(pk=lot.pk, packed_grams__gte=used + grams)
    if not free.update(mixed_grams=F("mixed_grams") + grams):
        raise BeyondHarvest(
            _("%(code)s has only %(left)s left.") % {"code": lot.code, "left": in_words(lot.left_grams)},
            field=f"source-{lot.pk}",
            left=lot.left_grams,
        )


def _part(lot: ProduceLot, grams: int) -> dict[str, Any]:
    """Return what the mix's event says of a part, so that its page needs nothing else."""
    papers = ConformityCertificate.objects.filter(lot=lot).order_by("number").values_list("number", flat=True)
    plot: Plot | None = lot.plot
    return {
        "lot": lot.pk,
        "lotNumber": lot.code,
        "quantity": grams,
        "product": [lot.product_zh, lot.product_en],
        "harvestedOn": lot.harvested_on.isoformat(),
        "place": [lot.base.place_zh, lot.base.place_en],
        "field": [plot.name_zh, plot.name_en] if plot else ["", ""],
        "certificates": list(papers),
    }
