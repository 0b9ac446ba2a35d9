"""Numbers as people type them: one reading for pages, files and programs, so that no sign becomes another figure."""

import re
import unicodedata
from collections.abc import Collection
from enum import StrEnum

from shop.core.texts import bare

# Digits, or groups of three after commas; a point and digits may follow. No exponent, no underscore, one sign at most.
_NUMBER = re.compile(r"[-+]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?|[-+]?\.[0-9]+")
_YUAN = re.compile(
    r"(?P<before>¥|RMB|CNY|人民币)?\s*(?P<number>[^\s¥元].*?)\s*(?P<behind>元整?|圆整?|RMB|CNY)?", re.IGNORECASE
)
LONGEST = 40


def has_raised(text: str) -> bool:
    """Tell whether a digit of a text is raised, lowered or circled: "1²" is a power to one, 12 to another; neither is read."""
    return any(sign.isdigit() and unicodedata.decomposition(sign).startswith(_NO_DIGITS) for sign in text)


_NO_DIGITS = ("<super>", "<sub>", "<circle>")


def plain_number(text: str) -> str:
    """Return a typed number as Decimal reads it: "１，２８０．５" is "1280.5". Raises ValueError for what is none.

    "600,5" is refused: it is 600.5 to some and 6,005 to others. So is "1e3", which nobody types as a sum or a weight.
    """
    seen = bare(text[: 2 * LONGEST])
    # An input method's own full stop stands where its full-width point would.
    plain = unicodedata.normalize("NFKC", seen).strip().replace("。", ".")
    if len(text) > 2 * LONGEST or len(plain) > LONGEST or has_raised(seen) or not _NUMBER.fullmatch(plain):
        raise ValueError(text)
    return plain.replace(",", "")


def plain_yuan(text: str) -> str:
    """Return a typed sum as Decimal reads it: "¥1,280.50" and "1280.5 元" are sums too. Raises ValueError for what is none."""
    plain = unicodedata.normalize("NFKC", bare(text[: 2 * LONGEST])).strip()
    if len(text) <= 2 * LONGEST and (said := _YUAN.fullmatch(plain)) and (said["before"] or said["behind"]):
        return plain_number(said["number"])
    return plain_number(text)


def whole_number(text: str) -> int:
    """Return a typed whole number: "１２", "1,200" and "12.0" are. Raises ValueError for what is none."""
    whole, _point, part = plain_number(text).partition(".")
    if part.strip("0") or whole in ("", "-", "+"):
        raise ValueError(text)
    return int(whole)


MOST_DIGITS = 18


def read_id(text: object, *, most_digits: int = MOST_DIGITS) -> int | None:
    """Return the whole number that a form's own hidden field, an address or a key holds; None for anything else.

    What a program writes, and no person: plain digits. Nine hundred nines are none, nor are ² and ٣, which `isdigit` takes.
    """
    plain = str(text) if text is not None else ""
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= most_digits else None


class CountFault(StrEnum):
    """Why a text is no number of pieces."""

    NO_QUANTITY = "no_quantity"
    NOT_A_NUMBER = "not_a_number"
    OTHER_UNIT = "other_unit"
    NOT_WHOLE = "not_whole"


class NotACount(ValueError):
    """A text that is no number of pieces; `fault` says why."""

    def __init__(self, fault: CountFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


PIECES = frozenset({"件", "个", "份", "只", "piece", "pieces", "pc", "pcs"})
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_LONGEST_COUNT = 12


def read_count(text: str, units: Collection[str] = PIECES) -> int:
    """Return pieces from a typed number: 12, 1,200, 12.0, 24件, 二十 and full-width digits are; "2 箱" and 1.5 are not.

    `units` are the words that may stand behind it, in lower case; where boxes are counted, "2 箱" is a number too.

    0 is a number of pieces here; whether none may be asked for is for the caller. Raises NotACount.
    """
    text = bare(text)
    plain = unicodedata.normalize("NFKC", text).strip().lstrip("'").strip()
    if not plain:
        raise NotACount(CountFault.NO_QUANTITY)
    if has_raised(text):
        raise NotACount(CountFault.NOT_A_NUMBER)
    number, unit = _apart(plain)
    if not number:
        raise NotACount(CountFault.NOT_A_NUMBER)
    if unit and unit not in units:
        raise NotACount(CountFault.OTHER_UNIT if unit.isalpha() else CountFault.NOT_A_NUMBER)
    whole, _point, part = number.replace(",", "").partition(".")
    if part.strip("0") or whole.startswith("-"):
        raise NotACount(CountFault.NOT_WHOLE)
    # Longer ones are beyond every bound: their first digits are enough to say so.
    return int((whole.lstrip("0") or "0")[:_LONGEST_COUNT])


def _apart(text: str) -> tuple[str, str]:
    """Return the number at the beginning of a text, in digits, and the unit behind it; "" where there is none."""
    found = re.fullmatch(r"(-?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)(?![0-9,])\s*(.*)", text)
    if found:
        return found.group(1), found.group(2).strip().lower()
    spoken = re.fullmatch(r"([零〇一二两三四五六七八九十百千]+)\s*(.*)", text)
    if not spoken:
        return "", ""
    number = _spoken(spoken.group(1))
    return (str(number) if number is not None else ""), spoken.group(2).strip().lower()


def _spoken(text: str) -> int | None:
    """Return a number in Chinese below ten thousand, such as 二十 or 一百零五; None for what is none."""
    total, digit, last = 0, None, 10_000
    for sign in text:
        if sign in _DIGITS:
            if digit is not None and digit != 0:
                return None
            digit = _DIGITS[sign]
        else:
            place = _PLACES[sign]
            if place >= last or digit == 0 or (digit is None and (place != 10 or total)):
                return None
            total, digit, last = total + (digit or 1) * place, None, place
    # 一百二 is 120 when it is spoken, and 102 to who reads it: it is refused.
    if digit and last > 10 and total and "零" not in text and "〇" not in text:
        return None
    return total + (digit or 0)
