"""Approving and returning purchase requests: one decision at a time, on the version that was read."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement import books
from procurement.errors import ChangedSince, NoBudget, OwnRequest, WrongStep
from procurement.models import PurchaseRequest, RequestDecision
from procurement.operations.asked import asked_of
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, FINANCE, must_be
from procurement.operations.requests import check_lines, check_year, lock_request, tell_step
from procurement.queries.sealed import DECISION, decision_facts
from procurement.rules.budget import left_after
from procurement.states import REQUEST_MOVES, Fund, RequestState
from procurement.texts import year_of
from shop.core import audit, ledger
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.sealed import seal

STEPS = {RequestState.SUBMITTED: (1, APPROVER), RequestState.CHECKED: (2, FINANCE)}


def decide_request(
    *, request_id: int, version: int, approve: bool, actor: Any, at: datetime, reason: str = ""
) -> PurchaseRequest:
    """Approve a request at the step where it stands, or return it with a reason.

    No approval goes beyond what is left of the fund's budget of the year in which it is to be ordered (NoBudget), whichever
    step it is; the last one takes the total off it. Raises WrongStep when it does not wait for a decision (somebody else was
    first, or its buyer took it back) and, for a yes, when that year is over (code `year_differs`), OverLimit where its buyer
    may not have that much, ChangedSince for another version than the one that was read, OwnRequest for who asked for it or
    decided before, NotAllowed, InvalidInput on `reason`: none to return it, or one too long. Locks: request, then budget.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        if request.version != version:
            raise ChangedSince(_("The buyer changed this request since you opened it. Please read it again."))
        if request.state not in STEPS:
            raise WrongStep(_("This request does not wait for a decision any more."))
        step, role = STEPS[RequestState(request.state)]
        _check_role(request, actor, step, role)
        _check_hands(request, actor)
        if not approve and not reason.strip():
            raise InvalidInput(_("Say what has to be changed."), field="reason")
        reason = check_length(reason, "reason")
        if approve and request.year < year_of(at):
            check_year(request, at)
        lines = list(request.lines.all()) if approve else []
        if approve:
            check_lines(request, lines)
            _check_budget(request)
        decision = RequestDecision.objects.create(
            request=request, version=version, step=step, approved=approve, reason=reason,
            total_fen=request.total_fen, actor=actor, at=at,
        )  # fmt: skip
        seal(DECISION, decision_facts(pk=decision.pk), at=at)
        last = step >= request.unit.approvals
        to = RequestState.RETURNED if not approve else RequestState.APPROVED if last else RequestState.CHECKED
        if to not in REQUEST_MOVES[request.state]:
            raise WrongStep(_("This request does not wait for a decision any more."))
        if to == RequestState.APPROVED:
            _take_budget(request, actor, at)
            request.approved_fen = request.total_fen
        request.state, request.decided_at = to, at
        request.save(update_fields=["state", "decided_at", "approved_fen"])
        audit.record(
            action=f"request_{to}", object_kind="request", object_id=request.number, actor=actor, at=at,
            version=version, step=step, total_fen=request.total_fen, year=request.year, fund=request.fund,
            **asked_of(request, lines),
        )  # fmt: skip
        tell_step(request, at)
        return request


def _check_role(request: PurchaseRequest, actor: Any, step: int, role: str) -> None:
    """Raise NotAllowed for who does not decide at this step, WrongStep for who does at one that is decided already."""
    try:
        must_be(actor, request.unit, role)
    except NotAllowed:
        earlier = [its for number, its in STEPS.values() if number < step]
        if not earlier:
            raise
        must_be(actor, request.unit, *earlier)
        raise WrongStep(
            _("This step is decided already: the request waits for the next one."), code="decided_already"
        ) from None


def _check_hands(request: PurchaseRequest, actor: Any) -> None:
    if actor.pk in {request.buyer_id, *request.editors}:
        raise OwnRequest(_("Nobody approves what they asked for: a colleague decides on this one."))
    if request.decisions.filter(version=request.version, actor=actor).exists():
        raise OwnRequest(_("You decided on this one already: the second approval is a colleague's."))


def _check_budget(request: PurchaseRequest) -> None:
    """Raise NoBudget where less is left than the request costs: nobody's approval is taken back by the next step."""
    account = books.budget(request.unit_id, request.year, fund=request.fund)
    if left_after(ledger.sums([account])[account], request.total_fen) < 0:
        raise _no_budget(request)


def _no_budget(request: PurchaseRequest) -> NoBudget:
    text = _(
        "The budget of %(year)d (%(fund)s) has less left than this costs. Raise the budget, or return the request."
    )
    return NoBudget(text % {"year": request.year, "fund": Fund(request.fund).label})


def _take_budget(request: PurchaseRequest, actor: Any, at: datetime) -> None:
    try:
        ledger.post(
            books.budget_taken(
                key=f"take:{request.number}:{request.version}",
                unit_id=request.unit_id,
                year=request.year,
                fen=request.total_fen,
                number=request.number,
                fund=request.fund,
            ),
            at=at,
            actor_id=actor.pk,
        )
    except ledger.Overdrawn as error:
        # Somebody else's approval took it between the look and this.
        raise _no_budget(request) from error
