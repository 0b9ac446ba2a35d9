"""Numbers of certificates as people type them."""

import re

from shop.core.codes import plain_code

LONGEST = 120
_MARKS = re.compile(r"[\s\-\u2010-\u2015_.·/]+")


def plain_number(typed: str) -> str:
    """Return a number in capitals and plain width, without spaces, dashes and the like."""
    return _MARKS.sub("", plain_code(typed[:LONGEST])).upper()
