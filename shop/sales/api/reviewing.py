"""The reviewers' queues: reviews of products, bank transfers."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Moment, Page, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import Follow, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import NotAllowed
from shop.sales.models import ReviewFacts
from shop.sales.operations.reviews import moderate_review
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.reviewing import decided_reviews, review_exists, waiting_reviews
from shop.sales.queries.transfers import Transfer, transfer_exists, transfers
from shop.sales.texts import in_reader_language

area = Area(gettext_noop("Reviewers: reviews and transfers"))


def _check(request: ApiRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise NotAllowed(_("You may not do this."))


class QueueAsked(Follow):
    state: Literal["waiting", "decided"] = "waiting"


class QueuedReview(Answer):
    id: int
    stars: int
    text: str
    name: str = Field(description=gettext_noop("The product."))
    supplier: str
    picture_count: int
    refusal: str
    written_at: Moment
    decided_at: Moment | None


def _review(row: ReviewFacts) -> dict[str, Any]:
    return {
        "id": row.pk,
        "stars": row.review.score,
        "text": row.review.body,
        "name": in_reader_language(row.line.name_zh, row.line.name_en),
        "supplier": in_reader_language(row.line.order.supplier.name_zh, row.line.order.supplier.name_en),
        "picture_count": len(row.pictures.all()),
        "refusal": row.refusal,
        "written_at": row.review.date_created,
        "decided_at": row.moderated_at,
    }


@area.reads(
    "/review/reviews",
    Page[QueuedReview],
    scope="review:read",
    summary=gettext_noop("Reviews that wait, the oldest first"),
)
def list_queued_reviews(request: ApiRequest, asked: Annotated[QueueAsked, Query(...)]) -> dict[str, Any]:
    _check(request, "sales.moderate_reviews")
    return turn_of(asked, waiting_reviews if asked.state == "waiting" else decided_reviews, _review)


class ReviewDecision(Body):
    approve: bool
    reason: str = Field("", max_length=200, description=gettext_noop("Needed to refuse: the buyer reads it."))


@area.writes(
    "/review/reviews/{int:review_id}/decision",
    None,
    scope="review:write",
    summary=gettext_noop("Show a review to everybody, or refuse it with a reason"),
)
def decide_review(request: ApiRequest, review_id: int, body: ReviewDecision) -> None:
    _check(request, "sales.moderate_reviews")
    if not review_exists(review_id):
        raise Http404
    moderate_review(review_id=review_id, approve=body.approve, reason=body.reason, **by(request))


class TransferOut(Priced):
    id: int
    code: str = Field(examples=["HK000017A1B2"])
    amount: str
    purchase: str
    payers: list[str] = Field(description=gettext_noop("Names that may stand on the statement."))
    started_at: Moment
    pay_by: Moment | None
    booked_at: Moment | None


class TransfersAsked(Follow):
    state: Literal["waiting", "booked"] = "waiting"


def _transfer(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.code,
        "amount": yuan(row.amount_fen),
        "purchase": row.number,
        "payers": row.payers,
        "started_at": row.started_at,
        "pay_by": row.pay_by,
        "booked_at": row.finished_at,
    }


@area.reads(
    "/review/transfers",
    Page[TransferOut],
    scope="review:read",
    summary=gettext_noop("Bank transfers to be found on the statement"),
)
def list_transfers(request: ApiRequest, asked: Annotated[TransfersAsked, Query(...)]) -> dict[str, Any]:
    _check(request, "sales.decide_transfers")
    return turn_of(asked, lambda page: transfers(page, booked=asked.state == "booked"), _transfer)


class Match(Body):
    received: YuanIn
    payer: str = Field(max_length=120)
    why: str = Field("", max_length=200, description=gettext_noop("Needed when the payer is not who was expected."))


@area.writes(
    "/review/transfers/{int:payment_id}/match",
    None,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Book a transfer that came"),
)
def match_one_transfer(request: ApiRequest, payment_id: int, body: Match) -> None:
    _check(request, "sales.decide_transfers")
    if not transfer_exists(payment_id):
        raise Http404
    match_transfer(
        payment_id=payment_id,
        received_fen=fen_of(body.received),
        payer=body.payer,
        why=body.why,
        **by(request),
    )
