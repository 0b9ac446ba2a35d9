"""The basket."""

from datetime import date
from typing import Annotated, Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.api import Answer, Area, Body, Id, Parameters, Priced, yuan
from shop.core.api.routing import ApiRequest
from shop.sales.operations import baskets
from shop.sales.pricing import Quote
from shop.sales.queries.baskets import BasketLine, Problem, basket_page, find_basket
from shop.sales.queries.promises import LinePromise

area = Area(gettext_noop("Basket and checkout"))


class LineProblem(Answer):
    code: str = Field(examples=["fewer_left"])
    message: str
    blocks: bool = Field(description=gettext_noop("Whether it keeps the line from being bought."))


class BasketLineOut(Priced):
    specification_id: int
    listing_id: int
    name: str
    specification: str
    supplier: str
    quantity: int
    price: str = Field(examples=["32.80"])
    amount: str = Field(examples=["65.60"])
    discount: str = Field(examples=["0.00"])
    most: int = Field(description=gettext_noop("Pieces that one line may hold now."))
    problem: LineProblem | None
    promised_from: date | None = Field(
        description=gettext_noop(
            "What these pieces are promised if they are bought now: harvested on this day or later."
        )
    )
    promised_until: date | None = Field(description=gettext_noop("And best before this day or later."))
    undated: str = Field(
        examples=["beyond_lots"],
        description=gettext_noop(
            "Why no production date can be promised of so many pieces: harvest_to_come, not_packed or beyond_lots. Empty where one is, and of a product without lots."
        ),
    )
    promise: str = Field(description=gettext_noop("The same in words."))


class OfferOut(Priced):
    name: str
    amount: str
    by_coupon: bool = Field(description=gettext_noop("Whether the coupon turned it on."))


class BasketOut(Priced):
    lines: list[BasketLineOut]
    goods: str
    discount: str
    offers: list[OfferOut] = Field(description=gettext_noop("What takes the discount off: the best combination."))
    offer_hint: str = Field(description=gettext_noop("What lacks for the next offer."))
    coupon: str
    coupon_error: str
    coupon_scope: str = Field(description=gettext_noop("Whose goods alone the coupon counts for; empty for any."))
    coupon_note: str = Field(description=gettext_noop("Why the coupon is not used, where something else saves more."))


class BasketAsked(Parameters):
    coupon: str = Field("", max_length=40)
    to: str = Field("", max_length=6, examples=["440106"], description=gettext_noop("Where to: a county's code."))


class Pieces(Body):
    specification_id: Id
    quantity: int = Field(1, ge=1, le=999_999)


class Quantity(Body):
    quantity: int = Field(ge=1, le=999_999)


def show_promise(promise: LinePromise) -> dict[str, Any]:
    """Return what is promised of a line's dates."""
    return {
        "promised_from": promise.dates.harvested_on if promise.dates else None,
        "promised_until": promise.dates.best_before if promise.dates else None,
        "undated": promise.undated,
        "promise": promise.words,
    }


def show_line(line: BasketLine, supplier: str, at_checkout: Problem | None = None) -> dict[str, Any]:
    """Return a line as it can be bought now; `at_checkout` is what stands in the way of ordering it so."""
    problem = at_checkout or line.problem
    return {
        "specification_id": line.spec.specification_id,
        "listing_id": line.spec.listing_id,
        "name": line.name,
        "specification": line.spec_text,
        "supplier": supplier,
        "quantity": line.quantity,
        "price": yuan(line.spec.price_fen),
        "amount": yuan(line.goods_fen),
        "discount": yuan(line.discount_fen),
        "most": line.most,
        **show_promise(line.promise),
        "problem": problem and {"code": problem.code, "message": problem.text, "blocks": problem.blocks},
    }


def show_offers(quote: Quote) -> list[dict[str, Any]]:
    """Return what applied."""
    return [
        {"name": each.name, "amount": yuan(each.amount_fen), "by_coupon": each.voucher_id is not None}
        for each in quote.applied
    ]


def _basket(request: ApiRequest, coupon: str = "", to: str = "") -> dict[str, Any]:
    page = basket_page(at=timezone.now(), user=request.user, coupon_code=coupon, destination=to)
    return {
        "lines": [show_line(line, group.name) for group in page.groups for line in group.lines],
        "goods": yuan(page.quote.goods_fen),
        "discount": yuan(page.quote.discount_fen),
        "offers": show_offers(page.quote),
        "offer_hint": page.offer_hint,
        "coupon": page.coupon_code,
        "coupon_error": page.coupon_error,
        "coupon_note": page.coupon_note,
        "coupon_scope": page.coupon_scope,
    }


@area.reads("/basket", BasketOut, scope="orders:read", summary=gettext_noop("Your basket, as it can be bought now"))
def get_basket(request: ApiRequest, asked: Annotated[BasketAsked, Query(...)]) -> dict[str, Any]:
    return _basket(request, asked.coupon, asked.to)


@area.writes("/basket", BasketOut, scope="orders:write", summary=gettext_noop("Put pieces into your basket"))
def add_to_basket(request: ApiRequest, body: Pieces) -> dict[str, Any]:
    basket = baskets.open_basket(user=request.user)
    baskets.add(basket=basket, specification_id=body.specification_id, quantity=body.quantity, at=timezone.now())
    return _basket(request)


@area.writes(
    "/basket/{int:specification_id}",
    BasketOut,
    method="PUT",
    scope="orders:write",
    summary=gettext_noop("Set how many pieces a line of your basket holds"),
)
def set_basket_line(request: ApiRequest, specification_id: int, body: Quantity) -> dict[str, Any]:
    basket = find_basket(user=request.user)
    if basket is None:
        raise Http404
    baskets.set_quantity(basket=basket, specification_id=specification_id, quantity=body.quantity, at=timezone.now())
    return _basket(request)


@area.writes(
    "/basket/{int:specification_id}",
    BasketOut,
    method="DELETE",
    scope="orders:write",
    summary=gettext_noop("Take a line out of your basket"),
)
def remove_basket_line(request: ApiRequest, specification_id: int) -> dict[str, Any]:
    basket = find_basket(user=request.user)
    if basket is None or not baskets.remove(basket=basket, specification_id=specification_id):
        raise Http404
    return _basket(request)
