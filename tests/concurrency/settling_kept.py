"""Two workers settle at once what stays on sale without a harvest, while others buy."""

from datetime import timedelta
from typing import Any

from tests.concurrency.buying import buy_one
from tests.factories import AT
from traceability.operations.kept import settle_kept

OVER = AT + timedelta(days=4)


def come(job: dict[str, Any], number: int) -> str:
    """The first `settlers` settle, the others buy one piece each."""
    if number >= job["settlers"]:
        return buy_one(job, number)
    return f"settled {settle_kept(at=OVER)}"
