"""Texts in the reader's language, and years as units count them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from procurement.states import RequestState


def words(zh: str, en: str) -> str:
    """Return the English for readers of English where there is some, else the Chinese."""
    return en if en and get_language() == "en" else zh


def name_of(thing: Any) -> str:
    """Return the name of an organisation in the reader's language."""
    return words(thing.name_zh, thing.name_en)


def donor_of(pledge: Any) -> str:
    """Return how a donor wants to be named; that they prefer no name, in the reader's language, where they don't."""
    return pledge.donor_name or _("A donor who prefers no name")


def title_of(pledge: Any) -> str:
    """Return the need that a gift answers, in the reader's language; its beneficiary's name without one."""
    return words(pledge.need.title_zh, pledge.need.title_en) if pledge.need else name_of(pledge.beneficiary)


def gift_note(name: str) -> str:
    """Return what the supplier of a gift is told of it: kept in Chinese, read by `gift_note_words`."""
    return f"以购代捐：{name}"


def gift_note_words(note: str, label: str, name: str) -> str:
    """Return a gift's note in the reader's language; another than ours as it is."""
    return _("A gift for %(name)s") % {"name": name} if note == gift_note(label) else note


def in_both_languages(name: str, text: Callable[[], str]) -> dict[str, str]:
    """Return a message's two params `name`_zh and `name`_en: what `text` says in each language."""
    found = {}
    for suffix, language in (("zh", "zh-hans"), ("en", "en")):
        with override(language):
            found[f"{name}_{suffix}"] = text()
    return found


def year_of(at: datetime) -> int:
    """Return the year that a moment belongs to, on the units' clocks (Asia/Shanghai, whatever zone a reader is in)."""
    return timezone.localtime(at, timezone.get_default_timezone()).year


def not_editable(state: str) -> str:
    """Say why a request can't be changed where it stands."""
    if state == RequestState.APPROVED:
        return _("This request is approved. Take it back to change it: it is then approved anew.")
    if state == RequestState.ORDERED:
        return _("This request is ordered: it can't be changed any more.")
    if state == RequestState.CANCELLED:
        return _("This request was given up: it can't be changed any more.")
    return _("This request was submitted. Take it back to change it.")
