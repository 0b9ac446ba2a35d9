"""Drops as the checkout and the rooms see them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.queries import said, specifications_for_sale
from catalog.queries.sale import pieces_for_sale
from livestream.models import Drop, LiveSession
from livestream.states import DropState
from shop.core.numbers import read_id
from shop.core.prepared import Prepared
from shop.sales.hooks import FlashSale, SpecialPrice
from shop.sales.operations.placing import Attribution

SOURCE = "drop"
_with_left = Prepared(
    lambda pk: (
        Drop.objects.filter(pk=pk)
        .select_related("session__room")
        .annotate(left=F("stock__on_hand") - F("stock__reserved"))
    )
)


def session_sources(session: LiveSession) -> tuple[Attribution, ...]:
    """Return what orders out of a session carry: the channel, which names the room, and the session."""
    return (
        Attribution("live", session.room.slug, session.room.title_zh),
        Attribution("session", str(session.pk), session.title_zh),
    )


def sources_of_session(ref: str) -> tuple[Attribution, ...]:
    """Return what orders of visitors `?from=session-ref` carry; nothing for a session that is not there. One query."""
    session = LiveSession.objects.filter(pk=int(ref)).select_related("room").first()
    return session_sources(session) if session else ()


def session_names(refs: Collection[str]) -> dict[str, str]:
    """Return what sessions are called in the reader's language, by id as text. One query."""
    rows = LiveSession.objects.filter(pk__in=[pk for ref in refs if (pk := read_id(ref)) is not None])
    return {str(row.pk): said(row, "title") for row in rows}


def drop_price(ref: str, at: datetime) -> SpecialPrice | None:
    """Return the price of drop `ref` and what is left in its pool; None for a drop that never was. Two queries."""
    drop = next(iter(_with_left(int(ref))), None)
    spec = specifications_for_sale([drop.specification_id]).get(drop.specification_id) if drop else None
    if drop is None or spec is None:
        return None
    over = drop.state != DropState.RUNNING or drop.ends_at <= at
    refusal = _("This flash sale is over.") if over else ""
    if not over and not spec.is_certified_on(timezone.localdate(at)):
        refusal = spec.lapsed_words()
    if not over and drop.held and not drop.left:
        refusal = _("This flash sale is paused: a test of these goods is being cleared up.")
    left = pieces_for_sale(drop.left or 0, spec.certified_grams_left, spec.net_grams)
    return SpecialPrice(
        source=f"{SOURCE}:{drop.pk}",
        spec=replace(spec, price_fen=drop.price_fen, stock_id=drop.stock_id or 0, available=0 if refusal else left),
        limit=drop.per_buyer,
        until=drop.ends_at,
        refusal=refusal,
        attributions=(
            *session_sources(drop.session),
            Attribution("drop", str(drop.pk), f"{drop.session.title_zh} {drop.number}"),
        ),
    )


@dataclass(frozen=True)
class RunningDrop:
    """A drop that viewers can buy from. Amounts in 分; `sold_percent` is truncated.

    `held`: pieces that wait for a lot's test, and are not among those left.
    """

    pk: int
    number: int
    item_id: int
    specification_id: int
    name: str
    spec_text: str
    price_fen: int
    list_fen: int
    pieces: int
    left: int
    per_buyer: int | None
    ends_at: datetime
    held: int = 0

    @property
    def is_paused(self) -> bool:
        """Whether what is left of it must not be sold now, because a test of a lot failed."""
        return bool(self.held) and not self.left

    @property
    def is_sold_out(self) -> bool:
        """Whether nothing of it is left, and nothing waits for a test."""
        return not self.left and not self.held

    @property
    def sold_percent(self) -> int:
        """How much is gone."""
        return (self.pieces - self.left) * 100 // self.pieces


def running_drop(session_id: int, *, at: datetime) -> RunningDrop | None:
    """Return the session's drop that runs now, in the reader's language, or None. One query."""
    drop = (
        Drop.objects.filter(session_id=session_id, state=DropState.RUNNING, ends_at__gt=at)
        .select_related("item__listing", "specification", "stock")
        .first()
    )
    if drop is None or drop.stock is None:
        return None
    return RunningDrop(
        pk=drop.pk,
        number=drop.number,
        item_id=drop.item_id,
        specification_id=drop.specification_id,
        name=said(drop.item.listing, "name"),
        spec_text=said(drop.specification, "text"),
        price_fen=drop.price_fen,
        list_fen=drop.specification.price_fen,
        pieces=drop.pieces,
        left=max(0, drop.stock.on_hand - drop.stock.reserved),
        per_buyer=drop.per_buyer,
        ends_at=drop.ends_at,
        held=drop.held,
    )


def pieces_left(session_ids: list[int]) -> dict[int, dict[int, int]]:
    """Return what running drops have left, by session and drop. One query."""
    rows = Drop.objects.filter(session_id__in=session_ids, state=DropState.RUNNING).values_list(
        "session_id", "pk", F("stock__on_hand") - F("stock__reserved")
    )
    found: dict[int, dict[int, int]] = {}
    for session_id, drop_id, left in rows:
        found.setdefault(session_id, {})[drop_id] = max(0, left or 0)
    return found


def drop_cuts(refs: Collection[str]) -> dict[str, int]:
    """Return what drops took off the shop's price of a piece, in 分, by id as text. One query."""
    rows = Drop.objects.filter(pk__in=[pk for ref in refs if (pk := read_id(ref)) is not None])
    known = rows.values_list("pk", "list_fen", "price_fen")
    return {str(pk): list_fen - price_fen for pk, list_fen, price_fen in known if list_fen is not None}


def flash_sales_of(supplier_id: int, at: datetime) -> list[FlashSale]:
    """Return which of a supplier's goods are in a drop now, whoever sells them. One query."""
    rows = (
        Drop.objects.filter(item__listing__supplier_id=supplier_id, state=DropState.RUNNING, ends_at__gt=at)
        .select_related("item__listing", "specification", "stock", "session__room")
        .order_by("pk")
    )
    return [
        FlashSale(
            name=f"{said(drop.item.listing, 'name')} {said(drop.specification, 'text')}",
            where=said(drop.session.room, "title"),
            price_fen=drop.price_fen,
            cut_fen=(drop.list_fen or drop.price_fen) - drop.price_fen,
            left=max(0, drop.stock.on_hand - drop.stock.reserved) if drop.stock else 0,
            until=drop.ends_at,
            url=f"/live/{drop.session.room.slug}/?session={drop.session_id}",
        )
        for drop in rows
    ]
