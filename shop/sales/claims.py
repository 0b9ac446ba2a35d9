"""What may be claimed on a line now, of how many pieces, and why nothing may: one answer for every door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shop.sales import rules
from shop.sales.queries.recalls import Recall
from shop.sales.states import ONGOING_CASES, AfterSaleKind, AfterSaleState, OrderState


@dataclass(frozen=True, slots=True)
class Claimable:
    """Pieces that may be claimed on, by kind, in the order to offer them; `here` the buyer still has.

    `code` and `words` say why there is none. `recalled`: how many may be claimed on because their lot is recalled.
    """

    pieces: dict[str, int]
    here: int
    code: str = ""
    words: str = ""
    recalled: int = 0


def ended_pieces(cases: Iterable[Any]) -> tuple[int, int]:
    """Return how many pieces of a line the platform decided on, and for how many both sides agreed, whatever the sum.

    Both of every kind: they are not asked for again for another reason, a part that was agreed on is the end of it.
    Pieces that came back are not there any more, and count as returned. Needs the cases' decisions.
    """
    decided = agreed = 0
    for case in cases:
        came_back = case.state == AfterSaleState.APPROVED and case.needs_return
        if case.state in ONGOING_CASES or came_back:
            continue
        if case.decisions.all():
            decided += case.quantity
        elif case.state == AfterSaleState.APPROVED:
            agreed += case.quantity
    return decided, agreed


def line_here(line: Any) -> int:
    """Return how many pieces of a line its buyer still has, or may still have."""
    return rules.returnable(shipped=line.shipped, rejected=line.rejected, returned=line.returned)


def claimable(order: Any, line: Any, cases: Iterable[Any], at: datetime, recall: Recall | None) -> Claimable:
    """Return what the buyer of a line may ask for; `cases` are all of the line's, with their decisions.

    Pieces of a recalled lot may be claimed on whatever the time, and whatever was decided on them before the recall.
    """
    here = line_here(line)
    if reason := _nothing(order, line, here):
        return Claimable({}, here, *reason)
    cases = list(cases)
    found = _in_time(order, line, here, cases, at)
    recalled = recalled_left(line, here, cases, recall)
    if not recalled:
        return found
    pieces = {kind: count for kind, count in found.pieces.items() if kind != AfterSaleKind.REFUND_ONLY}
    most = max(recalled, found.pieces.get(AfterSaleKind.REFUND_ONLY, 0))
    # What a recall is claimed as comes first.
    return Claimable({AfterSaleKind.REFUND_ONLY: most, **pieces}, here, recalled=recalled)


def recalled_left(line: Any, here: int, cases: Iterable[Any], recall: Recall | None) -> int:
    """Return how many pieces of a recalled lot may still be claimed on.

    Those that the buyer has, that money is left of, and that nothing was decided on since the recall.
    """
    if recall is None:
        return 0
    decided, agreed = ended_pieces(case for case in cases if case.opened_at >= recall.since)
    return max(0, min(recall.pieces - decided - agreed, _pieces_with_money(line, here)))


def _pieces_with_money(line: Any, here: int) -> int:
    """Return for how many pieces of a line money is left: one more than these adds nothing."""
    most = line.refundable_fen(here)
    low, high = 0, here
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if line.refundable_fen(middle) >= most else (middle + 1, high)
    return low


def _in_time(order: Any, line: Any, here: int, cases: Iterable[Any], at: datetime) -> Claimable:
    """Return what may be asked for without any recall."""
    kinds = rules.after_sale_kinds(state=order.state, is_fresh=line.is_fresh, completed_at=order.completed_at, at=at)
    if not kinds:
        return Claimable({}, here, "too_late", _("This can't be asked for any more: the time for it is over."))
    decided, agreed = ended_pieces(cases)
    left = here - decided - agreed
    if left < 1:
        return Claimable({}, here, *(("decided_already", decided_words()) if decided else _agreed_already()))
    return Claimable(dict.fromkeys(kinds, left), here)


def decided_words() -> str:
    """Say that the platform's decision stands."""
    return _("The platform decided on these pieces: its decision is final, whatever is asked for.")


def _agreed_already() -> tuple[str, str]:
    return "nothing_left", _("What was agreed for these pieces was given back already: they are not claimed on again.")


def _nothing(order: Any, line: Any, here: int) -> tuple[str, str] | None:
    """Return why nothing of a line can be claimed on, whatever the time: code and words; None where something can."""
    cancelled = _("What was cancelled is given back without asking: there is nothing to ask for.")
    reasons = (
        (order.state == OrderState.UNPAID, "not_paid", _("This order is not paid yet, and nothing of it was sent.")),
        (order.state == OrderState.CANCELLED or line.cancelled >= line.ordered, "cancelled", cancelled),
        (
            not line.shipped, "not_sent",
            _("Nothing of this was sent yet. You can ask for money back once it is on its way."),
        ),
        (
            not here, "none_here",
            _("All pieces of this came back or were not accepted: there is none left to ask for."),
        ),
        (
            line.paid_fen < 1, "nothing_paid",
            _("Offers paid for these pieces, you paid nothing: there is nothing to give back."),
        ),
        (
            line.refundable_fen(here) < 1, "nothing_left",
            _("All that was paid for these pieces was given back already."),
        ),
    )  # fmt: skip
    return next(((code, words) for holds, code, words in reasons if holds), None)
