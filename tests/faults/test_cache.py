"""The cache is stopped, frozen, started again, full, unreadable: it costs speed, never a page, and revives nothing."""

import os
import time
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.test import Client, override_settings

from shop.core import rediscache
from shop.core.filecache import FileCache
from shop.core.rediscache import RedisCache
from tests.plugins.redis_server import OwnRedis
from tests.plugins.servers import free_port

# Far above what a refused connection takes, far below a page of a hundred calls that each wait.
QUICK_SECONDS = 2.0
PATIENCE_SECONDS = 10.0


def cache_at(url: str) -> RedisCache:
    return RedisCache(url, {})


def is_back(cache: BaseCache) -> bool:
    """Wait until the cache keeps things again."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        cache.set("probe", 1)
        if cache.get("probe") == 1:
            return True
        time.sleep(0.05)
    return False


def every_call(cache: BaseCache) -> list[object]:
    calls = [
        cache.get("a"),
        cache.get("a", "default"),
        cache.set("a", 1),
        cache.add("a", 1),
        cache.touch("a"),
        cache.delete("a"),
        cache.get_many(["a", "b"]),
        cache.set_many({"a": 1, "b": 2}),
        cache.delete_many(["a"]),
        cache.has_key("a"),
        "a" in cache,
        cache.get_or_set("a", 5),
        cache.get_or_set("a", lambda: 6),
        cache.clear(),
    ]
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")
    return calls


AWAY = [None, "default", None, False, False, False, {}, ["a", "b"], None, False, False, 5, 6, None]


def test_no_call_of_a_dead_cache_raises_or_waits() -> None:
    cache = cache_at(f"redis://127.0.0.1:{free_port()}")
    start = time.monotonic()
    for _ in range(50):
        assert every_call(cache) == AWAY
    assert time.monotonic() - start < QUICK_SECONDS
    assert cache.is_away
    with pytest.raises(rediscache.AWAY):
        cache.ping()


def test_a_cache_that_hangs_is_waited_for_once_not_by_every_call(own_redis: OwnRedis) -> None:
    cache = cache_at(own_redis.url)
    cache.set("a", 1)
    own_redis.freeze()
    start = time.monotonic()
    for _ in range(50):
        assert every_call(cache) == AWAY
    assert time.monotonic() - start < 10 * rediscache.SECONDS
    own_redis.thaw()
    assert is_back(cache)


def test_a_restarted_cache_is_used_again_by_the_same_process(own_redis: OwnRedis) -> None:
    cache = cache_at(own_redis.url)
    assert is_back(cache)
    own_redis.stop()
    assert cache.get("probe") is None
    own_redis.start()
    assert is_back(cache)
    # One that was restarted between two calls is not even noticed.
    own_redis.stop()
    own_redis.start()
    cache.set("a", 1)
    assert cache.get("a") == 1
    assert not cache.is_away


@pytest.mark.parametrize("take_away", ["delete", "delete_many", "set", "set_many", "clear"])
def test_what_was_taken_away_during_an_outage_does_not_come_back(own_redis: OwnRedis, take_away: str) -> None:
    cache, another = cache_at(own_redis.url), cache_at(f"{own_redis.url}/0")
    cache.set("gone", "old")
    own_redis.freeze()
    calls = {
        "delete": lambda: cache.delete("gone"),
        "delete_many": lambda: cache.delete_many(["gone"]),
        "set": lambda: cache.set("gone", "new"),
        "set_many": lambda: cache.set_many({"gone": "new"}),
        "clear": cache.clear,
    }
    calls[take_away]()
    own_redis.thaw()
    assert is_back(cache)
    assert cache.get("gone") in {None, "new"}
    assert another.get("gone") in {None, "new"}


def test_a_value_that_can_not_be_read_is_a_miss(own_redis: OwnRedis) -> None:
    cache = cache_at(own_redis.url)
    cache._cache.get_client().set(cache.make_and_validate_key("a"), b"\x80\x05of another release")
    assert cache.get("a", "default") == "default"
    assert cache.get_many(["a"]) == {}
    assert not cache.is_away


def test_files_that_can_not_be_read_or_written_are_misses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = FileCache(str(tmp_path / "cache"), {})
    cache.set("a", 1)
    file = Path(cache._key_to_file("a"))
    file.write_bytes(b"half of it")
    assert cache.get("a", "default") == "default"
    assert not cache.has_key("a")
    cache.set("a", 1)

    def full(*_given: object, **_options: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp", full)
    cache.set("a", 2)
    assert cache.get("a") is None
    with pytest.raises(OSError, match="No space"):
        cache.ping()
    monkeypatch.setattr(os, "makedirs", full)
    assert FileCache(str(tmp_path / "other"), {}).get("a") is None


@pytest.mark.django_db
def test_pages_and_signing_in_work_with_a_dead_cache(client: Client) -> None:
    dead = {"default": {"BACKEND": "shop.core.rediscache.RedisCache", "LOCATION": f"redis://127.0.0.1:{free_port()}"}}
    with override_settings(CACHES=dead):
        assert isinstance(caches["default"], RedisCache)
        for address in ("/", "/shop/", "/shop/me/", "/villages/", "/account/login/", "/shop/basket/", "/live/"):
            assert client.get(address).status_code == 200, address
        codes = [client.post("/account/login/", {"phone": "13800002046"}).status_code for _ in range(7)]
        # Five, and the one that is left to whoever has the phone when others spent them.
        assert codes == [302] * 6 + [429]
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["cache"], ready.json()["database"]) == (503, "failed", "ok")
