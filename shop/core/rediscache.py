"""Django's Redis cache that costs speed when it is away, never a page.

One client for each server instead of one for each call: making one costs more than asking. A call that is not
answered in a fraction of a second counts as a miss, and those that follow don't ask (see `breaker`). What could not
be deleted meanwhile is deleted before anything is read again, so that no outage brings back what was taken away.
"""

import pickle
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from django.core.cache.backends import redis
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.utils.functional import cached_property
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as ConnectionLost
from redis.exceptions import RedisError
from redis.retry import Retry

from shop.core.breaker import Breaker

# Connecting, and waiting for an answer. Redis answers in less than a millisecond.
SECONDS = 0.3
MOST_OWED = 1000
AWAY = (RedisError, OSError)
# What another release wrote can't be read: as good as not there.
UNREADABLE = (pickle.UnpicklingError, AttributeError, EOFError, ImportError, IndexError)
_T = TypeVar("_T")


class Client(redis.RedisCacheClient):
    """Clients are thread-safe and take a connection out of their pool for each command, so one serves all."""

    def __init__(self, *given: Any, **options: Any) -> None:
        # A connection that the server closed (it was restarted) is opened again once, at no wait.
        retry = Retry(NoBackoff(), 1, supported_errors=(ConnectionLost,))
        quick = {"socket_connect_timeout": SECONDS, "socket_timeout": SECONDS, "retry": retry}
        super().__init__(*given, **{**quick, **options})
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of the server that answers for `key`."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]  # the stubs leave it out
        found = self._clients.get(id(pool))
        if found is None:
            made = self._client(connection_pool=pool)  # type: ignore[attr-defined]  # the stubs leave it out
            found = self._clients[id(pool)] = made
        return found


class _Server:
    """What all threads of a process know about one server: whether it answers, and what is owed to it."""

    def __init__(self, name: str) -> None:
        self.breaker = Breaker(name)
        self._owed: set[str] = set()
        self._owes_all = False
        self._lock = threading.Lock()

    def owe(self, keys: Iterable[str]) -> None:
        """Remember keys to delete."""
        with self._lock:
            self._owed.update(keys)
            self._owes_all = self._owes_all or len(self._owed) > MOST_OWED

    def owe_all(self) -> None:
        """Remember to delete everything."""
        with self._lock:
            self._owes_all = True

    def pay(self, client: Client) -> None:
        """Delete what could not be deleted; everything, where that is too much to remember."""
        if not self._owed and not self._owes_all:
            return
        with self._lock:
            owed, owes_all = self._owed, self._owes_all
            self._owed, self._owes_all = set(), False
        try:
            if owes_all:
                client.clear()
            elif owed:
                client.delete_many(list(owed))
        except AWAY:
            self.owe(owed)
            if owes_all:
                self.owe_all()
            raise


_servers: dict[str, _Server] = {}


class RedisCache(redis.RedisCache):
    """The backend of CACHES. While the server is away nothing is found, nothing is kept, and nobody waits."""

    @cached_property
    def _cache(self) -> Client:
        return Client(self._servers, **self._options)  # type: ignore[attr-defined]  # the stubs leave them out

    @cached_property
    def _server(self) -> _Server:
        name = ";".join(self._servers)  # type: ignore[attr-defined]  # the stubs leave it out
        # By host and port: an address may hold a password, and this name is written to the log.
        return _servers.setdefault(name, _Server(f"cache {name.rpartition('@')[2]}"))

    @property
    def is_away(self) -> bool:
        """Whether the server did not answer when it was asked last."""
        return self._server.breaker.is_open

    def _ask(self, work: Callable[[], _T], otherwise: _T, owed: list[Any] | None = None, version: Any = None) -> _T:
        """Return what `work` returns, `otherwise` while the server is away; `owed` are deleted when it comes back."""
        server = self._server
        if server.breaker.may_try():
            try:
                server.pay(self._cache)
                found = work()
            except AWAY as error:
                server.breaker.failed(error)
            else:
                server.breaker.succeeded()
                return found
        if owed:
            server.owe([self.make_and_validate_key(key, version=version) for key in owed])
        return otherwise

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set `key` where it is not there; False also while the server is away (`is_away` tells)."""
        return self._ask(lambda: super(RedisCache, self).add(key, value, timeout, version), False)

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return the value, `default` where there is none that can be read."""
        return self._ask(
            lambda: self._read(lambda: super(RedisCache, self).get(key, default, version), default), default
        )

    def get_many(self, keys: Any, version: Any = None) -> dict[Any, Any]:
        """Return the values that are there."""
        keys = list(keys)
        return self._ask(lambda: self._read(lambda: super(RedisCache, self).get_many(keys, version), {}), {})

    def _read(self, work: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return work()
        except UNREADABLE:
            return otherwise

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Keep a value. Where that fails, an older one is not kept either."""
        self._ask(lambda: super(RedisCache, self).set(key, value, timeout, version), None, [key], version)

    def set_many(self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> list[Any]:
        """Keep values; return the keys that were not kept."""
        lost = list(data)
        return self._ask(lambda: super(RedisCache, self).set_many(dict(data), timeout, version), lost, lost, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Keep a value for longer; False where it is not there."""
        return self._ask(lambda: super(RedisCache, self).touch(key, timeout, version), False)

    def delete(self, key: Any, version: Any = None) -> bool:
        """Delete a value: at once, or before anything is read again."""
        return self._ask(lambda: super(RedisCache, self).delete(key, version), False, [key], version)

    def delete_many(self, keys: Any, version: Any = None) -> None:
        """Delete values: at once, or before anything is read again."""
        keys = list(keys)
        self._ask(lambda: super(RedisCache, self).delete_many(keys, version), None, keys, version)

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Tell whether a value is there."""
        return self._ask(lambda: super(RedisCache, self).has_key(key, version), False)

    def incr(self, key: Any, delta: int = 1, version: Any = None) -> int:
        """Count up. Raises ValueError where there is nothing to count, also while the server is away."""
        found = self._ask(lambda: super(RedisCache, self).incr(key, delta, version), None)
        if found is None:
            raise ValueError(f"Key '{key}' not found.")
        return found

    def clear(self) -> None:
        """Delete everything: at once, or before anything is read again."""
        if not self._ask(self._cache.clear, False):
            self._server.owe_all()

    def ping(self) -> None:
        """Ask the server, whatever is known of it. Raises RedisError or OSError while it is away."""
        self._cache.get_client().ping()
        self._server.breaker.succeeded()
