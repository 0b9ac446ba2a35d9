"""The supplier's goods and money: stock, settlement, answers to reviews."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.queries.trade import goods_of_supplier, supplier_goods
from shop.core.acting import by
from shop.core.api import Body, Moment, Page, Priced, yuan
from shop.core.api.paging import turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.seller import ForList, ForOne, acting, area
from shop.sales.operations.reviews import reply_to_review
from shop.sales.operations.stocking import set_stock_of
from shop.sales.queries import seller as queries
from shop.sales.texts import in_reader_language


class GoodsOut(Priced):
    specification_id: int
    listing_id: int
    name: str
    specification: str
    state: str = Field(examples=["live"])
    price: str
    on_hand: int
    reserved: int


def _goods(row: Any) -> dict[str, Any]:
    return {
        "specification_id": row.pk,
        "listing_id": row.listing_id,
        "name": in_reader_language(row.listing.name_zh, row.listing.name_en),
        "specification": in_reader_language(row.text_zh, row.text_en),
        "state": row.listing.state,
        "price": yuan(row.price_fen),
        "on_hand": row.on_hand or 0,
        "reserved": row.reserved or 0,
    }


@area.reads(
    "/seller/goods",
    Page[GoodsOut],
    scope="seller:read",
    summary=gettext_noop("The supplier's products and their stock"),
)
def list_goods(request: ApiRequest, asked: ForList) -> dict[str, Any]:
    supplier = acting(request, asked)
    return turn_of(asked, lambda page: supplier_goods(supplier.pk, page), _goods)


class OnHand(Body):
    on_hand: int = Field(ge=0, le=1_000_000)


@area.writes(
    "/seller/goods/{int:specification_id}/stock",
    None,
    method="PUT",
    scope="stock:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Set how many pieces are there"),
    description=gettext_noop("Reserved pieces stay reserved: fewer than those can't be there."),
)
def set_stock(request: ApiRequest, specification_id: int, body: OnHand, asked: ForOne) -> None:
    supplier = acting(request, asked)
    spec = goods_of_supplier(supplier.pk, specification_id)
    if spec is None:
        raise Http404
    set_stock_of(spec=spec, on_hand=body.on_hand, at=timezone.now())


class Booking(Priced):
    order: str
    booked_at: Moment
    paid: str
    subsidy: str = Field(description=gettext_noop("The platform's part of discounts."))
    refunded: str
    held: str
    payable: str


class SettlementOut(Priced):
    held: str
    payable: str
    items: list[Booking]
    next_cursor: str | None


def _booking(row: dict[str, Any]) -> dict[str, Any]:
    money = {"paid": "paid", "subsidy": "subsidy", "refunded": "back", "held": "held", "payable": "payable"}
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

    def page(number: int) -> Any:
        found.append(queries.settlement(supplier.pk, number))
        return found[0].page

    listed = turn_of(asked, page, _booking)
    return listed | {"held": yuan(found[0].held_fen), "payable": yuan(found[0].payable_fen)}


class Reply(Body):
    reply: str = Field(min_length=1, max_length=300)


@area.writes(
    "/seller/reviews/{int:review_id}/reply", None, scope="seller:write", summary=gettext_noop("Answer a review")
)
def reply_review(request: ApiRequest, review_id: int, body: Reply, asked: ForOne) -> None:
    facts = queries.review_of_supplier(acting(request, asked).pk, review_id)
    if facts is None:
        raise Http404
    reply_to_review(review_id=facts.pk, text=body.reply, **by(request))
