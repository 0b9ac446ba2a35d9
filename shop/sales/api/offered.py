"""Guests' purchases with the phone of an account: whoever has the phone says whose they are."""

from typing import Any, Literal

from django.utils.translation import gettext_noop

from shop.core.acting import by
from shop.core.api import Answer, Body, Page
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest
from shop.sales.api.buying import PurchaseOut, area, purchase_out
from shop.sales.operations.adopting import adopt_purchase, decline_purchase
from shop.sales.queries.purchases import offered_purchases


class WhoseItIs(Body):
    answer: Literal["mine", "not_mine"]


class WhoseItWas(Answer):
    number: str
    is_yours: bool


@area.reads(
    "/offered-purchases",
    Page[PurchaseOut],
    scope="orders:read",
    summary=gettext_noop("Purchases that guests placed with your phone: say whether they are yours"),
)
def list_offered_purchases(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, offered_purchases(request.user), purchase_out)


@area.writes(
    "/offered-purchases/{number}/answer",
    WhoseItWas,
    scope="orders:write",
    summary=gettext_noop("Take a guest's purchase with your phone for your own, or say that it is another's"),
)
def answer_offered_purchase(request: ApiRequest, number: str, body: WhoseItIs) -> dict[str, Any]:
    is_mine = body.answer == "mine"
    (adopt_purchase if is_mine else decline_purchase)(number=number, **by(request))
    return {"number": number, "is_yours": is_mine}
