"""What is held of people: every package declares its tables here; the copy and the erasure of a person walk them.

`tests/privacy/` looks at every table for columns that can hold personal data and fails for one that nobody names.
Wired in `shop/config/wiring.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Export = Callable[[Any], dict[str, Any]]
Erase = Callable[[Any, datetime], None]


@dataclass(frozen=True, slots=True)
class Held:
    """One table that holds something of people ("sales.Purchase"), in which columns.

    `erased` says what erasing does to it, `kept` what stays, why and for how long; at least one of them is said.
    `exported` is where it stands in the person's copy, "" where it is no statement about the person (a hash, an id).
    """

    table: str
    columns: tuple[str, ...]
    exported: str = ""
    erased: str = ""
    kept: str = ""


@dataclass(frozen=True, slots=True)
class Holding:
    """All that one package holds, and its part of a copy and of an erasure.

    `erase` is called in the transaction of the erasure and may refuse with a DomainError, which undoes everything.
    """

    package: str
    held: tuple[Held, ...]
    export: Export | None = None
    erase: Erase | None = None


holdings: list[Holding] = []


def connect(holding: Holding) -> None:
    """Add what a package holds, once. The first connected is the first asked to erase: the packages above come first."""
    if holding not in holdings:
        holdings.append(holding)


def export_all(user: Any) -> dict[str, Any]:
    """Return what every package holds about `user`, as plain JSON values."""
    copy: dict[str, Any] = {}
    for holding in holdings:
        if holding.export is not None:
            copy |= holding.export(user)
    return copy


def erase_all(user: Any, at: datetime) -> None:
    """Have every package forget `user`, in the caller's transaction."""
    for holding in holdings:
        if holding.erase is not None:
            holding.erase(user, at)
