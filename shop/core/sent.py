"""Texts of a POST that no form of Django's reads: cleaned like those of LineField and ParagraphsField."""

from django.http import HttpRequest

from shop.core import texts
from shop.core.lengths import check_length
from shop.core.numbers import whole_number

NO_PIECES = -1  # stands for what is no number of pieces: whoever takes them refuses it beside its field


def line(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on one line, without what nobody can see, "" for nothing.

    Raises InvalidInput (code `too_long`) on the field where it has more than `most` characters: nothing is cut.
    """
    return _of_length(texts.one_line(request.POST.get(name, "")), name, most)


def paragraphs(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on several lines, without what nobody can see. Raises as `line` does."""
    return _of_length(texts.many_lines(request.POST.get(name, "")), name, most)


def pieces(request: HttpRequest) -> dict[int, int]:
    """Return what was typed in fields `pieces-<id>`, by id: 0 for nothing, NO_PIECES for what is no whole number."""
    found = {}
    for name in request.POST:
        key, value = name.removeprefix("pieces-"), request.POST.get(name, "")
        if name != key and key.isascii() and key.isdigit() and len(key) < 16:
            found[int(key)] = _whole(value) if value.strip() else 0
    return found


def _of_length(text: str, name: str, most: int | None) -> str:
    return text.rstrip() if most is None else check_length(text, name, most)


def _whole(text: str) -> int:
    try:
        number = whole_number(text)
    except ValueError:
        return NO_PIECES
    return number if number < 10**8 else NO_PIECES
