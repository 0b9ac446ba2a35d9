"""Purchase requests from lists: one that is made of a list, and a list that is taken into one."""

from typing import Annotated, Any, Literal

from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import ConfigDict, Field

from procurement import lists
from procurement.api.requests import RequestDetail, Wanted, area, own_request, show_request
from procurement.api.seats import ForUnit, seat
from procurement.operations import requests as operations
from procurement.operations.drafts import take_list
from procurement.queries.lists import check_list, own_heads
from procurement.rules.lists import Checked
from procurement.rules.lists import Verdict as RowVerdict
from shop.core.acting import by
from shop.core.api import Answer, Body, Id, Paragraphs, Priced, once, yuan
from shop.core.api.routing import ApiRequest


class ChosenGoods(Body):
    row: int = Field(ge=1, le=10**4)
    specification_id: Id


class RequestIn(Body):
    model_config = ConfigDict(
        json_schema_extra={"example": {"fund": "canteen", "lines": [{"specification_id": 1, "quantity": 40}]}}
    )

    fund: Literal["canteen", "union"] = "canteen"
    lines: Annotated[list[Wanted], once("specification_id")] = Field([], max_length=500)
    text: Paragraphs = Field(
        "",
        max_length=40_000,
        examples=["SKU000012\t40\nSKU000031\t12"],
        description=gettext_noop(
            "A list as it is pasted: a code and a quantity in each row. Only good rows are taken."
        ),
    )
    choices: Annotated[list[ChosenGoods], once("row")] = Field(
        [], max_length=500, description=gettext_noop("What rows mean that have a name and no code of ours.")
    )
    repeat_last: bool = Field(
        False, description=gettext_noop("Take the goods of the unit's last order; lines and text are left out then.")
    )


class GoodsMeant(Priced):
    specification_id: int
    code: str
    name: str
    specification: str
    price: str
    supplier: str


class RowOut(Answer):
    row: int
    code: str
    name: str
    verdict: str = Field(examples=["unknown"])
    also: str = Field(
        examples=["not_whole"],
        description=gettext_noop("What is wrong with the quantity besides, where the verdict is on the code."),
    )
    same_as: int = Field(description=gettext_noop("The row whose code it repeats; 0 for none."))
    quantity: int
    candidates: list[GoodsMeant] = Field(
        description=gettext_noop("What the row's name may mean: send the list again with one of them in `choices`.")
    )
    left: int = Field(
        description=gettext_noop(
            "For too_few_left and over_limit how many pieces can be had at most; 0 for the others."
        )
    )


class RequestMade(RequestDetail):
    refused_rows: list[RowOut]
    skipped_rows: list[int] = Field(description=gettext_noop("Rows above the head of the list, which were not read."))


def _checked(
    text: str, there: dict[int, int], *, unit_id: int, buyer: Any, phone: str, chosen: list[ChosenGoods], adds: bool
) -> tuple[dict[int, int], list[dict[str, Any]], list[int]]:
    """Return the good rows of a list as pieces, the others with what is wrong, and the rows above its head."""
    if not text.strip():
        return {}, [], []
    found = lists.read(text, None, own_heads(unit_id))
    choices = {each.row: each.specification_id for each in chosen}
    rows = check_list(found.cells, buyer=buyer, phone=phone, there=there, choices=choices, adds=adds)
    good = {row.specification_id: row.quantity for row in rows if row.verdict == RowVerdict.GOOD}
    return good, [_shown(row) for row in rows if row.verdict != RowVerdict.GOOD], list(found.listed.skipped)


def _shown(row: Checked) -> dict[str, Any]:
    return {
        "row": row.number,
        "code": row.code,
        "name": row.name,
        "verdict": str(row.verdict),
        "also": str(row.also or ""),
        "same_as": row.same_as,
        "quantity": row.quantity,
        "candidates": [
            {
                "specification_id": each.specification_id,
                "code": each.sku,
                "name": each.name,
                "specification": each.spec,
                "price": yuan(each.price_fen),
                "supplier": each.supplier,
            }
            for each in row.candidates
        ],
        "left": row.left,
    }


@area.writes(
    "/units/requests",
    RequestMade,
    scope="units:write",
    status=201,
    summary=gettext_noop("Start a request, from lines, a pasted list, or the last order"),
    fields={"pieces-": "lines"},
)
def create_request(request: ApiRequest, body: RequestIn, asked: ForUnit) -> dict[str, Any]:
    own, at = seat(request, asked), timezone.now()
    if body.repeat_last:
        repeated, _missing = operations.repeat_last(unit_id=own.pk, actor=request.user, at=at)
        return show_request(request, repeated.number) | {"refused_rows": [], "skipped_rows": []}
    pieces = {line.specification_id: line.quantity for line in body.lines}
    listed, refused, skipped = _checked(
        body.text, pieces, unit_id=own.pk, buyer=request.user, phone=own.unit.ship_phone, chosen=body.choices, adds=True
    )
    for pk, count in listed.items():
        pieces[pk] = pieces.get(pk, 0) + count
    made = operations.start_and_fill(unit_id=own.pk, pieces=pieces, fund=body.fund, actor=request.user, at=at)
    return show_request(request, made.number) | {"refused_rows": refused, "skipped_rows": skipped}


class ListIn(Body):
    version: int = Field(ge=0, le=10**6)
    text: Paragraphs = Field(min_length=1, max_length=40_000, examples=["SKU000012\t40\nSKU000031\t12"])
    choices: Annotated[list[ChosenGoods], once("row")] = Field(
        [], max_length=500, description=gettext_noop("What rows mean that have a name and no code of ours.")
    )
    adds: bool = Field(
        False,
        description=gettext_noop(
            "Add the list's pieces to what the request holds of the same goods; without it they take its place."
        ),
    )


@area.writes(
    "/units/requests/{number}/list",
    RequestMade,
    scope="units:write",
    summary=gettext_noop("Take the good rows of a pasted list into a request"),
    description=gettext_noop("A list that is taken again changes nothing, unless it says that it adds."),
    fields={"pieces-": "text"},
)
def take_request_list(request: ApiRequest, number: str, body: ListIn) -> dict[str, Any]:
    row = own_request(request, number)
    there = {line.specification_id: line.quantity for line in row.lines.all()}
    pieces, refused, skipped = _checked(
        body.text,
        there,
        unit_id=row.unit_id,
        buyer=row.buyer,
        phone=row.ship_phone,
        chosen=body.choices,
        adds=body.adds,
    )
    taken = row.number
    if pieces:
        made, _is_new = take_list(request_id=row.pk, pieces=pieces, version=body.version, adds=body.adds, **by(request))
        taken = made.number
    return show_request(request, taken) | {"refused_rows": refused, "skipped_rows": skipped}
