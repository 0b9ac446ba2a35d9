"""Numbers of certificates as people type them."""

import re
import unicodedata

LONGEST = 120
_MARKS = re.compile(r"[\s\-\u2010-\u2015_.·/]+")


def plain_number(typed: str) -> str:
    """Return a number in capitals and plain width, without spaces, dashes and the like."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", typed[:LONGEST])).upper()
