"""Counting attempts: so many within so long, then again; nothing of it lies in the cache."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache

from shop.core import limits
from shop.core.models import Limit
from tests.factories import AT

pytestmark = pytest.mark.django_db


def take(after: float = 0, key: str = "send:138") -> bool:
    return limits.take(key=key, amount=3, seconds=60, at=AT + timedelta(seconds=after))


def test_a_limit_is_reached_and_is_over_after_its_time() -> None:
    assert [take(second) for second in (0, 1, 2, 3, 59)] == [True, True, True, False, False]
    assert [take(second) for second in (60, 61, 62, 63)] == [True, True, True, False]


def test_limits_of_others_are_their_own() -> None:
    assert [take() for _ in range(4)][-1] is False
    assert take(key="send:139")


def test_an_attempt_given_back_was_none() -> None:
    assert [take() for _ in range(3)] == [True] * 3
    limits.give_back(key="send:138")
    assert [take(), take()] == [True, False]


def test_a_limit_forgotten_begins_anew() -> None:
    assert [take() for _ in range(3)] == [True] * 3
    limits.forget(key="send:138")
    assert take()


def test_a_lost_cache_forgets_no_attempt() -> None:
    assert [take() for _ in range(3)] == [True] * 3
    cache.clear()
    assert not take()


def test_what_is_kept_names_nobody_and_is_deleted_when_it_is_over() -> None:
    take()
    assert re.fullmatch(r"[0-9a-f]{64}", Limit.objects.get().key)
    limits.forget_limits(at=AT + timedelta(seconds=61))
    assert Limit.objects.count() == 0
