"""Files that are shown to those concerned only: kept outside the public media, under signed addresses that expire.

An address alone opens nothing: whoever follows it is asked for again, by the package whose file it is.
"""

import os
from collections.abc import Callable
from typing import IO

from django.conf import settings
from django.core import signing
from django.core.files.storage import FileSystemStorage, Storage, storages
from django.http import HttpRequest
from django.urls import reverse

SECONDS = 3600
_SALT = "shop.core.private_files"

# Returns the key of the picture `pk` (see `catalog.pictures`) if whoever asks may see it, else None.
MayOpen = Callable[[HttpRequest, int], str | None]
_kinds: dict[str, MayOpen] = {}


class PrivateStorage(FileSystemStorage):
    """A folder that no address leads to. In production the same setting may name a private bucket."""

    @property
    def base_location(self) -> str:
        """The folder that the settings name."""
        return str(settings.PRIVATE_ROOT)

    @property
    def location(self) -> str:
        """The folder, whole."""
        return os.path.abspath(self.base_location)  # noqa: PTH100  reason: a string, as Django's storage has it

    def url(self, name: str | None) -> str:
        """Refuse: these files have no address of their own."""
        raise ValueError("a private file has no public address")


def private_storage() -> Storage:
    """Return where private files are kept."""
    return storages["private"]


def connect(kind: str, may_open: MayOpen) -> None:
    """Have `may_open(request, pk)` decide who sees files of `kind`."""
    _kinds[kind] = may_open


def private_url(kind: str, pk: int, width: int) -> str:
    """Return the address of a private picture `width` pixels wide; it expires after an hour."""
    return reverse("private-file", args=[signing.dumps([kind, pk, width], salt=_SALT, compress=False)])


def open_private(request: HttpRequest, token: str) -> IO[bytes] | None:
    """Return the file of an address, or None: forged, expired, not for whoever asks, or gone."""
    try:
        kind, pk, width = signing.loads(token, salt=_SALT, max_age=SECONDS)
        may_open = _kinds[kind]
    except (signing.BadSignature, KeyError, ValueError, TypeError):
        return None
    key = may_open(request, pk)
    if key is None:
        return None
    try:
        return private_storage().open(f"{key}-{width}.webp")
    except FileNotFoundError:
        return None
