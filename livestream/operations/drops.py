"""Drops: a flash price on pieces carved out of the same stock. What is left goes back."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.operations import stock
from catalog.operations.floors import hold_live_floor
from catalog.operations.listings import cards_changed
from catalog.queries import SpecForSale, specifications_for_sale
from catalog.queries.shelf import pieces_gone_by_pool, pieces_held_by_pool
from livestream.errors import DeepCut, DropOver, NotOfThisRoom, WrongState
from livestream.models import Drop, LiveSession, TrayItem, drop_bounds
from livestream.operations.events import append
from livestream.operations.floors import check_floor, tell_supplier
from livestream.operations.hosting import host_session
from livestream.rules import LONGEST_DROP, MOST_DROP_PIECES, SHORTEST_DROP, deep_cut
from livestream.states import DropState, EventKind
from shop.core import audit, pagecache, periodic
from shop.core.errors import InvalidInput
from shop.core.money import in_yuan, to_yuan
from shop.core.prepared import Prepared
from shop.sales.errors import OverLimit
from shop.sales.operations.placing import Buyer, PlaceLine
from shop.sales.queries.attributions import lowest_paid, pieces_bought_at

SOURCE = "drop"
_called = Prepared(lambda ids: Drop.objects.filter(pk__in=ids).order_by("pk"))


def start_drop(
    *,
    session_id: int,
    version: int,
    item_id: int,
    specification_id: int,
    price_fen: int,
    pieces: int,
    lasts: timedelta,
    per_buyer: int | None = None,
    confirmed_fen: int | None = None,
    actor: Any,
    at: datetime,
) -> Drop:
    """Carve `pieces` out of the stock and sell them at `price_fen` for as long as `lasts`; one drop at a time.

    A deep cut has to be confirmed: `confirmed_fen` is the flash price once more. Who does not act for the product's
    supplier stays at its floor, or above; the supplier is told.

    Raises DeepCut where it is not, BelowFloor, InvalidInput on `price`, `pieces`, `minutes` or `per_buyer`, OutOfStock on `pieces` when fewer are free,
    NotOfThisRoom, WrongState while another runs. Locks: session, specification, pools by id.
    """
    _check_figures(pieces, lasts, per_buyer)
    try:
        with transaction.atomic():
            session = host_session(session_id=session_id, actor=actor, version=version, live=True)
            item = TrayItem.objects.filter(pk=item_id, session=session).first()
            floor_fen = hold_live_floor(specification_id)
            spec = specifications_for_sale([specification_id]).get(specification_id)
            if item is None or spec is None or spec.listing_id != item.listing_id:
                raise NotOfThisRoom(_("This product is not in this session's tray."), field="item")
            if session.room.supplier_id is not None and spec.supplier_id != session.room.supplier_id:
                raise NotOfThisRoom(
                    _("This is another supplier's product. Only this room's own can be shown."), field="item"
                )
            if not spec.is_sellable or spec.is_preorder:
                raise NotOfThisRoom(_("This product is not on sale."), field="item")
            if not 0 < price_fen < spec.price_fen:
                raise InvalidInput(_("The flash price is above nothing and below the shop's price."), field="price")
            check_floor(spec, price_fen=price_fen, floor_fen=floor_fen, actor=actor)
            if confirmed_fen != price_fen:
                _check_cut(spec, price_fen, at)
            if Drop.objects.filter(session=session, state=DropState.RUNNING).exists():
                raise WrongState(_("A flash sale is running. End it first."))
            last = Drop.objects.filter(session=session).aggregate(last=Max("number"))["last"] or 0
            drop = Drop.objects.create(
                session=session, item=item, specification_id=specification_id, number=last + 1, price_fen=price_fen,
                list_fen=spec.price_fen, pieces=pieces, per_buyer=per_buyer, started_at=at, ends_at=at + lasts,
            )  # fmt: skip
            pool = stock.carve(stock_id=spec.stock_id, pool=f"{SOURCE}:{drop.pk}", pieces=pieces, actor=actor, at=at)
            Drop.objects.filter(pk=drop.pk).update(stock_id=pool)
            drop.stock_id = pool
            cards_changed([spec.listing_id], at=at)
            append(session_id=session.pk, events=[(EventKind.DROP_STARTED, {"drop": drop.pk})], at=at)
            audit.record(
                action="drop_started", object_kind="drop", object_id=drop.pk, actor=actor, at=at, pieces=pieces,
                price_fen=price_fen, specification=specification_id,
            )  # fmt: skip
            tell_supplier(drop, session, spec, actor=actor, at=at)
            pagecache.bump()
    except IntegrityError:
        raise WrongState(_("A flash sale is running. End it first.")) from None
    return drop


def _check_cut(spec: SpecForSale, price_fen: int, at: datetime) -> None:
    bounds = drop_bounds(timezone.localdate(at))
    lowest = lowest_paid(spec.listing_id, spec.specification_id, since=at - timedelta(days=bounds.traded_days))
    cut = deep_cut(
        price_fen=price_fen, list_fen=spec.price_fen, lowest_fen=lowest, percent=bounds.deep_percent
    )  # fmt: skip
    if cut is None:
        return
    facts = {"price": in_yuan(cut.price_fen), "list": in_yuan(cut.list_fen), "days": bounds.traded_days}
    if cut.lowest_fen is None:
        words = _("This sells at %(price)s what costs %(list)s in the shop. Confirm the price if you mean it.") % facts
    else:
        facts["lowest"] = in_yuan(cut.lowest_fen)
        words = _(
            "This sells at %(price)s what costs %(list)s in the shop; the lowest that anybody paid in the last"
            " %(days)d days is %(lowest)s. Confirm the price if you mean it."
        ) % facts  # fmt: skip
    raise DeepCut(
        words, confirm=str(to_yuan(cut.price_fen)), shop_price=str(to_yuan(cut.list_fen)),
        lowest_paid=None if lowest is None else str(to_yuan(lowest)),
    )  # fmt: skip


def _check_figures(pieces: int, lasts: timedelta, per_buyer: int | None) -> None:
    if not 0 < pieces <= MOST_DROP_PIECES:
        raise InvalidInput(_("Enter how many pieces: 1 to %(n)d.") % {"n": MOST_DROP_PIECES}, field="pieces")
    if not SHORTEST_DROP <= lasts <= LONGEST_DROP:
        raise InvalidInput(_("A flash sale lasts between half a minute and two hours."), field="minutes")
    if per_buyer is not None and not 0 < per_buyer <= pieces:
        raise InvalidInput(_("The limit is between one piece and all of them."), field="per_buyer")


def end_drop(*, session_id: int, version: int, drop_id: int, actor: Any, at: datetime) -> int:
    """End a drop before its time; return how many pieces went back. Raises DropOver when it is over, or as `host_session`."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        drop = Drop.objects.select_for_update().filter(pk=drop_id, session=session, state=DropState.RUNNING).first()
        if drop is None:
            raise DropOver(_("This flash sale is over."))
        audit.record(action="drop_ended", object_kind="drop", object_id=drop.pk, actor=actor, at=at)
        return _end(drop, at)


def end_drops_of(*, session_id: int, at: datetime) -> None:
    """End what runs in a session that ends, in its transaction."""
    for drop in Drop.objects.select_for_update().filter(session_id=session_id, state=DropState.RUNNING):
        _end(drop, at)


def _end(drop: Drop, at: datetime) -> int:
    """End a locked, running drop: state, pieces back, event."""
    back = _give_back(drop, at)
    gone = pieces_gone_by_pool(f"{SOURCE}:{drop.pk}").get(f"{SOURCE}:{drop.pk}", 0)
    Drop.objects.filter(pk=drop.pk).update(state=DropState.ENDED, ended_at=at, gone=gone)
    append(session_id=drop.session_id, events=[(EventKind.DROP_ENDED, {"drop": drop.pk, "returned": back})], at=at)
    pagecache.bump()
    return back


def _give_back(drop: Drop, at: datetime) -> int:
    back = stock.return_pool(stock_id=drop.stock_id, actor=None, at=at) if drop.stock_id else 0
    if back:
        Drop.objects.filter(pk=drop.pk).update(returned=F("returned") + back)
        cards_changed([drop.item.listing_id], at=at)
    return back


@periodic.every("livestream.held_drops", seconds=2)
def tell_held_drops(*, at: datetime) -> int:
    """Have rooms say what of their running drops is held for a lot that failed its test, or sold again; return how many.

    The pieces themselves left the pool in the transaction that recorded the test; this only tells who watches. A drop
    of which nothing is left, since the rest was disposed of, is ended: no goods of it can come any more.
    """
    running = list(Drop.objects.filter(state=DropState.RUNNING).values_list("pk", "session_id", "held", "gone"))
    held = pieces_held_by_pool(f"{SOURCE}:") if running else {}
    gone = pieces_gone_by_pool(f"{SOURCE}:") if running else {}
    told = 0
    for pk, session_id, *known in running:
        now = [held.get(f"{SOURCE}:{pk}", 0), gone.get(f"{SOURCE}:{pk}", 0)]
        if now == known:
            continue
        with transaction.atomic():
            list(LiveSession.objects.select_for_update().filter(pk=session_id).values_list("pk"))
            drop = Drop.objects.select_for_update(of=("self",)).filter(pk=pk, state=DropState.RUNNING).first()
            if drop is None:
                continue
            Drop.objects.filter(pk=pk).update(held=now[0], gone=now[1])
            append(session_id=session_id, events=[(EventKind.DROP_HELD, {"drop": pk, "held": now[0]})], at=at)
            pagecache.bump()
            told += 1
            left = Drop.objects.filter(pk=pk, stock__on_hand__gt=F("stock__reserved")).exists()
            if now[1] and not now[0] and not left:
                audit.record(action="drop_without_goods", object_kind="drop", object_id=pk, actor=None, at=at)
                _end(drop, at)
    return told


@periodic.every("livestream.drops", seconds=2)
def end_due_drops(*, at: datetime) -> int:
    """End drops whose time is over, and bring home what orders gave back to pools of ended ones; return how many ended."""
    ended = 0
    due = Drop.objects.filter(state=DropState.RUNNING, ends_at__lte=at).values_list("pk", flat=True)
    for pk in list(due):
        with transaction.atomic():
            # The session first, as hosts' changes do.
            list(LiveSession.objects.select_for_update().filter(drops=pk).values_list("pk"))
            drop = Drop.objects.select_for_update().filter(pk=pk, state=DropState.RUNNING).first()
            if drop is not None:
                _end(drop, at)
                ended += 1
    left_over = Drop.objects.filter(state=DropState.ENDED, stock__on_hand__gt=F("stock__reserved"))
    for pk in list(left_over.values_list("pk", flat=True)):
        with transaction.atomic():
            _give_back(Drop.objects.select_for_update().get(pk=pk), at)
    return ended


def check_drop_lines(lines: Sequence[PlaceLine], buyer: Buyer, at: datetime) -> None:
    """Stand at the door of `place` for lines of drops: they run, the price is theirs, the buyer's limit holds.

    Limited drops are locked, so that two checkouts of one buyer count each other. Raises DropOver, OverLimit.
    """
    wanted: dict[int, int] = defaultdict(int)
    for line in lines:
        wanted[int(line.price_source.partition(":")[2])] += line.quantity
    for drop in _called(sorted(wanted)):
        if drop.state != DropState.RUNNING or drop.ends_at <= at:
            raise DropOver(_("This flash sale is over."))
        if any(
            (line.unit_price_fen, line.stock_id) != (drop.price_fen, drop.stock_id)
            for line in lines
            if line.price_source == f"{SOURCE}:{drop.pk}"
        ):
            raise DropOver(_("This flash sale is over."))
        if drop.per_buyer is not None:
            _check_limit(drop, wanted[drop.pk], buyer)
        wanted.pop(drop.pk)
    if wanted:
        raise DropOver(_("This flash sale is over."))


def _check_limit(drop: Drop, pieces: int, buyer: Buyer) -> None:
    _lock(drop)
    had = pieces_bought_at(f"{SOURCE}:{drop.pk}", user=buyer.user, phone=buyer.phone)
    limit = drop.per_buyer or 0
    if had + pieces > limit:
        left = max(0, limit - had)
        text = ngettext(
            "In this flash sale each buyer may have %(limit)d; you can take %(left)d more.",
            "In this flash sale each buyer may have %(limit)d; you can take %(left)d more.",
            limit,
        )
        raise OverLimit(text % {"limit": limit, "left": left}, specification_id=drop.specification_id, left=left)


def _lock(drop: Drop) -> None:
    list(Drop.objects.select_for_update().filter(pk=drop.pk).values_list("pk"))
