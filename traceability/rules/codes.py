"""Trace codes: unguessable, with a check character, printed in groups of four.

31 characters without those that look alike (0 O, 1 I L). 31 is prime, so that the weighted check character finds
every single wrong character and every two that changed places.
"""

import secrets

from shop.core.codes import packed_code

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 12
GROUP = 4


def check_character(body: str) -> str:
    """Return the check character of the first characters of a code. Raises ValueError for others than the alphabet's."""
    total = sum((place + 1) * ALPHABET.index(character) for place, character in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def new_code() -> str:
    """Return a new code: 54 random bits and the check character."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def cleaned(text: str) -> str:
    """Return what was typed without spaces and dashes, in capitals; full-width characters become plain."""
    return packed_code(text[:200]).upper()


def is_code(code: str) -> bool:
    """Tell whether a cleaned text can be a code: its length, its characters, its check character."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET) and check_character(code[:-1]) == code[-1]


def grouped(code: str) -> str:
    """Return the code as it is printed: 7K3M-9XQP-2HTD."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))
