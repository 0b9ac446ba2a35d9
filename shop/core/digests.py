"""Hashes of facts: the same for the same values, whichever database they were read from."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any


def digest_of(facts: Mapping[str, Any]) -> str:
    """Return the hash of facts: the same for the same values, however a database orders the keys of its JSON."""
    text = json.dumps(facts, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        # As a database returns it: facts may be sealed before they were read back.
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
