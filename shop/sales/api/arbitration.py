"""The platform's desk: after-sales cases that the two sides can't settle."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Moment, Page, Paragraphs, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import NotAllowed
from shop.sales.api.evidence import CasePhotos, photos_of
from shop.sales.case_shown import supplier_offered_fen
from shop.sales.models import AfterSale
from shop.sales.operations.arbitration import facts_of, judge
from shop.sales.queries.arbitration import case_to_judge, judged_cases, waiting_cases
from shop.sales.rules import most_with_return, most_without_return
from shop.sales.texts import in_reader_language

area = Area(gettext_noop("Reviewers: after-sales"))


def _check(request: ApiRequest) -> None:
    if not request.user.has_perm("sales.decide_cases"):
        raise NotAllowed(_("You may not do this."))


def _one(request: ApiRequest, case_id: int) -> AfterSale:
    _check(request)
    found = case_to_judge(case_id)
    if found is None:
        raise Http404
    return found


class PlatformCase(Priced):
    id: int
    order: str
    supplier: str
    name: str = Field(description=gettext_noop("The product."))
    kind: str
    state: str
    quantity: int
    amount: str
    offered: str = Field(description=gettext_noop("By the supplier itself, not by the platform."))
    reason: str
    answer: str
    plea: str
    dispute: str
    waiting_since: Moment | None
    due_at: Moment | None


class SignedArbitration(Answer):
    verdict: str
    amount: str
    reason: str
    decided_by_id: int
    decided_at: Moment


class PlatformCaseDetail(PlatformCase):
    covers_damage: bool
    is_fresh: bool = Field(description=gettext_noop("Fresh produce is not sent back."))
    recalled: str = Field(
        description=gettext_noop("What of it is for pieces of a recalled lot: given back without a return.")
    )
    most_without_return: str
    most_with_return: str
    decisions: list[SignedArbitration]


class ArbitrationCasesAsked(Turn):
    state: Literal["waiting", "decided"] = "waiting"


def _case(case: AfterSale) -> dict[str, Any]:
    same = ("kind", "state", "quantity", "reason", "answer", "plea", "dispute", "due_at")
    supplier = case.line.order.supplier
    return {name: getattr(case, name) for name in same} | {
        "id": case.pk,
        "order": case.line.order.order.number,
        "supplier": in_reader_language(supplier.name_zh, supplier.name_en),
        "name": in_reader_language(case.line.name_zh, case.line.name_en),
        "amount": yuan(case.amount_fen),
        "offered": yuan(supplier_offered_fen(case)),
        "waiting_since": case.asked_at,
    }


def _detail(case: AfterSale) -> dict[str, Any]:
    facts = facts_of(case, case.line.order, case.line)
    return _case(case) | {
        "covers_damage": facts.covers_damage,
        "is_fresh": facts.is_fresh,
        "recalled": yuan(facts.recalled_fen),
        "most_without_return": yuan(most_without_return(facts)),
        "most_with_return": yuan(most_with_return(facts)),
        "decisions": [
            {
                "verdict": each.verdict,
                "amount": yuan(each.amount_fen),
                "reason": each.reason,
                "decided_by_id": each.decided_by_id,
                "decided_at": each.decided_at,
            }
            for each in case.decisions.all()
        ],
    }


@area.reads(
    "/review/after-sales",
    Page[PlatformCase],
    scope="review:read",
    summary=gettext_noop("Cases with the platform, who waits longest first"),
)
def list_platform_cases(request: ApiRequest, asked: Annotated[ArbitrationCasesAsked, Query(...)]) -> dict[str, Any]:
    _check(request)
    return turn_of(asked, waiting_cases if asked.state == "waiting" else judged_cases, _case)


@area.reads(
    "/review/after-sales/{int:case_id}",
    PlatformCaseDetail,
    scope="review:read",
    summary=gettext_noop("One case with what may be granted"),
)
def get_platform_case(request: ApiRequest, case_id: int) -> dict[str, Any]:
    return _detail(_one(request, case_id))


@area.reads(
    "/review/after-sales/{int:case_id}/photos",
    CasePhotos,
    scope="review:read",
    summary=gettext_noop("The photos of a case, of both sides"),
)
def list_platform_case_photos(request: ApiRequest, case_id: int) -> dict[str, Any]:
    return photos_of(_one(request, case_id).pk)


class Judgement(Body):
    verdict: Literal["refund", "return", "dismiss"]
    amount: YuanIn | None = Field(None, description=gettext_noop("Needed unless the case is dismissed."))
    reason: Paragraphs = Field(min_length=1, max_length=500, description=gettext_noop("Both sides read it."))


@area.writes(
    "/review/after-sales/{int:case_id}/decision",
    PlatformCaseDetail,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Decide a case: signed and final; a refund goes back at once"),
)
def judge_case(request: ApiRequest, case_id: int, body: Judgement) -> dict[str, Any]:
    judge(
        case_id=_one(request, case_id).pk,
        verdict=body.verdict,
        amount_fen=fen_of(body.amount) if body.amount else 0,
        reason=body.reason,
        **by(request),
    )
    return _detail(_one(request, case_id))
