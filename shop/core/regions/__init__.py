"""Administrative divisions: loading them, walking them, and finding them in a pasted address."""

from .loading import load_divisions
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
    "parse_address",
    "provinces",
]
