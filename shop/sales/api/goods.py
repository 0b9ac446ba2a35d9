"""The supplier's goods and money: stock, settlement, answers to reviews."""

from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.operations.floors import set_live_floor
from catalog.queries.shelf import Shelf, changes_of, shelves_of
from catalog.queries.trade import goods_of_supplier, supplier_goods
from shop.core.acting import by
from shop.core.api import Answer, Body, Moment, Page, Paragraphs, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import cut, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.paging import After
from shop.sales.api.seller import For, ForList, ForOne, acting, area
from shop.sales.operations.reviews import reply_to_review
from shop.sales.operations.stocking import adjust_stock_of, count_stock_of
from shop.sales.queries import seller as queries
from shop.sales.queries.owed import OwedRow, owed_to
from shop.sales.texts import in_reader_language


class PoolOut(Answer):
    pool: str = Field(examples=["main", "drop:7", "lot:12"])
    free: int = Field(description=gettext_noop("Pieces that can be sold from it."))
    reserved: int = Field(description=gettext_noop("Pieces that wait in orders."))


class GoodsOut(Priced):
    specification_id: int
    listing_id: int
    name: str
    specification: str
    state: str = Field(
        examples=["live"],
        description=gettext_noop("Live ones are sold; barred: not, for their certificate does not hold."),
    )
    price: str
    live_floor: str | None = Field(
        description=gettext_noop("Others sell it live at this or more; null: at the shop's price only.")
    )
    pools: list[PoolOut]
    free: int = Field(description=gettext_noop("Pieces that the shop can still sell."))
    set_apart: int = Field(description=gettext_noop("Free pieces of drops, quotes and contracts."))
    held: int = Field(description=gettext_noop("Pieces that nobody sells: a test of their lot failed."))
    reserved: int = Field(description=gettext_noop("Pieces that wait in orders, of all pools."))
    owed: int = Field(
        description=gettext_noop(
            "Of the reserved, pieces that are not there: gone with their lot. New pieces come here first."
        )
    )
    on_shelf: int = Field(description=gettext_noop("All of them together: what a count of the shelf should find."))
    version: int = Field(description=gettext_noop("Send it with a count: it says which shelf was counted."))


def _goods(row: Any, shelf: Shelf) -> dict[str, Any]:
    return {
        "specification_id": row.pk,
        "listing_id": row.listing_id,
        "name": in_reader_language(row.listing.name_zh, row.listing.name_en),
        "specification": in_reader_language(row.text_zh, row.text_en),
        "state": "barred" if row.is_barred and row.listing.state == "live" else row.listing.state,
        "price": yuan(row.price_fen),
        "live_floor": None if row.live_floor_fen is None else yuan(row.live_floor_fen),
        "pools": [{"pool": pool.name, "free": pool.free, "reserved": pool.reserved} for pool in shelf.pools],
        "free": shelf.free,
        "set_apart": shelf.for_others,
        "held": shelf.held,
        "reserved": shelf.reserved,
        "owed": shelf.owed,
        "on_shelf": shelf.total,
        "version": shelf.version,
    }


@area.reads(
    "/seller/goods",
    Page[GoodsOut],
    scope="seller:read",
    summary=gettext_noop("The supplier's products and their stock"),
)
def list_goods(request: ApiRequest, asked: ForList) -> dict[str, Any]:
    supplier = acting(request, asked)
    shelves: dict[int, Shelf] = {}

    def page(turned: After) -> Any:
        found = supplier_goods(supplier.pk, turned)
        shelves.update(shelves_of({row.stockrecord_id for row in found.object_list}))
        return found

    return turn_of(asked, page, lambda row: _goods(row, shelves[row.stockrecord_id]))


def _own(request: ApiRequest, specification_id: int, asked: For) -> Any:
    spec = goods_of_supplier(acting(request, asked).pk, specification_id)
    if spec is None:
        raise Http404
    return spec


def _now(spec: Any) -> dict[str, Any]:
    return _goods(spec, shelves_of([spec.stockrecord_id])[spec.stockrecord_id])


@area.reads(
    "/seller/goods/{int:specification_id}/stock",
    GoodsOut,
    scope="seller:read",
    summary=gettext_noop("One specification's stock, pool by pool"),
)
def get_stock(request: ApiRequest, specification_id: int, asked: ForOne) -> dict[str, Any]:
    return _now(_own(request, specification_id, asked))


class Counted(Body):
    counted: int = Field(ge=0, le=1_000_000, description=gettext_noop("Pieces on the whole shelf, all pools."))
    version: int = Field(ge=0, description=gettext_noop("The version of the shelf that was counted."))
    note: str = Field("", max_length=120)


@area.writes(
    "/seller/goods/{int:specification_id}/stock",
    GoodsOut,
    method="PUT",
    scope="stock:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Write a count of the shelf"),
    description=gettext_noop(
        "The difference goes to the shop's free pieces. 409 stock_moved when the shelf changed since that version:"
        " details.changes says how. 409 out_of_stock when less was counted than is promised."
    ),
)
def count_stock(request: ApiRequest, specification_id: int, body: Counted, asked: ForOne) -> dict[str, Any]:
    spec = _own(request, specification_id, asked)
    count_stock_of(spec=spec, counted=body.counted, version=body.version, note=body.note, **by(request))
    return _now(spec)


class StockChangeIn(Body):
    pieces: int = Field(ge=-1_000_000, le=1_000_000, description=gettext_noop("Pieces that came; below zero: went."))
    reason: Literal["harvest", "came_back", "spoiled", "sold_elsewhere", "own_use", "mistake"]
    note: str = Field("", max_length=120)


@area.writes(
    "/seller/goods/{int:specification_id}/stock/changes",
    GoodsOut,
    scope="stock:write",
    status=201,
    key=Key.REQUIRED,
    summary=gettext_noop("Add what came to the stock, or take off what went"),
    description=gettext_noop("Only free pieces of the shop can go: what is promised to orders stays."),
)
def change_stock(request: ApiRequest, specification_id: int, body: StockChangeIn, asked: ForOne) -> dict[str, Any]:
    spec = _own(request, specification_id, asked)
    adjust_stock_of(spec=spec, pieces=body.pieces, reason=body.reason, note=body.note, **by(request))
    return _now(spec)


class LiveFloorIn(Body):
    floor: YuanIn | None = Field(
        description=gettext_noop("Below the shop's price; null: nobody else sells it live for less.")
    )


@area.writes(
    "/seller/goods/{int:specification_id}/live-floor",
    GoodsOut,
    method="PUT",
    scope="seller:write",
    summary=gettext_noop("Say down to which price live rooms of others may sell it"),
    description=gettext_noop("You bear what they take off. It answers whoever asked; a flash sale that runs goes on."),
)
def put_live_floor(request: ApiRequest, specification_id: int, body: LiveFloorIn, asked: ForOne) -> dict[str, Any]:
    spec = _own(request, specification_id, asked)
    set_live_floor(
        supplier_id=spec.listing.supplier_id, specification_id=spec.pk,
        floor_fen=None if body.floor is None else fen_of(body.floor), **by(request),
    )  # fmt: skip
    return _now(_own(request, specification_id, asked))


class StockChangeOut(Answer):
    at: Moment
    kind: str = Field(examples=["shipped"])
    reason: str
    note: str
    reference: str = Field(description=gettext_noop("An order's number, or the other pool."))
    pool: str
    pieces: int
    before: int
    after: int
    counted: int | None = Field(description=gettext_noop("Of a count: pieces on the whole shelf."))
    by: int | None = Field(description=gettext_noop("Who did it, by account; null for the platform."))


def _change(row: Any) -> dict[str, Any]:
    same = ("at", "kind", "reason", "note", "reference", "pool", "pieces", "before", "after", "counted")
    return {name: getattr(row, name) for name in same} | {"by": row.actor_id}


@area.reads(
    "/seller/goods/{int:specification_id}/stock/changes",
    Page[StockChangeOut],
    scope="seller:read",
    summary=gettext_noop("What changed one specification's stock, the latest first"),
)
def list_stock_changes(request: ApiRequest, specification_id: int, asked: ForList) -> dict[str, Any]:
    spec = _own(request, specification_id, asked)
    return turn_of(asked, lambda page: changes_of(spec.stockrecord_id, page), _change)


class Booking(Priced):
    order: str
    booked_at: Moment
    paid: str
    subsidy: str = Field(description=gettext_noop("The platform's part of discounts, less what went back with goods."))
    own_discount: str = Field(description=gettext_noop("What your own offers took off, less what was given back."))
    refunded: str
    held: str
    payable: str


class SettlementOut(Priced):
    held: str
    payable: str = Field(description=gettext_noop("Received by the buyers and paid: to be settled with the supplier."))
    own_discounts: str
    items: list[Booking]
    next_cursor: str | None


def _booking(row: dict[str, Any]) -> dict[str, Any]:
    money = {
        "paid": "paid",
        "subsidy": "subsidy",
        "own_discount": "given",
        "refunded": "back",
        "held": "held",
        "payable": "payable",
    }
    return {name: yuan(row[label]) for name, label in money.items()} | {
        "order": row["reference"],
        "booked_at": row["last_at"],
    }


@area.reads(
    "/seller/settlement",
    SettlementOut,
    scope="seller:read",
    summary=gettext_noop("The ledger by order, adding up to what is held and what is payable"),
)
def get_settlement(request: ApiRequest, asked: ForList) -> dict[str, Any]:
    supplier = acting(request, asked)
    found: list[queries.Settlement] = []

    def page(turned: After) -> Any:
        found.append(queries.settlement(supplier.pk, turned))
        return found[0].page

    listed = turn_of(asked, page, _booking)
    return (
        listed
        | {"held": yuan(found[0].held_fen), "payable": yuan(found[0].payable_fen)}
        | {"own_discounts": yuan(found[0].given_fen)}
    )


class OwedOut(Priced):
    order: str
    buyer: str
    amount: str
    pay_by: Moment | None
    days_late: int
    interest: str = Field(description=gettext_noop("What may be asked for being paid late; in no sum to be paid."))


class OwedPage(Page[OwedOut], Priced):
    total: str
    not_due: str
    late_to_30: str
    late_to_90: str
    later: str
    interest: str
    interest_rate: str | None = Field(
        examples=["0.05 %"], description=gettext_noop("A day; null where no rule says one.")
    )
    interest_document: str


def _owed(row: OwedRow) -> dict[str, Any]:
    return {
        "order": row.number,
        "buyer": row.buyer,
        "amount": yuan(row.fen),
        "pay_by": row.due_at,
        "days_late": row.days_late,
        "interest": yuan(row.interest_fen),
    }


@area.reads(
    "/seller/owed",
    OwedPage,
    scope="seller:read",
    summary=gettext_noop("Accepted deliveries that units still have to pay, each by its own day"),
)
def list_owed(request: ApiRequest, asked: ForList) -> dict[str, Any]:
    found = owed_to(acting(request, asked).pk, at=timezone.now())
    return cut(asked, found.rows, _owed) | {
        "total": yuan(found.total_fen),
        "not_due": yuan(found.in_time_fen),
        "late_to_30": yuan(found.month_fen),
        "late_to_90": yuan(found.quarter_fen),
        "later": yuan(found.older_fen),
        "interest": yuan(found.interest_fen),
        "interest_rate": str(found.rate) if found.rate else None,
        "interest_document": found.rate.document if found.rate else "",
    }


class Reply(Body):
    reply: Paragraphs = Field(min_length=1, max_length=300)


@area.writes(
    "/seller/reviews/{int:review_id}/reply", None, scope="seller:write", summary=gettext_noop("Answer a review")
)
def reply_review(request: ApiRequest, review_id: int, body: Reply, asked: ForOne) -> None:
    facts = queries.review_of_supplier(acting(request, asked).pk, review_id)
    if facts is None:
        raise Http404
    reply_to_review(review_id=facts.pk, text=body.reply, **by(request))
