"""Traditional and simplified Chinese: one reading for searches and pasted addresses. Pure."""

from functools import cache
from typing import Any


@cache
def _converter() -> Any:
    from opencc import OpenCC  # reason: its tables are only loaded where such a text comes

    return OpenCC("t2s")


def simplified(text: str) -> str:
    """Return `text` in simplified characters, each in the place of its own: 龍眼乾 is 龙眼干."""
    if text.isascii():
        return text
    plain = str(_converter().convert(text))
    if len(plain) == len(text):
        return plain
    # A phrase that has another length in simplified would move all that follows: each character by itself then.
    return "".join(one if len(one := str(_converter().convert(sign))) == 1 else sign for sign in text)
