"""Who took a request or a declaration back or gave it up, and when: read from the audit trail, where each of these steps is noted."""

from dataclasses import dataclass
from datetime import datetime

from procurement.models import PurchaseRequest, QuotaDeclaration
from procurement.states import RequestState
from shop.accounts.queries import names_of
from shop.core import audit

TAKEN_BACK, GIVEN_UP = f"request_{RequestState.DRAFT}", f"request_{RequestState.CANCELLED}"

WITHDRAWN = "declaration_withdrawn"


@dataclass(frozen=True, slots=True)
class DeclarationWithdrawal:
    """One time a submitted declaration was withdrawn before anybody decided on it. `version` is the one that it was."""

    name: str
    version: int
    at: datetime


def declaration_withdrawals(declaration: QuotaDeclaration) -> list[DeclarationWithdrawal]:
    """Return when versions of a declaration were withdrawn, the first first. Two queries at most."""
    entries = audit.actions_on(object_kind="declaration", object_id=declaration.pk, among=(WITHDRAWN,))
    names = names_of({each.actor_id for each in entries if each.actor_id is not None}) if entries else {}
    return [DeclarationWithdrawal(names.get(each.actor_id or 0, ""), each.data["version"], each.at) for each in entries]


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """One time a request was taken back or given up. `version` is the one that ended with it."""

    name: str
    version: int
    at: datetime
    is_given_up: bool
    was_approved: bool


def withdrawals_of(request: PurchaseRequest) -> list[Withdrawal]:
    """Return when a request was taken back or given up, the first first. Two queries."""
    entries = audit.actions_on(object_kind="request", object_id=request.number, among=(TAKEN_BACK, GIVEN_UP))
    names = names_of({each.actor_id for each in entries if each.actor_id is not None})
    last = {each.version: each.approved for each in request.decisions.all() if each.step >= request.unit.approvals}
    found = []
    for each in entries:
        # The version grows with the step itself.
        version = each.data["version"] - 1
        is_given_up = each.action == GIVEN_UP
        name = names.get(each.actor_id or 0, "")
        found.append(
            Withdrawal(name, version, each.at, is_given_up, each.data.get("approved", last.get(version, False)))
        )
    return found
