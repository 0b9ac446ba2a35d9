"""Django's cache of files, for which a full disk or a file that can't be read is a miss, never a page."""

import pickle
import zlib
from typing import Any

from django.core.cache.backends import filebased
from django.core.cache.backends.base import DEFAULT_TIMEOUT

UNREADABLE = (
    OSError,
    zlib.error,
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    ImportError,
    IndexError,
    ValueError,
)


class FileCache(filebased.FileBasedCache):
    """The backend of CACHES without CACHE_URL."""

    def _createdir(self) -> None:
        try:
            super()._createdir()  # type: ignore[misc]  # the stubs leave it out
        except OSError:
            # `set` says it again, and is not kept then.
            return

    def get(self, key: Any, default: Any = None, version: Any = None) -> Any:
        """Return the value, `default` where there is none that can be read."""
        try:
            return super().get(key, default, version)
        except UNREADABLE:
            return default

    def has_key(self, key: Any, version: Any = None) -> bool:
        """Tell whether a value is there."""
        try:
            return super().has_key(key, version)
        except UNREADABLE:
            return False

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> None:
        """Keep a value where there is room for it; an older one is not kept in any case."""
        try:
            super().set(key, value, timeout, version)
        except OSError:
            self.delete(key, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Keep a value for longer; False where it is not there."""
        try:
            return super().touch(key, timeout, version)
        except UNREADABLE:
            return False

    def delete(self, key: Any, version: Any = None) -> bool:
        """Delete a value."""
        try:
            return super().delete(key, version)
        except OSError:
            return False

    def ping(self) -> None:
        """Write and read. Raises OSError where that is not possible."""
        super().set("ping", "yes", 10)
        if super().get("ping") != "yes":
            raise OSError("what was written can't be read")
