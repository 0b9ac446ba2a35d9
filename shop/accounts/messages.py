"""How a message's kind and params become words, in the language of whoever reads it.

Each package registers its kinds when it is loaded. Texts are lazy translations with %(name)s places. Params whose
names end in `_zh`/`_en` are one param in the reader's language; `_fen` becomes an amount; `_at` a local time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shop.core.money import to_yuan
from shop.core.times import moment

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """The words of one kind of message, its icon, and the words of the button that leads to `url`."""

    title: Words
    text: Words
    action: Words
    icon: str


@dataclass(frozen=True)
class Rendered:
    """A message in words."""

    title: str
    text: str
    action: str
    icon: str


_kinds: dict[str, Kind] = {}


def register(kind: str, *, title: Words, text: Words = "", action: Words = "", icon: str = "bell") -> None:
    """Say how messages of `kind` read. Registering the same kind again replaces it."""
    _kinds[kind] = Kind(title=title, text=text, action=action, icon=icon)


def is_registered(kind: str) -> bool:
    """Tell whether `kind` has words."""
    return kind in _kinds


def _in_language(params: Mapping[str, Any]) -> dict[str, Any]:
    """Return `params` with amounts, times and texts in two languages made ready to be read."""
    english = get_language() == "en"
    ready = dict(params)
    for name, value in params.items():
        if name.endswith("_zh"):
            bare = name.removesuffix("_zh")
            ready[bare] = (english and params.get(f"{bare}_en")) or value
        elif name.endswith("_fen") and isinstance(value, int):
            ready[name.removesuffix("_fen")] = f"¥{to_yuan(value):,}"
        elif name.endswith("_at") and isinstance(value, str):
            ready[name.removesuffix("_at")] = _local_time(value)
    return ready


def _local_time(text: str) -> str:
    return moment(text) or text


def _fill(words: Words, params: Mapping[str, Any]) -> str:
    """Fill the places; words whose params are missing lose their sentence rather than break the page."""
    try:
        return str(words) % params
    except (KeyError, ValueError, TypeError):
        return ""


def render(kind: str, params: Mapping[str, Any]) -> Rendered:
    """Return a message in words. An unknown kind reads as a plain notice, so that old messages never break a page."""
    known = _kinds.get(kind)
    if known is None:
        return Rendered(_("News about your account"), "", "", "bell")
    ready = _in_language(params)
    return Rendered(
        title=_fill(known.title, ready) or _("News about your account"),
        text=_fill(known.text, ready),
        action=_fill(known.action, ready),
        icon=known.icon,
    )


register(
    "accounts.password_changed",
    title=gettext_lazy("Your password was changed"),
    text=gettext_lazy("On %(changed)s. If this was not you, set a new one at once and call us."),
    action=gettext_lazy("See sign-in and security"),
    icon="proven",
)
register(
    "accounts.phone_changed",
    title=gettext_lazy("Your phone was changed"),
    text=gettext_lazy("You sign in with %(shown)s from now on. If this was not you, call us at once."),
    action=gettext_lazy("See sign-in and security"),
    icon="proven",
)
register(
    "accounts.email_changed",
    title=gettext_lazy("Your e-mail was changed"),
    text=gettext_lazy("It is %(shown)s now. If this was not you, call us at once."),
    action=gettext_lazy("See sign-in and security"),
    icon="proven",
)
