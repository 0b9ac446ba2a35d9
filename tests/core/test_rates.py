"""What is counted in a minute over all processes, with the cache and without."""

from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.core.cache import caches

from shop.core import rates
from tests.factories import AT


def test_so_many_are_let_through_in_a_minute_and_as_many_in_the_next() -> None:
    assert [rates.is_within(key="a", most=2, at=AT) for _ in range(4)] == [True, True, False, False]
    assert rates.is_within(key="b", most=2, at=AT)
    assert not rates.is_within(key="c", most=0, at=AT)
    assert rates.is_within(key="a", most=2, at=AT + timedelta(seconds=60))


@pytest.mark.django_db
def test_without_the_cache_the_database_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = type(caches["default"])
    monkeypatch.setattr(backend, "add", Mock(return_value=False))
    monkeypatch.setattr(backend, "incr", Mock(side_effect=ValueError))
    assert [rates.is_within(key="a", most=2, at=AT) for _ in range(4)] == [True, True, False, False]
