"""Every schedule with one preemption of what may happen to one purchase at once."""

from typing import Any

import pytest

from tests.drill.conftest import Say
from tests.interleavings.test_closing import PAIRS, listings, play

__all__ = ["listings"]


@pytest.mark.usefixtures("real_db", "on_postgres")
@pytest.mark.parametrize("names", PAIRS)
def test_every_schedule_of_two(listings: Any, names: tuple[str, str], say: Say) -> None:  # the fixture
    ends, facts = PAIRS[names]
    assert play(listings, names, few=None, **facts) == ends
    say(f"{names[0]} and {names[1]} in every order with one preemption: {len(ends)} ends, no deadlock")
