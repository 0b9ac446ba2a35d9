"""Administrative divisions: loading them, walking them, and finding them in a pasted address."""

from .loading import load_divisions
from .pairings import pairing_codes, pairing_text, pairings_of
from .pasting import ParsedAddress, parse_address
from .tree import children, counties, division, full_name, name, provinces

__all__ = [
    "ParsedAddress",
    "children",
    "counties",
    "division",
    "full_name",
    "load_divisions",
    "name",
    "pairing_codes",
    "pairing_text",
    "pairings_of",
    "parse_address",
    "provinces",
]
