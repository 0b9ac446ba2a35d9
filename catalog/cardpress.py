"""Printing product cards' HTML by the hundred thousand.

The component's template is rendered once for each shape a card can have (badge, button, ground, language) with marks
in the places of what differs; a card is then the type with its own words put in. The result is byte for byte what
the template would give.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from html import escape

from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from catalog.pictures import picture_url, srcsets
from shop.core.templatetags.heqiao import price_markup

# Where the icons are is put in when a card is shown: the file's name changes with every release.
ICONS = "qz:icons"
# Between the card of today, the day on which it changes, and the card from then on.
CHANGE = "\x1d"
PRICE_MARK = 7_919_191_919_17
WORDS = ("NAME", "SPEC", "SUPPLIER", "UNIT", "BADGE", "URL", "SRC", "SET", "AVIF", "LISTING", "CHOICE")
MARKS = {word: f"qz{word}zq" for word in WORDS}
_MARK = re.compile(f"qz({'|'.join(WORDS)})zq")


@dataclass(frozen=True, slots=True)
class CardFace:
    """What a card shows, in one language. Texts are plain; they are escaped here."""

    listing_id: int
    specification_id: int
    slug: str
    name: str
    spec: str
    supplier_name: str
    price_fen: int
    unit_price_text: str
    badge_text: str
    badge_kind: str
    picture_key: str
    picture_widths: tuple[int, ...]
    ground: str
    can_add: bool
    remind: bool


@lru_cache(maxsize=512)
def _type(
    language: str, badge_kind: str, has_unit: bool, ground: str, has_picture: bool, can_add: bool, remind: bool
) -> str:
    """Return the card of one shape with marks in it."""
    card = {
        "name": MARKS["NAME"],
        "spec": MARKS["SPEC"],
        "supplier_name": MARKS["SUPPLIER"],
        "price_fen": PRICE_MARK,
        "unit_price_text": MARKS["UNIT"] if has_unit else "",
        "badge": {"text": MARKS["BADGE"], "kind": badge_kind} if badge_kind else None,
        "url": MARKS["URL"],
        "picture": {
            "src": MARKS["SRC"] if has_picture else "",
            "srcset": MARKS["SET"] if has_picture else "",
            "avif_srcset": MARKS["AVIF"] if has_picture else "",
            "width": 480,
            "height": 480,
            "ground": ground,
        },
        "can_add": can_add,
        "remind": remind,
        "listing_id": MARKS["LISTING"],
        "spec_id": MARKS["CHOICE"],
    }
    html = render_to_string("components/product_card.html", {"card": card})
    return html.replace(static("icons.svg"), ICONS)


def press(face: CardFace) -> str:
    """Return the card's HTML in the language in force."""
    language = get_language() or "zh-hans"
    html = _type(
        language,
        face.badge_kind if face.badge_text else "",
        bool(face.unit_price_text),
        face.ground,
        bool(face.picture_key),
        face.can_add,
        face.remind,
    )
    webp, avif = srcsets(face.picture_key, face.picture_widths) if face.picture_key else ("", "")
    prefix = "/en" if language == "en" else ""
    widths = face.picture_widths
    words = {
        "NAME": face.name,
        "SPEC": face.spec,
        "SUPPLIER": face.supplier_name,
        "UNIT": face.unit_price_text,
        "BADGE": face.badge_text,
        "URL": f"{prefix}/shop/p/{face.slug}/",
        "SRC": picture_url(face.picture_key, widths[min(1, len(widths) - 1)] if widths else 240),
        "SET": webp,
        "AVIF": avif,
        "LISTING": str(face.listing_id),
        "CHOICE": str(face.specification_id),
    }
    html = html.replace(price_markup(PRICE_MARK), price_markup(face.price_fen))
    # One pass: words that happen to look like a mark stay what they are.
    return _MARK.sub(lambda found: _text(words[found[1]]), html)


def _text(word: str) -> str:
    """Escape a text; one that holds the place of the icons stays text in the stored card too."""
    return escape(word).replace(ICONS, ICONS.replace(":", "&#58;"))


def changing(now: str, on: date, then: str) -> str:
    """Return a card that is another from a day on: until a worker has built it anew, readers see the right one."""
    return f"{now}{CHANGE}{on.isoformat()}{CHANGE}{then}"


def shown(cards: Iterable[str], today: date | None = None) -> list[SafeString]:
    """Return stored cards as a page shows them today. They are our own HTML, escaped when they were pressed."""
    icons = static("icons.svg")
    day = (today or timezone.localdate()).isoformat()
    return [mark_safe(_of_day(html, day).replace(ICONS, icons)) for html in cards]


def _of_day(html: str, day: str) -> str:
    if CHANGE not in html:
        return html
    now, on, then = html.split(CHANGE)
    return then if day >= on else now
