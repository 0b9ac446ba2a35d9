"""Numbers that can be read out but not guessed."""

import secrets
from datetime import datetime

from shop.core.codes import packed_code, plain_code
from shop.sales.rules import ALPHABET

LENGTH = 14


def new_number(prefix: str, at: datetime) -> str:
    """Return e.g. HQ26-7K2M-9QXD-4T: 10 random characters of 30 (49 bits) after the year."""
    letters = "".join(secrets.choice(ALPHABET) for _ in range(10))
    return f"{prefix}{at:%y}-{letters[:4]}-{letters[4:8]}{letters[8:]}"


def typed_number(text: str) -> str:
    """Return a number of ours as it is stored, however it was typed: "dd26 2y5y rpkwjg" is DD26-2Y5Y-RPKWJG."""
    packed = packed_code(text).upper()
    if len(packed) == LENGTH:
        return f"{packed[:4]}-{packed[4:8]}-{packed[8:]}"
    return plain_code(text).upper()
