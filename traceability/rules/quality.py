"""What tests say of a lot: which failures stand, which required tests are missing, what state follows."""

import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from traceability.states import Basis, LotState, TestKind


@dataclass(frozen=True, slots=True)
class Tested:
    """One test, in plain values."""

    __test__ = False
    item: str
    kind: str
    passed: bool
    at: datetime


def same_item(one: str, other: str) -> bool:
    """Tell whether two tests looked for the same thing: the same words, whatever their width and case."""
    return _plain(one) == _plain(other)


def answers(required: str, item: str) -> bool:
    """Tell whether a test of `item` is the required one: its name holds the words that the requirement uses."""
    return _plain(required) in _plain(item)


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def standing_failures(tests: Iterable[Tested]) -> list[Tested]:
    """Return the failed tests that nothing has lifted, the earliest first.

    A failure is lifted only by a later *commissioned* test of the same item that passed: nobody's own second try
    clears what a laboratory, or the producer itself, has found.
    """
    rows = sorted(tests, key=lambda each: each.at)
    return [
        failed
        for place, failed in enumerate(rows)
        if not failed.passed
        and not any(
            later.passed and later.kind == TestKind.COMMISSIONED and later.at > failed.at
            for later in rows[place + 1 :]
            if same_item(later.item, failed.item)
        )
    ]


def missing_tests(required: Collection[str], tests: Collection[Tested]) -> list[str]:
    """Return the required tests that no passed test answers."""
    return [name for name in required if not any(each.passed and answers(name, each.item) for each in tests)]


def state_after_tests(state: str, *, failures: int, missing: int, sent_grams: int) -> str:
    """Return the state of a lot given what stands against it and against the lots that it was mixed from.

    What was sent can't be held: it is recalled. A recall, and what was disposed of, stay so whatever is tested later.
    """
    if state in (LotState.RECALLED, LotState.DISPOSED):
        return state
    if failures:
        return LotState.RECALLED if sent_grams else LotState.HELD
    if state in (LotState.HELD, LotState.AWAITING):
        return LotState.AWAITING if missing else LotState.OPEN
    return state


def basis_of(tests: Iterable[Tested], *, packed_at: datetime, is_mix: bool) -> str:
    """Return what a certificate rests on: the best evidence there was when the goods were packed.

    A test that came after the packing, or that failed, is no evidence for it.
    """
    kinds = {each.kind for each in tests if each.passed and each.at <= packed_at}
    if TestKind.COMMISSIONED in kinds:
        return Basis.COMMISSIONED
    if TestKind.OWN in kinds:
        return Basis.OWN_TEST
    return Basis.COLLECTED if is_mix else Basis.OWN_CONTROL
