"""How declarations read: shares, confirmed versions, differences. No queries of its own."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from procurement.models import DeclarationSnapshot, QuotaDeclaration
from procurement.queries.quota import Standing
from procurement.rules.quota import BASIS, fulfilment_rate
from procurement.states import Basis, CanteenMode, DeclarationState, Fund
from procurement.texts import name_of, words
from shop.core.times import full_moment

# By which rule rates are worked out: see `rules.quota`.
RULE = "2026-12.2"


def is_day(text: str) -> bool:
    """Tell whether a text is a day, YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def until_of(text: str, now: datetime) -> datetime:
    """Return the end of a day YYYY-MM-DD in China, now at the latest; now for anything else."""
    try:
        day = date.fromisoformat(text)
        end = timezone.make_aware(datetime.combine(day + timedelta(days=1), time()), timezone.get_default_timezone())
    except (ValueError, OverflowError):
        return now
    return min(now, end - timedelta(microseconds=1))


def formula() -> str:
    """Return how a rate is worked out, in words."""
    return _(
        "accepted ÷ reserved of the units with a confirmed declaration, truncated to two decimals, never rounded up. Orders "
        "belong to the year of the day they were placed; what was given back, not charged or cancelled is taken off. An "
        "order counts as accepted once it is complete: one that was accepted in part is committed with its whole sum."
    )


def reversed_formula() -> str:
    """Return what is reversed, in words, and how it differs from what a report of sales deducts."""
    return _(
        "all that was cancelled, given back or not charged of the orders: goods, their freight, and orders that never became "
        "a sale. A report of sales deducts the goods of sales only."
    )


def why_apart(declaration: QuotaDeclaration | None) -> str:
    """Return why a unit is in no rate: none of its declarations was confirmed."""
    if declaration is None:
        return _("not declared")
    return {
        DeclarationState.SUBMITTED: _("declared, not confirmed yet"),
        DeclarationState.RETURNED: _("declaration returned"),
    }.get(DeclarationState(declaration.state), _("not declared"))


def ratio(bp: int) -> str:
    """Return a ratio in basis points as 30 %."""
    return f"{bp / 100:g} %"


def share_rows(shares: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return what each policy row asks for, in words."""
    return [
        {
            "basis": str(Basis(share["basis"]).label),
            "base_fen": share["base_fen"],
            "ratio": ratio(share["ratio_bp"]),
            "fen": share["reserved_fen"],
            "rule": " · ".join(part for part in (words(share["name_zh"], share["name_en"]), share["document"]) if part),
        }
        for share in shares
    ]


def taken_over_rows(snapshots: Iterable[DeclarationSnapshot]) -> list[dict[str, Any]]:
    """Return whose share of a shared canteen a unit owes beside its own: name, food, ratio, share."""
    return [
        {
            "name": name_of(row.unit.organisation),
            "base_fen": row.canteen_spend_fen,
            "ratio": ratio(row.ratio_bp),
            "fen": row.passed_on_fen,
        }
        for row in snapshots
    ]


def in_all(declared: Any, taken_over: Iterable[DeclarationSnapshot]) -> dict[str, Any]:
    """Return, for `units/declared.html`, what a unit owes beside its own share of a declaration, and what in all."""
    rows = taken_over_rows(taken_over)
    own_fen = declared.reserved_fen if declared else 0
    return {"taken_over": rows, "together_fen": own_fen + sum(row["fen"] for row in rows)}


def reserved_rows(declared: Any, taken_over: Iterable[DeclarationSnapshot] = ()) -> list[dict[str, Any]]:
    """Return each base with its share; together they are what is reserved.

    `declared` is a declaration or what was confirmed of one. Of the labour union's bases the one that asks for the most
    counts, since one purchase fills each of them; `others` names what the rest would ask for.
    """
    shares = share_rows(declared.shares)
    food = [row for row, share in zip(shares, declared.shares, strict=True) if share["basis"] == Basis.CANTEEN_FOOD]
    union = [row for row, share in zip(shares, declared.shares, strict=True) if share["basis"] != Basis.CANTEEN_FOOD]
    planned = {
        "basis": _("Planned by the labour union"),
        "base_fen": declared.union_fen,
        "ratio": ratio(BASIS),
        "fen": declared.union_fen,
        "rule": "",
    }
    by_size = sorted([planned, *union], key=lambda row: -row["fen"])
    rows = [row | {"others": []} for row in food if row["fen"]]
    if declared.union_reserved_fen:
        rows.append(by_size[0] | {"others": [row for row in by_size[1:] if row["fen"]]})
    for row in taken_over_rows(taken_over):
        basis = _("Shared canteen of %(name)s") % {"name": row["name"]}
        rows.append(row | {"basis": basis, "rule": "", "others": [], "is_taken_over": True})
    return rows


def declared_by(declaration: QuotaDeclaration | None) -> str:
    """Return the name of the unit that declares this one's canteen, as was confirmed; "" where none does."""
    in_force = declaration.in_force if declaration else None
    if in_force is None or in_force.canteen != CanteenMode.SHARED or in_force.represented_by is None:
        return ""
    return name_of(in_force.represented_by.organisation)


def share_bars(standing: Standing) -> list[dict[str, Any]]:
    """Return a bar for each policy row of the union's money that binds the unit: each is filled by the same purchases."""
    snapshot = standing.declaration.in_force if standing.declaration else None
    bought = standing.funds[Fund.UNION]
    return [
        row
        | {
            "rate": fulfilment_rate(bought.fulfilled, row["fen"]),
            "committed_rate": fulfilment_rate(bought.committed, row["fen"]),
            "fulfilled": bought.fulfilled,
        }
        for row, share in zip(
            share_rows(snapshot.shares if snapshot else ()), snapshot.shares if snapshot else (), strict=True
        )
        if share["basis"] != Basis.CANTEEN_FOOD and row["fen"]
    ]


def snapshot_rows(snapshots: Sequence[DeclarationSnapshot]) -> list[dict[str, Any]]:
    """Return confirmed versions, the latest first: what each reserved, by which rule, and why it was changed."""
    return [
        {
            "version": row.version,
            "confirmed": when(row.confirmed_at),
            "canteen": CanteenMode(row.canteen).label,
            "represented_by": name_of(row.represented_by.organisation) if row.represented_by else "",
            "reserved_fen": row.reserved_fen,
            "passed_on_fen": row.passed_on_fen,
            "shares": reserved_rows(row),
            "reason": row.change_reason,
            "is_in_force": number == 0,
        }
        for number, row in enumerate(snapshots)
    ]


def when(at: datetime) -> str:
    """Return a local moment with its year."""
    return full_moment(at)
