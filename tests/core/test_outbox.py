from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shop.core import outbox
from shop.core.models import OutboxEntry

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def calls() -> Iterator[list[int]]:
    seen: list[int] = []

    def handler(*, number: int, at: datetime) -> None:
        if number < 0:
            raise RuntimeError("no")
        seen.append(number)

    outbox._handlers["test.note"] = handler
    yield seen
    del outbox._handlers["test.note"]


@pytest.mark.django_db
def test_entries_run_once_in_order(calls: list[int]) -> None:
    for number in (1, 2, 3):
        outbox.enqueue(task="test.note", args={"number": number}, at=AT)
    assert outbox.drain(at=AT) == 3
    assert outbox.drain(at=AT) == 0
    assert calls == [1, 2, 3]


@pytest.mark.django_db
def test_the_same_key_is_one_effect(calls: list[int]) -> None:
    outbox.enqueue(task="test.note", args={"number": 1}, at=AT, key="once")
    outbox.enqueue(task="test.note", args={"number": 2}, at=AT, key="once")
    outbox.drain(at=AT)
    assert calls == [1]


@pytest.mark.django_db
def test_a_failure_is_kept_and_waits_longer_each_time(calls: list[int]) -> None:
    outbox.enqueue(task="test.note", args={"number": -1}, at=AT)
    outbox.enqueue(task="test.note", args={"number": 5}, at=AT)
    assert outbox.drain(at=AT) == 1
    entry = OutboxEntry.objects.get(args__number=-1)
    assert (entry.attempts, entry.done_at, entry.last_error) == (1, None, "RuntimeError: no")
    assert entry.available_at == AT + timedelta(seconds=2)
    outbox.drain(at=AT + timedelta(seconds=2))
    entry.refresh_from_db()
    assert (entry.attempts, entry.available_at) == (2, AT + timedelta(seconds=6))


@pytest.mark.django_db
def test_a_delayed_entry_waits(calls: list[int]) -> None:
    outbox.enqueue(task="test.note", args={"number": 1}, at=AT, delay=timedelta(minutes=5))
    assert outbox.drain(at=AT) == 0
    assert outbox.drain(at=AT + timedelta(minutes=5)) == 1
