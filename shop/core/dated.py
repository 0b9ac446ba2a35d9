"""Rows with a first and a last day: which of them would be in force at the same time. Pure."""

from collections.abc import Iterable
from typing import Any


def overlaps(first: Any, last: Any, others: Iterable[tuple[Any, Any]]) -> bool:
    """Tell whether a row from `first` to `last` is in force while one of `others` (first, last) is.

    Days or years. A row without a last day goes on until the next one begins: that one replaces it.
    """
    for other_first, other_last in others:
        if other_first == first:
            return True
        earlier_last, later_first = (other_last, first) if other_first < first else (last, other_first)
        if earlier_last is not None and earlier_last >= later_first:
            return True
    return False
