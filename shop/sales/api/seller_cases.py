"""The supplier's after-sales cases: answered, and returns confirmed. Adds to the area of `seller`."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries.trade import SupplierBrief
from shop.core.acting import by
from shop.core.api import Body, Moment, Page, Paragraphs, Priced, YuanIn, fen_of, yuan
from shop.core.api.paging import cut, turn_of
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.sales.api.cases import Photos
from shop.sales.api.evidence import CasePhotos, photos_of
from shop.sales.api.seller import ForOne, ForTurn, acting, area
from shop.sales.case_shown import granted_fen
from shop.sales.models import AfterSale
from shop.sales.operations.aftersales import decide_after_sale
from shop.sales.operations.returning import confirm_return, dispute_return
from shop.sales.queries import seller as queries
from shop.sales.texts import in_reader_language


class SoldRuling(Priced):
    case_id: int
    kind: str
    quantity: int
    verdict: str
    amount: str
    reason: str
    decided_at: Moment


class SoldCase(Priced):
    id: int
    order: str
    line_id: int
    name: str
    kind: str
    state: str
    quantity: int
    amount: str
    agreed: str = Field(description=gettext_noop("Offered, or granted."))
    needs_return: bool
    reason: str
    answer: str
    plea: str = Field(description=gettext_noop("The buyer's words to the platform."))
    back_tracking_no: str
    opened_at: Moment
    due_at: Moment | None = Field(description=gettext_noop("Until when whoever's turn it is has time."))
    earlier_rulings: list[SoldRuling] = Field(
        description=gettext_noop("What the platform decided on the same line before; it is final.")
    )


class CasesAsked(ForTurn):
    state: Literal["open", "decided"] = "open"


def _case(case: AfterSale) -> dict[str, Any]:
    same = ("kind", "state", "quantity", "needs_return", "reason", "answer", "plea", "back_tracking_no")
    same += ("opened_at", "due_at", "line_id")
    return {name: getattr(case, name) for name in same} | {
        "id": case.pk,
        "order": case.line.order.order.number,
        "name": in_reader_language(case.line.name_zh, case.line.name_en),
        "amount": yuan(case.amount_fen),
        "agreed": yuan(granted_fen(case)),
        "earlier_rulings": [
            {"case_id": each.pk, "kind": each.kind, "quantity": each.quantity, "verdict": ruling.verdict,
             "amount": yuan(ruling.amount_fen), "reason": ruling.reason, "decided_at": ruling.decided_at}
            for each in case.line.after_sales.all() if each.pk < case.pk for ruling in each.decisions.all()
        ],
    }  # fmt: skip


@area.reads("/seller/after-sales", Page[SoldCase], scope="seller:read", summary=gettext_noop("After-sales cases"))
def list_seller_cases(request: ApiRequest, asked: Annotated[CasesAsked, Query(...)]) -> dict[str, Any]:
    supplier = acting(request, asked)
    if asked.state == "open":
        return cut(asked, queries.open_cases(supplier.pk), _case)
    return turn_of(asked, lambda page: queries.cases(supplier.pk, page), _case)


class CaseDecision(Body):
    approve: bool
    amount: YuanIn | None = Field(
        None, description=gettext_noop("At most what was asked for; without it, all of that.")
    )
    answer: Paragraphs = Field("", max_length=300, description=gettext_noop("Needed to refuse: the buyer reads it."))
    photos: Photos = []


@area.writes(
    "/seller/after-sales/{int:case_id}/decision",
    SoldCase,
    scope="seller:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Answer a case: agree, offer a part, or refuse"),
    description=gettext_noop(
        "All of it goes back at once, or for a return once the goods came back; less is an offer."
    ),
)
def decide_case(request: ApiRequest, case_id: int, body: CaseDecision, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    found = queries.case_of_supplier(supplier.pk, case_id)
    if found is None:
        raise Http404
    asked_fen = found.amount_fen if body.approve else 0
    decide_after_sale(
        case_id=found.pk,
        approve=body.approve,
        amount_fen=asked_fen if body.amount is None else fen_of(body.amount),
        answer=body.answer,
        uploads=decoded(body.photos),
        **by(request),
    )
    return _answered(supplier, case_id)


def _answered(supplier: SupplierBrief, case_id: int) -> dict[str, Any]:
    found = queries.case_of_supplier(supplier.pk, case_id)
    if found is None:
        raise Http404
    return _case(found)


class CameBack(Body):
    received: bool
    why: Paragraphs = Field(
        "", max_length=300, description=gettext_noop("What is wrong with it: the platform decides then.")
    )


@area.writes(
    "/seller/after-sales/{int:case_id}/return",
    SoldCase,
    scope="seller:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Confirm that goods came back, or say what is wrong with them"),
)
def confirm_case_return(request: ApiRequest, case_id: int, body: CameBack, asked: ForOne) -> dict[str, Any]:
    supplier = acting(request, asked)
    _answered(supplier, case_id)
    if body.received:
        confirm_return(case_id=case_id, **by(request))
    else:
        dispute_return(case_id=case_id, why=body.why, **by(request))
    return _answered(supplier, case_id)


@area.reads(
    "/seller/after-sales/{int:case_id}/photos",
    CasePhotos,
    scope="seller:read",
    summary=gettext_noop("The photos of a case, of both sides"),
)
def list_sold_case_photos(request: ApiRequest, case_id: int, asked: ForOne) -> dict[str, Any]:
    _answered(acting(request, asked), case_id)
    return photos_of(case_id)
