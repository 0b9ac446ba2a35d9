"""Texts as people typed them, without what nobody can see. Pure.

Characters that show nothing or turn the order of others (bidi overrides, zero-width signs, fillers, noncharacters,
control characters) are left out: they make two names look alike, or a line read otherwise than it is stored. What a
script or an emoji needs stays: joiners inside an emoji or a word of Arabic or Indic letters, selectors after a sign.
NUL is left for Django's own validator, which refuses it.
"""

import re
import unicodedata

from django.utils.translation import gettext as _

# A pile of more runs into the lines above and below.
MOST_MARKS = 4
_JOINER, _NON_JOINER = "\u200d", "\u200c"
_EMOJI = "\ufe0f"
_FLAG = "\U0001f3f4"
# The letters of a region and the tag that ends them.
MOST_TAGS = 7
_KEPT = "\t\n \u3000"

# Everything that is looked at one by one; a text without any of it is stored as it is.
_SUSPECT = re.compile(
    "[\x01-\x1f\x7f-\x9f\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f"
    "\u205f-\u206f\u2800\u3000\u3164\ud800-\udfff\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffc\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U0001fffe\U0001ffff\U0002fffe-\U0002ffff\U0003fffe-\U0003ffff"
    "\U0004fffe-\U0004ffff\U0005fffe-\U0005ffff\U0006fffe-\U0006ffff\U0007fffe-\U0007ffff\U0008fffe-\U0008ffff"
    "\U0009fffe-\U0009ffff\U000afffe-\U000affff\U000bfffe-\U000bffff\U000cfffe-\U000cffff\U000dfffe-\U000dffff"
    "\U000e0000-\U000e0fff\U000efffe-\U000effff\U000ffffe-\U000fffff\U0010fffe-\U0010ffff]"
)
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What copying from a chat leaves in numbers and codes: marks of direction, joiners, selectors, soft hyphens, controls.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
# White space that looks like a space and is none; a tab too where a text has one line.
_SPACES = re.compile("[\x1f\xa0\u1680\u2000-\u200a\u202f\u205f\u2800]")
# Scripts whose letters join: a joiner between two of them changes how they look.
_JOINING = re.compile("[\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17ff\u1800-\u180a\u1820-\u18af]")


def one_line(text: str) -> str:
    """Return a text on one line: NFC, every run of white space (full-width too) one space, nothing invisible."""
    return " ".join(_seen(text.replace("\u3000", " ")).split())


def many_lines(text: str) -> str:
    """Return a text of several lines: NFC, line ends are newlines, tabs and indents stay, nothing invisible."""
    return "\n".join(line.rstrip() for line in _seen(text).split("\n")).strip("\n")


def bare(text: str) -> str:
    """Return a code or a number without anything that nobody sees: of those none belongs to a letter or a digit."""
    return _UNSEEN.sub("", text)


def is_seen(text: str) -> bool:
    """Tell whether each character of `text` may stand in a stored text; line ends and tabs may."""
    return text == _seen(text)


def _seen(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    text = _LINE_ENDS.sub("\n", text)
    if _SUSPECT.search(text):
        # First what never belongs to anything: it may stand between a joiner and its letters.
        text = _SUSPECT.sub(lambda found: found[0] if _may_belong(found[0]) else "", _SPACES.sub(" ", text))
    return unicodedata.normalize("NFC", _belonging(unicodedata.normalize("NFC", text)))


def _may_belong(sign: str) -> bool:
    return sign in _KEPT or sign in {_JOINER, _NON_JOINER} or _is_selector(sign) or _is_tag(sign)


def _is_selector(sign: str) -> bool:
    return "\ufe00" <= sign <= "\ufe0f" or "\U000e0100" <= sign <= "\U000e01ef"


def _is_tag(sign: str) -> bool:
    return "\U000e0020" <= sign <= "\U000e007f"


def _belonging(text: str) -> str:
    """Return `text` with joiners, selectors and tags only where they belong, and few marks on a sign.

    Each is judged by what is kept before it, so that a second time changes nothing.
    """
    kept: list[str] = []
    marks = tags = 0
    for place, sign in enumerate(text):
        before = kept[-1] if kept else ""
        if unicodedata.category(sign) in {"Mn", "Me"}:
            marks += 1
        elif sign not in {_JOINER, _NON_JOINER}:
            # What a sign is composed with counts.
            marks = 0 if sign.isascii() else sum(map(_is_mark, unicodedata.normalize("NFD", sign)))
        tags = tags + 1 if _is_tag(sign) and (tags or before == _FLAG) else 0
        if marks <= MOST_MARKS and _belongs(sign, before, text[place + 1 : place + 2], tags):
            kept.append(sign)
    return "".join(kept)


def _belongs(sign: str, before: str, after: str, tags: int) -> bool:
    if sign in {_JOINER, _NON_JOINER}:
        in_word = bool(_JOINING.match(before) and _JOINING.match(after)) and after.isalpha()
        return in_word or (sign == _JOINER and (_is_pictorial(before) or before == _EMOJI) and _is_pictorial(after))
    if _is_selector(sign):
        # One, after a sign that shows something.
        return bool(before) and not before.isspace() and not _SUSPECT.match(before)
    return 0 < tags <= MOST_TAGS if _is_tag(sign) else True


def _is_mark(sign: str) -> bool:
    return unicodedata.combining(sign) > 0


def _is_pictorial(sign: str) -> bool:
    return bool(sign) and (unicodedata.category(sign) in {"So", "Sk"} or sign in "♀♂")


def sentences(*parts: str) -> str:
    """Return whole sentences one after the other, parted as the reader's language does; empty ones are left out."""
    said = ""
    for part in filter(None, parts):
        said = _("%(one)s %(other)s") % {"one": said, "other": part} if said else part
    return said
