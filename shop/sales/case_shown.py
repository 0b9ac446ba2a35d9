"""How an after-sales case reads to its buyer, its supplier and the platform. No queries but the prefetched rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shop.core.money import to_yuan
from shop.core.private_files import private_url
from shop.core.times import moment as when
from shop.sales.models import AfterSale, CaseMove, OrderFacts
from shop.sales.queries.carriers import carrier_name
from shop.sales.states import ONGOING_CASES, AfterSaleState, CaseSide, Verdict
from shop.sales.texts import in_reader_language, thumb_url

PICTURES = "case"
BADGES = {
    AfterSaleState.OPEN: "limited",
    AfterSaleState.OFFERED: "limited",
    AfterSaleState.ARBITRATION: "limited",
    AfterSaleState.TO_RETURN: "limited",
    AfterSaleState.RETURNING: "limited",
    AfterSaleState.APPROVED: "proven",
    AfterSaleState.REFUSED: "overdue",
    AfterSaleState.DISMISSED: "overdue",
}
GRANTED = (AfterSaleState.APPROVED, AfterSaleState.OFFERED, AfterSaleState.TO_RETURN, AfterSaleState.RETURNING)


@dataclass(frozen=True)
class DecisionShown:
    """What the platform decided, as both sides read it."""

    verdict: str
    amount_fen: int
    reason: str
    when: str


@dataclass(frozen=True)
class CaseShown:
    """One after-sales case of a line. `can`: what its buyer may do now."""

    pk: int
    kind: str
    state: str
    code: str
    badge: str
    quantity: int
    amount_fen: int
    agreed_fen: int
    approved_fen: int
    reason: str
    answer: str
    plea: str
    dispute: str
    due: str
    next_step: str
    is_open: bool
    is_return: bool
    back: str
    can: dict[str, bool]
    pictures: tuple[dict[str, str], ...]
    answer_pictures: tuple[dict[str, str], ...]
    decisions: tuple[DecisionShown, ...]


def _yuan(fen: int) -> str:
    return f"¥{to_yuan(fen):,}"


def show_case(case: AfterSale, at: datetime) -> CaseShown:
    """Return a case in words. Needs its pictures and decisions."""
    state = AfterSaleState(case.state)
    name = carrier_name(case.back_carrier, case.sent_back_at or at) if case.back_carrier else ""
    in_time = case.due_at is None or case.due_at >= at
    return CaseShown(
        pk=case.pk,
        kind=case.get_kind_display(),
        state=case.get_state_display(),
        code=case.state,
        badge=BADGES.get(state, "neutral"),
        quantity=case.quantity,
        amount_fen=case.amount_fen,
        agreed_fen=granted_fen(case),
        approved_fen=case.agreed_fen if state == AfterSaleState.APPROVED else 0,
        reason=case.reason,
        answer=case.answer,
        plea=case.plea,
        dispute=case.dispute,
        due=when(case.due_at) if state in ONGOING_CASES or (state == AfterSaleState.REFUSED and in_time) else "",
        next_step=_next_step(case, in_time=in_time),
        is_open=state in ONGOING_CASES,
        is_return=case.needs_return,
        back=f"{name} {case.back_tracking_no}".strip(),
        can={
            "withdraw": state in (AfterSaleState.OPEN, AfterSaleState.OFFERED, AfterSaleState.ARBITRATION)
            or state == AfterSaleState.TO_RETURN,
            "take": state == AfterSaleState.OFFERED,
            "ask": state in (AfterSaleState.OFFERED, AfterSaleState.REFUSED) and in_time,
            "send_back": state == AfterSaleState.TO_RETURN,
        },
        pictures=pictures_of(case, CaseSide.BUYER),
        answer_pictures=pictures_of(case, CaseSide.SUPPLIER),
        decisions=tuple(
            DecisionShown(Verdict(each.verdict).label, each.amount_fen, each.reason, when(each.decided_at))
            for each in case.decisions.all()
        ),
    )


def granted_fen(case: AfterSale) -> int:
    """Return 分 that are offered or granted of a case as it stands; 0 where nothing is, whatever was offered before."""
    return case.agreed_fen if case.state in GRANTED else 0


def pictures_of(case: AfterSale, side: str) -> tuple[dict[str, str], ...]:
    """Return one side's photos: addresses that expire, for those concerned."""
    return tuple(_picture(each) for each in case.pictures.all() if each.side == side)


def _picture(row: Any) -> dict[str, str]:
    most = max(row.picture.widths or [240])
    if row.picture.is_private:
        return {"thumb": private_url(PICTURES, row.pk, 240), "full": private_url(PICTURES, row.pk, most)}
    return {"thumb": thumb_url(row.picture.key), "full": thumb_url(row.picture.key, most)}


def _next_step(case: AfterSale, *, in_time: bool) -> str:
    """Return whose turn it is, until when, and what happens then; the same for both sides."""
    due, amount = when(case.due_at), _yuan(case.agreed_fen)
    steps = {
        AfterSaleState.OPEN: _("The supplier answers before %(due)s; without an answer the platform decides."),
        AfterSaleState.OFFERED: _("%(amount)s is offered. It is paid on %(due)s, unless the buyer asks the platform."),
        AfterSaleState.REFUSED: _("Who does not agree may ask the platform before %(due)s.") if in_time else "",
        AfterSaleState.ARBITRATION: _("The platform looks at both sides and decides before %(due)s."),
        AfterSaleState.TO_RETURN: _("The goods are sent back before %(due)s; %(amount)s follows once they are there."),
        AfterSaleState.RETURNING: _("The supplier confirms before %(due)s; without a word %(amount)s goes back then."),
    }
    return steps.get(AfterSaleState(case.state), "") % {"due": due, "amount": amount}


def supplier_offered_fen(case: AfterSale) -> int:
    """Return 分 that the supplier itself offered or agreed to last; the platform's decision is not its offer.

    Needs its moves prefetched.
    """
    said = [move.amount_fen for move in case.moves.all() if move.side == CaseSide.SUPPLIER and move.amount_fen]
    return said[-1] if said else 0


def next_of_cases(lines: Sequence[Any], *, is_packing: bool) -> str:
    """Return what comes next of an order's cases with a day by which it is due, the buyer's turn first; "" for nothing.

    `lines` are an order's as shown. While goods wait to be packed, what others do of a case does not come before it.
    """
    own = [(line, case) for line in lines for case in line.cases if case.can["send_back"] or case.can["take"]]
    others = [(line, case) for line in lines for case in line.cases if case.is_open or case.can["ask"]]
    found = next((each for each in (own or ([] if is_packing else others)) if each[1].next_step), None)
    return _("%(name)s: %(step)s") % {"name": found[0].name, "step": found[1].next_step} if found else ""


def case_entries(order: OrderFacts) -> list[tuple[datetime, dict[str, str]]]:
    """Return an entry of an order's history for each move of its cases. Needs its lines with their cases' moves."""
    found = []
    for line in order.lines.all():
        cases = getattr(line, "_prefetched_objects_cache", {}).get("after_sales", ())
        for case, move in ((each, move) for each in cases for move in each.moves.all()):
            what = AfterSaleState(move.to_state).label if move.from_state else case.get_kind_display()
            fen = move.amount_fen if move.from_state else case.amount_fen
            said = [in_reader_language(line.name_zh, line.name_en), str(CaseSide(move.side).label)]
            if fen:
                said.append(_yuan(fen))
            found.append((move.at, {"title": _("After-sales: %(what)s") % {"what": what}, "text": " · ".join(said)}))
    return found


def show_moves(moves: list[CaseMove]) -> list[dict[str, str]]:
    """Return a case's history for the component `timeline`, the latest first."""
    return [
        {
            "when": when(move.at),
            "title": str(AfterSaleState(move.to_state).label),
            "text": f"{CaseSide(move.side).label}{f' · {_yuan(move.amount_fen)}' if move.amount_fen else ''}",
            "state": "done",
        }
        for move in reversed(moves)
    ]
