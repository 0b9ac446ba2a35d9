"""A unit's budgets: what a change of one comes to, and every change of a year with who made it and why."""

from dataclasses import dataclass
from datetime import datetime

from procurement import books
from procurement.models import QuotaDeclaration
from procurement.queries.quota import budget_of
from procurement.rules.budget import BudgetChange
from procurement.states import Fund
from shop.accounts.queries import names_of
from shop.core import audit, ledger
from shop.core.times import LAST_MOMENT


def budget_change(unit_id: int, year: int, fund: str, fen: int) -> BudgetChange:
    """Return what raising (or lowering) a fund's budget of a year by `fen` comes to now. One query."""
    left, spent = budget_of(unit_id, year, fund)
    return BudgetChange(whole_fen=left + spent, spent_fen=spent, by_fen=fen)


def was_granted(unit_id: int, year: int, *, fund: str, fen: int, key: str, actor_id: int) -> bool:
    """Tell whether a person's change of a budget was made already. One query."""
    own_key = books.budget_key(unit_id, year, fund, actor_id, key)
    return ledger.are_made(books.budget_granted(key=own_key, unit_id=unit_id, year=year, fen=fen, fund=fund))


def past_years(unit_id: int, first: int, this_year: int) -> list[int]:
    """Return the years before this one, the last first, of which a unit has a budget or a declaration. Two queries."""
    names = {
        books.budget(unit_id, year, what, fund): year
        for year in range(first, this_year)
        for fund in Fund
        for what in ("", "spent")
    }
    totals = ledger.sums(names)
    found = {year for name, year in names.items() if totals[name]}
    declared = QuotaDeclaration.objects.filter(unit=unit_id, year__gte=first, year__lt=this_year)
    return sorted(found | set(declared.values_list("year", flat=True)), reverse=True)


@dataclass(frozen=True, slots=True)
class BudgetStep:
    """One change of a fund's budget, as it was booked. `name` is whose it was, "" for the system's."""

    at: datetime
    fund: str
    before_fen: int
    by_fen: int
    name: str
    reason: str

    @property
    def after_fen(self) -> int:
        """The whole budget after it."""
        return self.before_fen + self.by_fen


def budget_steps(unit_id: int, year: int) -> list[BudgetStep]:
    """Return every change of a unit's budgets of a year, the last first: from the ledger, with why. Three queries."""
    sources = {books.budget(unit_id, year, "granted", fund): str(fund) for fund in Fund}
    moved = ledger.moving(list(sources), LAST_MOMENT).select_related("debit", "credit").order_by("at", "pk")
    rows = list(moved)
    reasons = {
        entry.data.get("key", ""): entry.data.get("reason", "")
        for entry in audit.entries(object_kind="unit", object_ids=[unit_id], action="grant_budget")
    }
    names = names_of({row.actor_id for row in rows if row.actor_id is not None})
    whole = dict.fromkeys(sources.values(), 0)
    steps = []
    for row in rows:
        raises = row.debit.name in sources
        fund = sources[row.debit.name if raises else row.credit.name]
        by_fen = row.amount if raises else -row.amount
        steps.append(
            BudgetStep(row.at, fund, whole[fund], by_fen, names.get(row.actor_id or 0, ""), reasons.get(row.key, ""))
        )
        whole[fund] += by_fen
    return steps[::-1]
