"""The chain of hashes: canonical JSON (RFC 8785) after the previous hash, by SHA-256. Strings and integers only."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

START = "0" * 64


def canonical(body: Mapping[str, Any]) -> str:
    """Return a body as canonical JSON. Raises TypeError for a float: its digits are not the same everywhere."""
    _refuse_floats(body)
    return rfc8785.dumps(dict(body)).decode()


def link(previous: str, body: str) -> str:
    """Return the hash of an event: of the previous event's hash (hex) and its own canonical body."""
    return hashlib.sha256(f"{previous}\n{body}".encode()).hexdigest()


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise TypeError("floats can't be hashed: use integers or strings")
    if isinstance(value, Mapping):
        for each in value.values():
            _refuse_floats(each)
    elif isinstance(value, list | tuple):
        for each in value:
            _refuse_floats(each)
