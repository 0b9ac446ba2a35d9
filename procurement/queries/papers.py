"""Whether the units' papers say what orders, requests and seals say: asked by `check_ledger`, and before one prints."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, F, Q, Sum

from procurement.models import (
    AcceptanceLine,
    GoodsAcceptance,
    PurchaseRequest,
    RequestDecision,
    RequestLine,
    RequestVersion,
    UnitOrder,
)
from procurement.operations.asked import asked_of, facts_of, lines_of, request_key
from procurement.queries import sealed as kept
from procurement.queries.sealed import ACCEPTANCE, DECISION, VERSION, acceptance_facts, decision_facts, version_facts
from procurement.states import RequestState
from shop.core import sealed
from shop.core.models import AuditEntry
from shop.core.projections import Mismatch
from shop.sales.queries.order_lines import order_lines

DECIDED = (RequestState.APPROVED, RequestState.ORDERED)


def acceptance_faults(order_id: int | None = None) -> Iterator[Mismatch]:
    """Yield what is wrong with the acceptances of an order, or of all. A few queries, however many there are."""
    of_order: dict[str, Any] = {} if order_id is None else {"order_id": order_id}
    yield from _line_faults(order_id)
    yield from _sum_faults(of_order)
    facts = acceptance_facts(**of_order)
    for pk in sealed.differing(ACCEPTANCE, facts):
        yield Mismatch(f"what acceptance {pk} of order {facts[pk]['order_id']} said when it was made", 1, 0)
    if order_id is None:
        yield from _gone(ACCEPTANCE, facts)


def _gone(kind: str, facts: kept.Sealed) -> Iterator[Mismatch]:
    for pk in sealed.gone(kind, facts):
        yield Mismatch(f"sealed {kind} {pk} is missing", 0, 1)


def _line_faults(order_id: int | None) -> Iterator[Mismatch]:
    """Compare each line with what its acceptances say of it."""
    lines = order_lines().filter(order__of_unit__isnull=False)
    said = AcceptanceLine.objects.all()
    if order_id is not None:
        lines = lines.filter(order_id=order_id)
        said = said.filter(Q(acceptance__order_id=order_id) | Q(line__order_id=order_id))
    sums = {
        row["line_id"]: row
        for row in said.order_by()
        .values("line_id")
        .annotate(
            took=Sum("accepted"),
            came=Sum("sent"),
            short=Sum("short_fen"),
            light=Sum("weight_fen"),
            elsewhere=Count("pk", filter=~Q(acceptance__order_id=F("line__order_id"))),
        )
    }
    rows = lines.order_by("pk").values_list("pk", "accepted", "rejected", "refunded_fen", "light_fen")
    for pk, accepted, rejected, refunded, light in rows.iterator():
        each = sums.pop(pk, None) or {"took": 0, "came": 0, "short": 0, "light": 0, "elsewhere": 0}
        for what, stored, counted in (
            ("accepted pieces", accepted, each["took"]),
            ("rejected pieces", rejected, each["came"] - each["took"]),
            ("deduction for the weight", light, each["light"]),
            ("deduction", min(refunded, each["short"]), each["short"]),
        ):
            if stored != counted:
                yield Mismatch(f"{what} of line {pk} by its acceptances", stored, counted)
        if each["elsewhere"]:
            yield Mismatch(f"acceptances of line {pk} that are of another order", each["elsewhere"], 0)
    for pk, each in sorted(sums.items()):
        yield Mismatch(f"acceptances of line {pk}, which is of no unit's order here", each["came"], 0)


def _sum_faults(of_order: dict[str, Any]) -> Iterator[Mismatch]:
    """Compare each acceptance with its own lines and with its order."""
    rows = GoodsAcceptance.objects.filter(**of_order).order_by("order_id", "sequence")
    names = (
        *("pk", "order_id", "sequence", "short_fen", "unit_id", "order__of_unit__unit_id", "order__refunded_fen"),
        "order__waived_fen",
    )
    totals: Counter[int] = Counter()
    counts: Counter[int] = Counter()
    took = dict(
        order_lines()
        .filter(**of_order, order__of_unit__isnull=False)
        .order_by()
        .values_list("order_id")
        .annotate(pieces=Sum("accepted"))
    )
    of = {f"acceptance__{name}": value for name, value in of_order.items()}
    lines = {
        pk: (count, short)
        for pk, count, short in AcceptanceLine.objects.filter(**of)
        .order_by()
        .values_list("acceptance_id")
        .annotate(count=Count("pk"), short=Sum("short_fen"))
    }
    for pk, order_id, sequence, short, unit_id, its_unit, refunded, waived in rows.values_list(*names).iterator():
        count, of_lines = lines.get(pk, (0, 0))
        totals[order_id] += short
        counts[order_id] += 1
        if not count:
            yield Mismatch(f"lines of acceptance {pk} of order {order_id}", 0, 1)
        # Freight goes back with the last piece where nothing of the order was accepted, and never else.
        if short < of_lines or (short > of_lines and took.get(order_id)):
            yield Mismatch(f"deduction of acceptance {pk} of order {order_id}", short, of_lines)
        if sequence != counts[order_id]:
            yield Mismatch(f"number of acceptance {pk} of order {order_id}", sequence, counts[order_id])
        if unit_id != its_unit:
            yield Mismatch(f"unit of acceptance {pk} of order {order_id}", unit_id, its_unit or 0)
        if totals[order_id] > refunded + waived:
            yield Mismatch(f"deductions of order {order_id} by its acceptances", refunded + waived, totals[order_id])


def request_faults(request_id: int | None = None) -> Iterator[Mismatch]:
    """Yield what is wrong with a request that was approved, or with all of them. A few queries, however many."""
    of_request: dict[str, Any] = {} if request_id is None else {"request_id": request_id}
    requests = PurchaseRequest.objects.order_by("pk")
    if request_id is not None:
        requests = requests.filter(pk=request_id)
    lines: dict[int, list[RequestLine]] = defaultdict(list)
    for line in RequestLine.objects.filter(**of_request).order_by("pk"):
        lines[line.request_id].append(line)
    versions = {
        (each.request_id, each.version): each for each in RequestVersion.objects.filter(**of_request).iterator()
    }
    decisions: dict[tuple[int, int], list[RequestDecision]] = defaultdict(list)
    for decision in RequestDecision.objects.filter(**of_request).order_by("step"):
        decisions[decision.request_id, decision.version].append(decision)
    ordered = _ordered(request_id)
    said = _said_of(None if request_id is None else requests.values("number"))
    for request in requests.filter(state__in=DECIDED).select_related("purchase").iterator():
        key = (request.pk, request.version)
        yield from _as_approved(request, versions.get(key), lines[request.pk])
        yield from _hands(request, decisions[key])
        yield from _as_asked(request, said.get(request.number, {}), lines[request.pk])
        yield from _as_ordered(request, lines[request.pk], ordered.get(request.purchase_id or 0, {}))
    facts: Callable[..., kept.Sealed]
    for kind, facts in ((VERSION, version_facts), (DECISION, decision_facts)):
        found = facts(**of_request)
        for pk in sealed.differing(kind, found):
            yield Mismatch(f"what {kind} {pk} of request {found[pk]['request_id']} said when it was written", 1, 0)
        if request_id is None:
            yield from _gone(kind, found)
    strangers = UnitOrder.objects.filter(**of_request, request__isnull=False)
    strangers = strangers.exclude(order__purchase_id=F("request__purchase_id"), request__purchase__isnull=False)
    for pk, of in strangers.order_by("pk").values_list("pk", "request_id"):
        yield Mismatch(f"request of order {pk}, which another purchase is of", of or 0, 0)


def is_doubtful(request: PurchaseRequest) -> bool:
    """Tell whether what is recorded of an approved or ordered request was changed past the operations."""
    return request.state in DECIDED and any(True for _fault in request_faults(request.pk))


def _ordered(request_id: int | None) -> dict[int, dict[int, int]]:
    """Return, by purchase, the ordered pieces of each specification."""
    rows = order_lines().filter(order__purchase__request__isnull=False)
    if request_id is not None:
        rows = rows.filter(order__purchase__request=request_id)
    found: dict[int, dict[int, int]] = defaultdict(dict)
    grouped = rows.order_by().values_list("order__purchase_id", "specification_id").annotate(pieces=Sum("ordered"))
    for purchase_id, specification_id, pieces in grouped:
        found[purchase_id][specification_id] = pieces
    return found


def _as_approved(
    request: PurchaseRequest, version: RequestVersion | None, lines: list[RequestLine]
) -> Iterator[Mismatch]:
    """What was approved is the version, word for word."""
    if version is None:
        yield Mismatch(f"version {request.version} of request {request.number} is missing", 0, 1)
        return
    if {"year": request.year} | version.facts != facts_of(request) | {"year": request.year}:
        yield Mismatch(f"facts of request {request.number} are not those of its version", 1, 0)
    if version.lines != lines_of(lines):
        yield Mismatch(f"lines of request {request.number} are not those of its version", 1, 0)
    if version.total_fen != request.total_fen:
        yield Mismatch(f"total of request {request.number}", request.total_fen, version.total_fen)
    goods = sum(line.sum_fen for line in lines)
    if request.goods_fen != goods:
        yield Mismatch(f"goods of request {request.number}", request.goods_fen, goods)
    if request.approved_fen != version.total_fen:
        yield Mismatch(f"approved of request {request.number}", request.approved_fen, version.total_fen)


def _said_of(numbers: Any) -> dict[str, dict[str, Any]]:
    """Return what the last decision's entry in the audit trail says of each request (`numbers`; None: all). One query."""
    entries = AuditEntry.objects.filter(object_kind="request", action=f"request_{RequestState.APPROVED}")
    if numbers is not None:
        entries = entries.filter(object_id__in=numbers)
    return dict(entries.order_by("pk").values_list("object_id", "data").iterator())


def _as_asked(request: PurchaseRequest, said: dict[str, Any], lines: list[RequestLine]) -> Iterator[Mismatch]:
    """It is the request that was approved: of its unit, of who asked for it, for goods of these suppliers."""
    # What was ordered is known by its purchase's key.
    if said.get("version") != request.version and (said or request.purchase is None):
        yield Mismatch(f"approval of request {request.number} in the audit trail", 0, request.version)
    now = asked_of(request, lines)
    # Entries of before say nothing of these.
    for name, value in now.items():
        if said.get(name, value) != value:
            yield Mismatch(f"{name} of request {request.number}", 1, 0)


def state_faults() -> Iterator[Mismatch]:
    """Yield requests that stand elsewhere than their versions, decisions and the audit trail say. Four queries."""
    submitted = set(RequestVersion.objects.values_list("request_id", "version").iterator())
    decided: dict[tuple[int, int], bool] = {}
    rows = RequestDecision.objects.order_by("at", "pk").values_list("request_id", "version", "approved")
    for pk, version, approved in rows.iterator():
        decided[pk, version] = decided.get((pk, version), True) and approved
    last: dict[str, tuple[str, int]] = {}
    entries = AuditEntry.objects.filter(object_kind="request", data__has_key="version").order_by("pk")
    for number, action, data in entries.values_list("object_id", "action", "data").iterator():
        last[number] = (action.removeprefix("request_"), data["version"])
    names = ("pk", "number", "version", "state", "purchase_id")
    for pk, number, version, state, purchase in PurchaseRequest.objects.order_by("pk").values_list(*names).iterator():
        said, of = last.get(number, ("", 0))
        known = {RequestState.DRAFT.value}
        if purchase is not None:
            known = {RequestState.ORDERED.value}
        elif of == version and said:
            known = {said}
        elif of > version:
            known = set()
        if (pk, version) in submitted and purchase is None and known == {RequestState.DRAFT.value}:
            known = {RequestState.SUBMITTED.value}
        if said == RequestState.RETURNED and of == version:
            # It may be submitted again as it is.
            known.add(RequestState.SUBMITTED.value)
        if state not in known:
            yield Mismatch(f"state of request {number}, which is {state}", 1, 0)


def _hands(request: PurchaseRequest, decisions: list[RequestDecision]) -> Iterator[Mismatch]:
    """Each step of its version was approved, by somebody who neither asked for it nor decided on the step before."""
    what = f"decisions on request {request.number}"
    steps = [each.step for each in decisions]
    if not steps or steps != list(range(1, len(steps) + 1)):
        yield Mismatch(f"{what}: a step is missing", len(steps), max(steps, default=1))
    if any(not each.approved for each in decisions):
        yield Mismatch(f"{what}: one returned it", 1, 0)
    if any(each.total_fen != request.approved_fen for each in decisions):
        yield Mismatch(f"{what}: one is of another total", 1, 0)
    own = {request.buyer_id, *request.editors}
    people = [each.actor_id for each in decisions]
    if own.intersection(people) or len(people) != len(set(people)):
        yield Mismatch(f"{what}: one by who asked for it, or two by one", 1, 0)
    if decisions and decisions[-1].at != request.decided_at:
        yield Mismatch(f"{what}: the last is of another moment", 1, 0)


def _as_ordered(request: PurchaseRequest, lines: list[RequestLine], ordered: dict[int, int]) -> Iterator[Mismatch]:
    """An ordered request has its purchase, of its buyer, on its terms, with its pieces; an approved one has none."""
    purchase = request.purchase
    if (request.state == RequestState.ORDERED) != (purchase is not None):
        yield Mismatch(f"purchase of the {request.state} request {request.number}", int(purchase is not None), 1)
    if purchase is None:
        return
    # An erased buyer leaves the purchase without one.
    if purchase.user_id not in (None, request.buyer_id):
        yield Mismatch(f"buyer of request {request.number}", request.buyer_id, purchase.user_id or 0)
    if purchase.terms != request.terms:
        yield Mismatch(f"terms of the purchase of request {request.number}", 1, 0)
    if purchase.key != request_key(request.number):
        yield Mismatch(f"purchase of request {request.number}, which is another's", 1, 0)
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.specification_id] += line.quantity
    if wanted != ordered:
        yield Mismatch(f"ordered pieces of request {request.number}", sum(ordered.values()), wanted.total())
