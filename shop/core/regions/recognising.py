"""Finding a name, a phone and a division in one pasted text, in any order. Pure: the divisions come as values."""

import re
import unicodedata
from dataclasses import dataclass

from shop.core.chinese import simplified
from shop.core.texts import many_lines

from .contacts import take_contacts, take_labels
from .locating import Reading, locate, locate_again
from .naming import Names, names_of, short_name
from .persons import HAN, Token, glued_person, score, tidy
from .spelled import read_english

__all__ = ["LONGEST_TEXT", "NO_NAMES", "Names", "ParsedAddress", "names_of", "recognise", "short_name"]

LONGEST_TEXT = 400
LONGEST_PERSON, LONGEST_STREET = 40, 160
NO_NAMES = Names()
_PIECES = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.'’-]*(?: [A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.'’-]*)+|\S+")
_ENDS = re.compile(r"[,，;；、|\n\r\t。]+")
# 体育西路103号-周敏-: a dash before what may be a person parts it, one in 3-2号 does not.
_DASHED = re.compile(rf"(?<=[{HAN}])[-—/](?=[{HAN}·]{{2,10}}(?:[-—/\s]|$))")
_COUNTRY = frozenset({"中国", "中國", "中国大陆", "中华人民共和国"})
_HAS_HAN = re.compile(rf"[{HAN}]")
# Signs of presentation behind digits and spaces: a phone copied from a chat has them.
_SELECTORS = re.compile("(?<![\U00003400-\U0003ffff])[\ufe00-\ufe0f]")


@dataclass(frozen=True)
class ParsedAddress:
    """What was recognised; "" for what was not. `division_code` is the deepest division that is sure.

    `is_guess`: the division is likely, not said plainly; whoever shows it says so. `left_out` are numbers to call that no
    field takes: an extension, a landline, a second phone.
    """

    name: str = ""
    phone: str = ""
    division_code: str = ""
    street: str = ""
    postcode: str = ""
    is_guess: bool = False
    extension: str = ""
    left_out: tuple[str, ...] = ()


def recognise(text: str, names: Names = NO_NAMES) -> ParsedAddress:
    """Recognise name, phone, division, street and postcode in `text`. Never raises for any text.

    What can't be told apart is left out rather than guessed; what is left over becomes the street.
    """
    plain = _SELECTORS.sub("", many_lines(unicodedata.normalize("NFKC", text[:LONGEST_TEXT].replace("\0", " "))))
    found = take_contacts(plain)
    name, rest = take_labels(_DASHED.sub(" ", found.rest))
    name = tidy(name)
    reading: Reading | None = None
    if not _HAS_HAN.search(rest) and re.search("[A-Za-z]", rest):
        spelled = read_english(rest, names, name=name)
        code, name, street = spelled.code, spelled.name, spelled.street
    else:
        # Matched in simplified characters, each in the place of its own, and kept as it was written.
        matched = simplified(rest)
        if reading := locate(matched, names):
            reading = locate_again(matched, reading, names)
        code = names.only_city.get(reading.code, reading.code) if reading else ""
        name, street = _person_and_street(rest, reading, name)
    return ParsedAddress(
        name=name[:LONGEST_PERSON],
        phone=found.phone,
        division_code=code,
        street=street[:LONGEST_STREET],
        postcode=found.postcode,
        is_guess=bool(reading and reading.is_guess),
        extension=found.extension,
        left_out=found.other_numbers,
    )


def _person_and_street(text: str, reading: Reading | None, name: str) -> tuple[str, str]:
    tokens = _tokens(text, reading)
    if not name:
        best = max(tokens, key=score, default=None)
        if best is not None and score(best) > 0 and (len(tokens) > 1 or reading is None or best.is_lead):
            name = tidy(best.text)
            tokens.remove(best)
    street = _join([token.text for token in tokens])
    if not name and (reading or len(tokens) > 1):
        street, name = glued_person(street)
    return name, street


def _tokens(text: str, reading: Reading | None) -> list[Token]:
    """Return the pieces around the division, each with where it stands."""
    start, end = (reading.start, reading.end) if reading else (0, 0)
    found: list[Token] = []
    for part, at in ((text[:start], 0), (text[end:], end)):
        for line_start, line in _lines(part):
            for piece in _PIECES.finditer(line):
                begins, ends = at + line_start + piece.start(), at + line_start + piece.end()
                found.append(
                    Token(
                        piece.group(),
                        is_lead=bool(reading) and begins < start,
                        is_beside_number="\n" in (text[max(0, begins - 1) : begins], text[ends : ends + 1]),
                        is_after_division=bool(reading) and begins >= end and not text[end:begins].strip(" \t,，;；。"),
                        is_first=begins == len(text) - len(text.lstrip()),
                        is_last=ends == len(text.rstrip()),
                    )
                )
    return [token for token in found if re.search(r"\w", token.text) and token.text not in _COUNTRY]


def _lines(part: str) -> list[tuple[int, str]]:
    at, found = 0, []
    for end in _ENDS.finditer(part):
        found.append((at, part[at : end.start()]))
        at = end.end()
    return [*found, (at, part[at:])]


def _join(pieces: list[str]) -> str:
    """Join a street's pieces: Chinese and digits without a space, Latin words with one."""
    street = ""
    for piece in pieces:
        latin = street[-1:].isascii() and street[-1:].isalnum() and piece[:1].isascii() and piece[:1].isalnum()
        street += f" {piece}" if street and latin else piece
    return street.strip(" ,，;；。:：-—/")
