from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shop.core import periodic

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_these(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    monkeypatch.setattr(periodic, "_jobs", {})
    seen: list[str] = []

    @periodic.every("test.broken", seconds=10)
    def broken(*, at: datetime) -> None:
        raise RuntimeError("no")

    @periodic.every("test.steady", seconds=60)
    def steady(*, at: datetime) -> None:
        seen.append(f"{at:%H:%M:%S}")

    return seen


def test_jobs_come_round_and_a_broken_one_stops_no_other(only_these: list[str]) -> None:
    assert periodic.run_due(at=AT) == ["test.steady"]
    assert periodic.run_due(at=AT + timedelta(seconds=59)) == []
    assert periodic.run_due(at=AT + timedelta(seconds=60)) == ["test.steady"]
    assert only_these == ["04:00:00", "04:01:00"]
