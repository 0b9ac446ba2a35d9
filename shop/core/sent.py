"""Texts of a POST that no form of Django's reads: cleaned like those of LineField and ParagraphsField."""

from django.http import HttpRequest

from shop.core import texts


def line(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on one line, without what nobody can see, "" for nothing; at most `most` characters."""
    return texts.one_line(request.POST.get(name, ""))[:most].rstrip()


def paragraphs(request: HttpRequest, name: str, most: int | None = None) -> str:
    """Return what was typed on several lines, without what nobody can see; at most `most` characters."""
    return texts.many_lines(request.POST.get(name, ""))[:most].rstrip()
