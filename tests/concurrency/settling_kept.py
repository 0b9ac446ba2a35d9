"""Two workers settle at once what stays on sale without a harvest, or is of no lot, while others buy."""

from datetime import timedelta
from typing import Any

from tests.concurrency.buying import buy_one
from tests.factories import AT
from traceability.operations.beyond import settle_beyond
from traceability.operations.kept import settle_kept

OVER = AT + timedelta(days=4)


def come(job: dict[str, Any], number: int) -> str:
    """The first `settlers` settle, the others buy one piece each."""
    if number >= job["settlers"]:
        return buy_one(job, number)
    settle = settle_beyond if job["meet"] == "beyond" else settle_kept
    return f"settled {settle(at=OVER)}"
