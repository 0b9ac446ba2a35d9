"""What a fund's budget allows, and what a change of it comes to. Pure: amounts in 分."""

from dataclasses import dataclass


def left_after(left_fen: int, total_fen: int) -> int:
    """Return what is left of a budget once a request is approved; below zero it can't be, at any step."""
    return left_fen - total_fen


@dataclass(frozen=True, slots=True)
class BudgetChange:
    """A fund's budget of a year, raised (or, below zero, lowered) by `by_fen`; `spent_fen` of it is approved already."""

    whole_fen: int
    spent_fen: int
    by_fen: int

    @property
    def left_fen(self) -> int:
        """What approvals may still take, before it."""
        return self.whole_fen - self.spent_fen

    @property
    def new_whole_fen(self) -> int:
        """The whole budget after it."""
        return self.whole_fen + self.by_fen

    @property
    def new_left_fen(self) -> int:
        """What approvals may still take after it."""
        return self.new_whole_fen - self.spent_fen

    @property
    def is_covered(self) -> bool:
        """Whether what is approved stays within the budget: below that it can't be lowered."""
        return self.new_left_fen >= 0
