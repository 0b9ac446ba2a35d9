"""What `manage.py check_ledger` checks of live sessions."""

from collections.abc import Iterator

from django.db.models import Count, F, Max

from catalog.queries.shelf import pieces_gone_by_pool, pieces_held_by_pool, pieces_written_off_by_pool
from livestream.models import Drop, LiveSession
from livestream.states import DropState
from shop.core.projections import Mismatch, check
from shop.sales.queries.attributions import pieces_gone_by_source


@check("a session's events are numbered without a gap")
def _numbers() -> Iterator[Mismatch]:
    rows = LiveSession.objects.annotate(count=Count("events"), last=Max("events__seq")).order_by("pk")
    for pk, kept, count, last in rows.values_list("pk", "last_seq", "count", "last"):
        if not kept == count == (last or 0):
            yield Mismatch(f"events of session {pk}", kept, count)


@check("a drop's pieces are in its pool, held for a lot or gone with it, sent, written off, or back in the shop")
def _drops() -> Iterator[Mismatch]:
    shipped = pieces_gone_by_source("drop:")
    held, gone = pieces_held_by_pool("drop:"), pieces_gone_by_pool("drop:")
    missing = pieces_written_off_by_pool("drop:")
    for pk, pieces, returned, on_hand in Drop.objects.order_by("pk").values_list(
        "pk", "pieces", "returned", "stock__on_hand"
    ):
        counted = returned + (on_hand or 0) + shipped.get(f"drop:{pk}", 0) + held.get(f"drop:{pk}", 0)
        counted += gone.get(f"drop:{pk}", 0) + missing.get(f"drop:{pk}", 0)
        if counted != pieces:
            yield Mismatch(f"pieces of drop {pk}", pieces, counted)
    over = Drop.objects.filter(state=DropState.ENDED, stock__on_hand__lt=F("stock__reserved"))
    for pk in over.values_list("pk", flat=True):
        yield Mismatch(f"pool of drop {pk}", 0, 1)
