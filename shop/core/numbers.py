"""Decimal numbers as people type them: one reading for every form, so that no comma or letter becomes another figure."""

import re
import unicodedata

# Digits, or groups of three after commas; a point and digits may follow. No exponent, no underscore, one sign at most.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|[-+]?\.[0-9]+")
LONGEST = 40


def plain_number(text: str) -> str:
    """Return a typed number as Decimal reads it: "１，２８０．５" is "1280.5". Raises ValueError for what is none.

    "600,5" is refused: it is 600.5 to some and 6,005 to others. So is "1e3", which nobody types as a sum or a weight.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if len(plain) > LONGEST or not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return plain.replace(",", "")


def whole_number(text: str) -> int:
    """Return a typed whole number: "１２", "1,200" and "12.0" are. Raises ValueError for what is none."""
    whole, _point, part = plain_number(text).partition(".")
    if part.strip("0") or whole in ("", "-", "+"):
        raise ValueError(text)
    return int(whole)
