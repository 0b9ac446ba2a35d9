"""Django's Redis cache, with one client for each server instead of one for each call: making one costs more than asking."""

from typing import Any

from django.core.cache.backends import redis
from django.utils.functional import cached_property


class Client(redis.RedisCacheClient):
    """Clients are thread-safe and take a connection out of their pool for each command, so one serves all."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self._clients: dict[int, Any] = {}

    def get_client(self, key: Any = None, *, write: bool = False) -> Any:
        """Return the client of the server that answers for `key`."""
        pool = self._get_connection_pool(write)  # type: ignore[attr-defined]  # the stubs leave it out
        found = self._clients.get(id(pool))
        if found is None:
            made = self._client(connection_pool=pool)  # type: ignore[attr-defined]  # the stubs leave it out
            found = self._clients[id(pool)] = made
        return found


class RedisCache(redis.RedisCache):
    """The backend of CACHES."""

    @cached_property
    def _cache(self) -> Client:
        return Client(self._servers, **self._options)  # type: ignore[attr-defined]  # the stubs leave them out
