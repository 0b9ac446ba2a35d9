"""Texts of a POST that no form of Django's reads: cleaned like those of LineField and ParagraphsField."""

from dataclasses import dataclass

from django.http import HttpRequest

from shop.core import texts
from shop.core.count_words import count_words
from shop.core.lengths import check_length
from shop.core.numbers import CountFault, NotACount, read_count, read_id

MOST_TYPED = 40
NO_PIECES = -1  # stands for what is no number of pieces: whoever takes them refuses it beside its field


def line(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on one line, without what nobody can see, "" for nothing.

    Raises InvalidInput (code `too_long`) on the field where it has more than `most` characters: nothing is cut.
    """
    return _of_length(texts.one_line(request.POST.get(name, "")), name, most)


def paragraphs(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on several lines, without what nobody can see. Raises as `line` does."""
    return _of_length(texts.many_lines(request.POST.get(name, "")), name, most)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was typed in fields `pieces-<id>`, by id.

    `read` are numbers of pieces, `refused` what is none, with the words to say beside the field; a field left empty is in
    neither. `typed` is all of it, as it was typed.
    """

    read: dict[int, int]
    refused: dict[int, str]
    typed: dict[int, str]

    @property
    def empty(self) -> list[int]:
        """The fields that were left empty."""
        return [pk for pk in self.typed if pk not in self.read and pk not in self.refused]


def counts(request: HttpRequest) -> Counts:
    """Return the numbers of pieces of a form, read as those of a file are, and what is said of what is none."""
    found = Counts({}, {}, {})
    for name in request.POST:
        key = name.removeprefix("pieces-")
        pk = read_id(key, most_digits=15)
        if name == key or pk is None:
            continue
        typed = line(request, name)
        found.typed[pk] = typed
        try:
            found.read[pk] = read_count(typed)
        except NotACount as error:
            if error.fault != CountFault.NO_QUANTITY:
                found.refused[pk] = count_words(error.fault, typed[:MOST_TYPED])
    return found


def pieces(request: HttpRequest) -> dict[int, int]:
    """Return what was typed in fields `pieces-<id>`, by id: 0 for nothing, NO_PIECES for what is no number of pieces."""
    found = counts(request)
    return {pk: found.read.get(pk, NO_PIECES if pk in found.refused else 0) for pk in found.typed}


def _of_length(text: str, name: str, most: int | None) -> str:
    return text.rstrip() if most is None else check_length(text, name, most)
