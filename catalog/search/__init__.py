"""Search over the flat table of cards. One interface; the embedded engine is the database's own full text.

`tokens_of` says what a listing is found by, `matching` narrows cards to what was asked for. Both databases answer
alike, because both compare the same tokens: no language rules of their own take part.
"""

from .embedded import matching
from .synonyms import also_called
from .tokens import Term, parse, tokens_of

__all__ = ["Term", "also_called", "matching", "parse", "tokens_of"]
