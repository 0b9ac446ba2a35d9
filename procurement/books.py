"""Which accounts units and gifts move, and the postings of each step. Pure: numbers in, postings out.

quota:{unit}:{year}:{fund}:reserved    what was declared and confirmed
quota:{unit}:{year}:{fund}:committed   ordered, not yet accepted
quota:{unit}:{year}:{fund}:fulfilled   accepted, less what was given back later
quota:{unit}:{year}:{fund}:reversed    cancelled, given back or not charged: counts for nothing
quota:{unit}:{year}:{fund}:source      where all of these come from (clearing)
budget:{unit}:{year}                   what approvals may still take (guarded: never below zero)
budget:{unit}:{year}:spent             what they took
budget:{unit}:{year}:granted           where the budget comes from (clearing)
budget:{unit}:{year}:union, …          the same three of the labour union's own fund
pledge:{beneficiary}:{stage}           pledged, ordered, delivered, confirmed, reversed; :source (clearing)
"""

from collections.abc import Sequence

from procurement.states import Fund
from shop.core.ledger import Posting

RESERVED, COMMITTED, FULFILLED, REVERSED, SOURCE = "reserved", "committed", "fulfilled", "reversed", "source"
PLEDGED, ORDERED, DELIVERED, CONFIRMED = "pledged", "ordered", "delivered", "confirmed"


def quota(unit_id: int, year: int, fund: str, what: str) -> str:
    """Return the account of one side of a unit's quota."""
    return f"quota:{unit_id}:{year}:{fund}:{what}"


def budget(unit_id: int, year: int, what: str = "", fund: str = Fund.CANTEEN) -> str:
    """Return the account of a fund's budget: what is left of it, or `spent`, `granted`. The canteen's has no suffix."""
    own = "" if fund == Fund.CANTEEN else f":{fund}"
    return f"budget:{unit_id}:{year}{own}{f':{what}' if what else ''}"


def pledge(beneficiary_id: int, what: str) -> str:
    """Return the account of one stage of what is given to a beneficiary."""
    return f"pledge:{beneficiary_id}:{what}"


def quota_move(
    *, key: str, unit_id: int, year: int, fund: str, debit: str, credit: str, fen: int, number: str
) -> list[Posting]:
    """Return what moving `fen` of a unit's quota books; nothing for nothing. `number` is the order's."""
    if fen <= 0:
        return []
    return [
        Posting(
            key=f"quota:{key}",
            debit=quota(unit_id, year, fund, debit),
            credit=quota(unit_id, year, fund, credit),
            amount=fen,
            kind=f"quota_{credit}",
            reference=number,
        )
    ]


def quota_passed_on(
    *, key: str, unit_id: int, to_id: int, year: int, side: str, fen: int, number: str
) -> list[Posting]:
    """Return what passing an order's side of the canteen's quota on to another unit books."""
    facts = {"year": year, "fund": Fund.CANTEEN, "fen": fen, "number": number}
    return [
        *quota_move(key=f"{key}:out", unit_id=unit_id, debit=side, credit=SOURCE, **facts),
        *quota_move(key=f"{key}:in", unit_id=to_id, debit=SOURCE, credit=side, **facts),
    ]


def budget_key(unit_id: int, year: int, fund: str, actor_id: int, key: str) -> str:
    """Return under which key a person's change of a fund's budget is booked: the same one is booked once."""
    return ":".join([str(unit_id), str(year), *([fund] if fund != Fund.CANTEEN else []), str(actor_id), key])


def budget_granted(*, key: str, unit_id: int, year: int, fen: int, fund: str = Fund.CANTEEN) -> list[Posting]:
    """Return what raising (or, below zero, lowering) a year's budget books."""
    left, source = budget(unit_id, year, fund=fund), budget(unit_id, year, "granted", fund)
    debit, credit = (source, left) if fen > 0 else (left, source)
    return _budget(key, debit, credit, abs(fen), "budget_granted", f"{unit_id}/{year}", left)


def budget_taken(
    *, key: str, unit_id: int, year: int, fen: int, number: str, fund: str = Fund.CANTEEN
) -> list[Posting]:
    """Return what an approval takes off the budget. `number` is the request's."""
    left = budget(unit_id, year, fund=fund)
    return _budget(key, left, budget(unit_id, year, "spent", fund), fen, "budget_taken", number, left)


def budget_back(*, key: str, unit_id: int, year: int, fen: int, number: str, fund: str = Fund.CANTEEN) -> list[Posting]:
    """Return what comes back to the budget: not ordered after all, cancelled, given back, not charged."""
    left = budget(unit_id, year, fund=fund)
    return _budget(key, budget(unit_id, year, "spent", fund), left, fen, "budget_back", number, left)


def _budget(key: str, debit: str, credit: str, fen: int, kind: str, reference: str, left: str) -> list[Posting]:
    if fen <= 0:
        return []
    return [Posting(f"budget:{key}", debit, credit, fen, kind, reference, guarded=frozenset({left}))]


def pledge_move(*, key: str, beneficiary_id: int, debit: str, credit: str, fen: int, number: str) -> list[Posting]:
    """Return what a gift's step books."""
    if fen <= 0:
        return []
    return [
        Posting(
            key=f"pledge:{key}",
            debit=pledge(beneficiary_id, debit),
            credit=pledge(beneficiary_id, credit),
            amount=fen,
            kind=f"pledge_{credit}",
            reference=number,
        )
    ]


def amounts(balances: dict[str, int], unit_ids: Sequence[int], year: int, funds: Sequence[str]) -> dict[str, int]:
    """Return reserved, committed, fulfilled, reversed of several units together, from balances by account name."""
    return {
        what: sum(balances.get(quota(unit_id, year, fund, what), 0) for unit_id in unit_ids for fund in funds)
        for what in (RESERVED, COMMITTED, FULFILLED, REVERSED)
    }
