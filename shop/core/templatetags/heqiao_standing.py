"""What stands on every page, rendered once per language and process: header, footer, tab bar.

`{% standing %}…{% endstanding %}` renders its inside without the page's variables and keeps the text. What differs
from page to page there is a hole, filled each time: `{% here %}`, `{% other_language_path %}`, `{% search_words %}`.
Nothing else of the page or its reader may be used inside.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from shop.core.marks import mark
from shop.core.pagecache import Generation

register = template.Library()
_generation = Generation()

EDGE = mark("edge")
STANDING = "is_standing"
# Settings a standing part may show: the same for every page, but tests change them.
FIXED = ("SITE_URL", "DEMO_CASHIER", "LICENCES")
Fill = Callable[[Context, list[str]], str]
_F = TypeVar("_F", bound=Fill)
_fills: dict[str, Fill] = {}


def hole(name: str, *words: str) -> SafeString:
    """Return the mark of a hole, for a tag that is rendered inside a standing part."""
    return mark_safe(EDGE + "|".join((name, *words)) + EDGE)


def fills(name: str) -> Callable[[_F], _F]:
    """Have the decorated function fill the holes of that name: it gets the page's context and the hole's words."""

    def add(fill: _F) -> _F:
        _fills[name] = fill
        return fill

    return add


class StandingNode(template.Node):
    """The inside of a standing part, and its texts once rendered."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._shelf: tuple[str, dict[tuple[Any, ...], Sequence[tuple[str, Fill | None, list[str]]]]] = ("", {})

    def render(self, context: Context) -> SafeString:
        """Return the text for this page."""
        fixed = {name: context.get(name) for name in FIXED}
        word = _generation.now()
        shelf = self._shelf
        if word != shelf[0]:
            # Cards or pages changed: names and places in the navigation may have, too. A text that is being rendered
            # from before the change goes into the old shelf, together with its word.
            shelf = self._shelf = (word, {})
        kept = shelf[1]
        key = (get_language(), *map(str, fixed.values()))
        parts = kept.get(key)
        if parts is None:
            parts = self._split(self.nodelist.render(context.new({**fixed, STANDING: True})))
            if not settings.DEBUG:
                kept[key] = parts
        return mark_safe("".join([fill(context, words) if fill else text for text, fill, words in parts]))

    def _split(self, text: str) -> list[tuple[str, Fill | None, list[str]]]:
        parts: list[tuple[str, Fill | None, list[str]]] = []
        for place, piece in enumerate(text.split(EDGE)):
            if place % 2:
                name, *words = piece.split("|")
                parts.append(("", _fills[name], words))
            elif piece:
                parts.append((piece, None, []))
        return parts


@register.tag
def standing(parser: Parser, token: Token) -> StandingNode:
    """Render the inside once per language: {% standing %}…{% endstanding %}."""
    nodelist = parser.parse(("endstanding",))
    parser.delete_first_token()
    return StandingNode(nodelist)


@register.simple_tag(takes_context=True)
def search_words(context: Context) -> str:
    """Return what was searched for, to stand in the search field again."""
    if STANDING in context:
        return hole("search")
    return str(context.get("query") or "")


@fills("search")
def _search(context: Context, words: list[str]) -> str:
    return conditional_escape(context.get("query") or "")
