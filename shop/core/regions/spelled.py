"""Addresses in English: places in either order between commas, the street and the person between them. Pure."""

import re
from dataclasses import dataclass

from .naming import COUNTY, Names, english_key
from .persons import LATIN, OF_ENGLISH_ADDRESSES

COUNTRY = re.compile(
    r"^(?:the )?(?:people'?s republic of china|p\.? ?r\.? ?c(?:hina)?\.?|p\.? ?r\.? ?china|china|mainland china|cn)$",
    re.IGNORECASE,
)
LONGEST_NAME = 4


@dataclass(frozen=True, slots=True)
class Spelled:
    """What an English text says."""

    code: str = ""
    name: str = ""
    street: str = ""


@dataclass(slots=True)
class _Part:
    words: list[str]
    places: list[tuple[int, int, list[str]]]  # from word, to word, codes


def read_english(text: str, names: Names, *, name: str = "") -> Spelled:
    """Return the division, the person (unless `name` was said) and the street of a text without Chinese characters."""
    parts = [_part(piece, names) for piece in re.split(r"[,;\n|]+", text) if piece.strip()]
    parts = [part for part in parts if part.words]
    code = _deepest([codes for part in parts for _from, _to, codes in part.places])
    left: list[str] = []
    for part in parts:
        kept = list(part.words)
        for start, end, codes in sorted(part.places, reverse=True):
            if code and any(code.startswith(each) for each in codes):
                del kept[start:end]
        if kept:
            left.append(" ".join(kept))
    if not name:
        people = [each for each in left if LATIN.fullmatch(each) and 2 <= len(each.split()) <= LONGEST_NAME]
        people = [each for each in people if not OF_ENGLISH_ADDRESSES.search(each)]
        sure = [each for each in (left[:1] + left[-1:]) if each in people]
        name = sure[0] if sure and len(left) > 1 else ""
        left = [each for each in left if each != name]
    return Spelled(code, name, ", ".join(left))


def _part(piece: str, names: Names) -> _Part:
    words = [word for word in piece.split() if not COUNTRY.match(word.strip("."))]
    if COUNTRY.match(piece.strip(" .")):
        words = []
    places: list[tuple[int, int, list[str]]] = []
    end = len(words)
    while end > 0:
        for start in range(max(0, end - LONGEST_NAME), end):
            key, _is_said = english_key(" ".join(words[start:end]))
            called = names.english.get(key, ())
            # A road's words are no place: only what stands at the end of a part, or is all of it.
            if called and not OF_ENGLISH_ADDRESSES.search(" ".join(words[end : end + 1])):
                places.append((start, end, [each.code for each in called]))
                end = start
                break
        else:
            break
    return _Part(words, places)


def _deepest(places: list[list[str]]) -> str:
    """Return the deepest division that at least two of the said places agree on, "" where two are as likely."""
    best: dict[int, set[str]] = {}
    codes = {code for group in places for code in group}
    for code in codes:
        agreeing = sum(any(code.startswith(each) for each in group) for group in places)
        if agreeing == len(places) and (agreeing > 1 or len(code) < COUNTY):
            best.setdefault(len(code), set()).add(code)
    deepest = max(best, default=0)
    if len(best.get(deepest, ())) == 1:
        return best[deepest].pop()
    shorter = [code for length, found in best.items() if length < deepest and len(found) == 1 for code in found]
    return max(shorter, key=len, default="")
