"""What a buyer says of what arrived: reviews, and after-sales cases until they are closed."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_noop
from pydantic import Field

from shop.core.acting import by
from shop.core.api import AsItIs, Body, Paragraphs, YuanIn, fen_of
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.evidence import CasePhotos, photos_of
from shop.sales.api.orders import area, step
from shop.sales.models import AfterSale, LineFacts
from shop.sales.operations import aftersales, arbitration, returning, reviews
from shop.sales.queries.orders import case_of, line_of
from shop.sales.queries.purchases import way_of
from shop.sales.visitors import Visitor

Photos = Annotated[
    list[AsItIs],
    Field(
        max_length=6,
        description=gettext_noop("Pictures as base64, JPEG or PNG; all together at most 1.8 MB."),
        examples=[["/9j/4AAQ…"]],
    ),
]


class ReviewIn(Body):
    stars: int = Field(ge=1, le=5)
    text: Paragraphs = Field(min_length=1, max_length=500)
    photos: Photos = []


class AfterSaleIn(Body):
    kind: Literal["damaged", "missing", "refund_only", "return"]
    quantity: int = Field(ge=1, le=999_999)
    amount: YuanIn
    reason: Paragraphs = Field(min_length=1, max_length=300)
    photos: Photos = []


def _own_line(request: ApiRequest, number: str, line_id: int) -> LineFacts:
    line = line_of(Visitor.of(request.user), number, line_id)
    if line is None:
        raise Http404
    return line


@step("lines/{int:line_id}/review", status=201, summary=gettext_noop("Review what you received"))
def review_line(request: ApiRequest, number: str, line_id: int, body: ReviewIn) -> None:
    reviews.submit_review(
        line_id=_own_line(request, number, line_id).pk,
        stars=body.stars,
        text=body.text,
        uploads=decoded(body.photos),
        **by(request),
    )


@step(
    "lines/{int:line_id}/after-sale", status=201, key=Key.REQUIRED, summary=gettext_noop("Ask for money back on a line")
)
def open_after_sale(request: ApiRequest, number: str, line_id: int, body: AfterSaleIn) -> None:
    line = _own_line(request, number, line_id)
    aftersales.open_after_sale(
        line_id=line.pk,
        way=way_of(Visitor.of(request.user), line.order.purchase),
        kind=body.kind,
        quantity=body.quantity,
        amount_fen=fen_of(body.amount),
        reason=body.reason,
        uploads=decoded(body.photos),
        **by(request),
    )


def _own_case(request: ApiRequest, number: str, case_id: int) -> AfterSale:
    case = case_of(Visitor.of(request.user), number, case_id)
    if case is None:
        raise Http404
    return case


def _acting_on_case(request: ApiRequest, number: str, case_id: int) -> dict[str, Any]:
    """Return which case is acted on, by whom, how and when."""
    case = _own_case(request, number, case_id)
    return {"case_id": case.pk, "way": way_of(Visitor.of(request.user), case.line.order.purchase)} | by(request)


@step("after-sales/{int:case_id}/withdraw", summary=gettext_noop("Take an after-sales case back"))
def withdraw_after_sale(request: ApiRequest, number: str, case_id: int) -> None:
    aftersales.withdraw_after_sale(**_acting_on_case(request, number, case_id))


@step(
    "after-sales/{int:case_id}/take-offer", key=Key.REQUIRED, summary=gettext_noop("Take the part the supplier offers")
)
def take_offer(request: ApiRequest, number: str, case_id: int) -> None:
    aftersales.accept_offer(**_acting_on_case(request, number, case_id))


class PleaIn(Body):
    words: Paragraphs = Field(min_length=1, max_length=300, description=gettext_noop("Why you do not agree."))


@step(
    "after-sales/{int:case_id}/ask-platform",
    summary=gettext_noop("Have the platform decide a case that was refused, or of which too little is offered"),
    description=gettext_noop(
        "Its decision is final: where nothing is given back, these pieces can't be claimed on again."
    ),
)
def ask_platform(request: ApiRequest, number: str, case_id: int, body: PleaIn) -> None:
    arbitration.ask_platform(words=body.words, **_acting_on_case(request, number, case_id))


class SentBackIn(Body):
    carrier: str = Field(max_length=20, examples=["sf"])
    tracking_no: str = Field(max_length=40, examples=["SF1234567890123"])


@step("after-sales/{int:case_id}/send-back", summary=gettext_noop("Note the parcel by which goods go back"))
def send_goods_back(request: ApiRequest, number: str, case_id: int, body: SentBackIn) -> None:
    returning.send_back(carrier=body.carrier, tracking_no=body.tracking_no, **_acting_on_case(request, number, case_id))


@area.reads(
    "/orders/{number}/after-sales/{int:case_id}/photos",
    CasePhotos,
    scope="orders:read",
    summary=gettext_noop("The photos of a case, of both sides"),
)
def list_case_photos(request: ApiRequest, number: str, case_id: int) -> dict[str, Any]:
    return photos_of(_own_case(request, number, case_id).pk)
