"""Names of people and organisations: whether a text is one, and whether two are the same. Pure."""

import re
import unicodedata
from collections.abc import Iterable

# A cell that begins so is a formula in a spreadsheet program.
_FORMULA = ("=", "+", "-", "@")
FEWEST_LETTERS = 2
# They choose the drawing of the letter before them, and are marks (Mn) to Unicode.
VARIATIONS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef\u180b-\u180f]")


def plain_name(name: str) -> str:
    """Return a name without what does not tell two apart: spaces, signs, what nobody sees, width and letters' case."""
    kept = (
        sign for sign in unicodedata.normalize("NFKC", name)
        if unicodedata.category(sign)[0] in "LMN" and not VARIATIONS.search(sign)
    )  # fmt: skip
    return "".join(kept).casefold()


def is_name(text: str) -> bool:
    """Tell whether a text can be the name of a person or an organisation: at least two letters, and no formula."""
    plain = unicodedata.normalize("NFKC", text).strip()
    letters = sum(unicodedata.category(sign).startswith("L") for sign in plain)
    return letters >= FEWEST_LETTERS and not plain.startswith(_FORMULA)


def is_among(name: str, names: Iterable[str]) -> bool:
    """Tell whether a name is one of `names`, however it is written."""
    return plain_name(name) in {plain_name(each) for each in names} - {""}
