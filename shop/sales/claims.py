"""What may be claimed on a line now, of how many pieces, and why nothing may: one answer for every door."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from shop.sales import rules
from shop.sales.states import ONGOING_CASES, AfterSaleState, OrderState


@dataclass(frozen=True, slots=True)
class Claimable:
    """Pieces that may be claimed on, by kind, in the order to offer them; `here` the buyer still has.

    `code` and `words` say why there is none.
    """

    pieces: dict[str, int]
    here: int
    code: str = ""
    words: str = ""


def decided_pieces(cases: Iterable[Any]) -> dict[str, int]:
    """Return how many pieces of a line the platform decided on, by kind: that is final. Needs the cases' decisions.

    Pieces that came back are not there any more, and count as returned.
    """
    found: dict[str, int] = {}
    for case in cases:
        came_back = case.state == AfterSaleState.APPROVED and case.needs_return
        if case.state not in ONGOING_CASES and not came_back and case.decisions.all():
            found[case.kind] = found.get(case.kind, 0) + case.quantity
    return found


def line_here(line: Any) -> int:
    """Return how many pieces of a line its buyer still has, or may still have."""
    return rules.returnable(shipped=line.shipped, rejected=line.rejected, returned=line.returned)


def claimable(order: Any, line: Any, cases: Iterable[Any], at: datetime) -> Claimable:
    """Return what the buyer of a line may ask for; `cases` are all of the line's, with their decisions."""
    here = line_here(line)
    if reason := _nothing(order, line, here):
        return Claimable({}, here, *reason)
    kinds = rules.after_sale_kinds(state=order.state, is_fresh=line.is_fresh, completed_at=order.completed_at, at=at)
    if not kinds:
        return Claimable({}, here, "too_late", _("This can't be asked for any more: the time for it is over."))
    decided = decided_pieces(cases)
    left = {kind: here - decided.get(kind, 0) for kind in kinds}
    pieces = {kind: count for kind, count in left.items() if count > 0}
    if not pieces:
        return Claimable({}, here, "decided_already", decided_words())
    return Claimable(pieces, here)


def decided_words() -> str:
    """Say that the platform's decision stands."""
    return _("The platform decided on these pieces for this reason: its decision is final.")


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
