"""What a host sees: the tray with stock, the drop, the chat, and how it goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.queries.floors import asks_of
from catalog.queries.shelf import pieces_gone_by_pool, pieces_written_off_by_pool
from catalog.queries.trade import SpecBrief, goods_for_tray, specifications_of, suppliers_of
from livestream.models import Drop, LiveSession, TrayItem
from livestream.queries.rooms import viewers_now
from livestream.states import DropState
from shop.sales.queries.attributions import pieces_sold_at, sold_from


@dataclass(frozen=True)
class Numbers:
    """How a session goes. Amounts in 分."""

    viewers: int
    peak: int
    orders: int
    pieces: int
    fen: int
    drop_left: int | None
    drop_sold: int | None
    version: int
    seq: int

    def as_json(self) -> dict[str, Any]:
        """Return it for the console's script."""
        return dict(vars(self))


def numbers(session: LiveSession, *, at: datetime) -> Numbers:
    """Return how a session goes now. Five queries at most."""
    sold = sold_from("session", str(session.pk))
    drop = Drop.objects.filter(session=session, state=DropState.RUNNING).select_related("stock").first()
    return Numbers(
        viewers=viewers_now(session.pk, at=at),
        peak=session.peak_viewers,
        orders=sold.orders,
        pieces=sold.pieces,
        fen=sold.fen,
        drop_left=max(0, drop.stock.on_hand - drop.stock.reserved) if drop and drop.stock else None,
        drop_sold=pieces_sold_at(f"drop:{drop.pk}") if drop else None,
        version=session.version,
        seq=session.last_seq,
    )


@dataclass(frozen=True)
class ForDrop:
    """A specification that can be dropped, and how low its host may go. Amounts in 分.

    `is_own`: the host acts for its supplier, and goes as low as it wants. `asked_fen`: what its supplier was asked
    for last, and did not answer.
    """

    item_id: int
    spec: SpecBrief
    is_own: bool
    asked_fen: int | None

    @property
    def may_cut(self) -> bool:
        """Whether the host may sell it for less than the shop does."""
        return self.is_own or self.spec.lowest_fen < self.spec.price_fen

    @property
    def choice(self) -> tuple[str, str]:
        """Its id, and words with price and stock."""
        words = f"{self.spec.text} · ¥{self.spec.price_fen / 100:.2f} · {self.spec.left}"
        return str(self.spec.specification_id), words


def goods_for_drop(session: LiveSession, user: Any) -> dict[int, list[ForDrop]]:
    """Return what can be dropped, by tray item, as it is for the host `user`. Four queries."""
    items = dict(TrayItem.objects.filter(session=session).values_list("listing_id", "pk"))
    specs = specifications_of(items)
    asked = asks_of([spec.specification_id for spec in specs]) if specs else {}
    own = {each.pk for each in suppliers_of(user)} if specs else set()
    found: dict[int, list[ForDrop]] = {}
    for spec in specs:
        entries = asked.get(spec.specification_id)
        row = ForDrop(
            item_id=items[spec.listing_id],
            spec=spec,
            is_own=spec.supplier_id in own,
            asked_fen=entries[-1].data["price_fen"] if entries else None,
        )
        found.setdefault(row.item_id, []).append(row)
    return found


def goods_to_add(session: LiveSession, query: str = "") -> list[tuple[int, str, str]]:
    """Return (listing id, name, supplier) of what may still go into the tray, by name. Two queries."""
    taken = set(TrayItem.objects.filter(session=session).values_list("listing_id", flat=True))
    return goods_for_tray(session.room.supplier_id, query=query, without=taken)


def past_drops(session: LiveSession) -> list[Drop]:
    """Return the drops of a session, the latest first, `gone` as it is now. Three queries, one without drops.

    Orders of a drop that was over may still give back pieces of a lot that was disposed of. `missing`: pieces that
    orders could not have, for they were not there or not sound.
    """
    rows = Drop.objects.filter(session=session).select_related("item__listing", "specification").order_by("-number")
    drops = list(rows)
    gone = pieces_gone_by_pool("drop:") if drops else {}
    missing = pieces_written_off_by_pool("drop:") if drops else {}
    for drop in drops:
        drop.gone = gone.get(f"drop:{drop.pk}", 0)
        lost = missing.get(f"drop:{drop.pk}", 0)
        drop.missing = lost  # type: ignore[attr-defined]  # noted on the row for who shows it
    return drops
