"""Numbers of requests and certificates: can be read out, not guessed."""

import secrets
from datetime import datetime

from shop.sales.rules import ALPHABET


def new_number(prefix: str, at: datetime) -> str:
    """Return e.g. CG26-7K2M-9QXD4T: 10 random characters of 30 after the year."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{prefix}{at:%y}-{letters[:4]}-{letters[4:]}"
