"""Numbers that can be read out but not guessed."""

import secrets
from datetime import datetime

from shop.sales.rules import ALPHABET


def new_number(prefix: str, at: datetime) -> str:
    """Return e.g. HQ26-7K2M-9QXD-4T: 10 random characters of 30 (49 bits) after the year."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{prefix}{at:%y}-{letters[:4]}-{letters[4:8]}{letters[8:]}"
