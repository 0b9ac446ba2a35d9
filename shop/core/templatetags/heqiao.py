"""Template tags and filters used everywhere. They only display: no queries, no rules."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shop.core import regions, times
from shop.core.codes import national_phone
from shop.core.console_places import stands_under
from shop.core.masking import mask_phone
from shop.core.money import FEN_PER_YUAN, to_fen
from shop.core.redirects import ADDRESSES, in_language
from shop.core.templatetags.heqiao_standing import STANDING, fills, hole

register = template.Library()
# Times and days: no template formats one itself.
for _times in (times.moment, times.day, times.spoken_day, times.full_day, times.full_moment, times.clock):
    register.filter(_times.__name__, _times)
register.filter("iso", times.iso)


@register.filter
def until(at: Any) -> str:
    """Return what a countdown says where no script counts: until when, with the day. A clock alone reads as minutes."""
    return _("until %(at)s") % {"at": times.moment(at)} if at else ""


# What a thing is called here → its drawing in the icon package. Other names are the package's own.
ICONS = {
    "back": "chevron-left",
    "next": "chevron-right",
    "down": "chevron-down",
    "home": "house",
    "categories": "layout-grid",
    "live": "video",
    "cart": "shopping-cart",
    "me": "user-round",
    "place": "map-pin",
    "scan": "scan-line",
    "support": "headset",
    "share": "forward",
    "more": "ellipsis",
    "close": "x",
    "filter": "list-filter",
    "proven": "shield-check",
    "certificate": "file-check",
    "order": "file-text",
    "money": "circle-dollar-sign",
    "bank": "landmark",
    "people": "users-round",
    "cold": "snowflake",
    "test": "flask-conical",
    "coupon": "ticket",
    "chart": "chart-no-axes-column",
    "message": "message-square-text",
    "warning": "triangle-alert",
    "error": "triangle-alert",
    "done": "circle-check",
    "delete": "trash-2",
    "edit": "pencil",
    "village": "mountain",
    "invoice": "receipt-text",
}

BADGES = {
    "proven": "green",
    "limited": "amber",
    "offer": "kaki",
    "neutral": "",
    "overdue": "red",
}

# Quiet grounds a picture may stand on; the one nearest to the picture's own colour is used.
# What other programs call our languages.
HREFLANG = {"zh-hans": "zh-Hans", "en": "en"}
GROUNDS = {
    "sage": (0xDC, 0xE3, 0xD2),
    "sand": (0xE9, 0xDC, 0xC6),
    "blue": (0xD8, 0xE0, 0xD8),
    "blush": (0xE6, 0xD3, 0xC2),
    "straw": (0xEE, 0xDF, 0xB6),
    "oat": (0xE7, 0xE1, 0xD1),
}


@lru_cache(maxsize=1024)
def icon_markup(name: str, size: str = "", extra: str = "") -> SafeString:
    """Return the svg of an icon; hidden from screen readers, so words must stand beside it."""
    classes = " ".join(part for part in ("icon", f"icon-{size}" if size else "", extra) if part)
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        classes,
        static("icons.svg"),
        ICONS.get(name, name),
    )


@register.simple_tag
def icon(name: str, size: str = "", extra: str = "") -> SafeString:
    """Draw an icon: {% icon "cart" %}, {% icon "cart" size="s" %} (s 16, default 20, l 24 px)."""
    return icon_markup(name, size, extra)


def price_markup(fen: int, extra: str = "") -> SafeString:
    """Return ¥32.80 with the sign and the cents small; a minus stands before the sign."""
    whole, cents = divmod(abs(fen), FEN_PER_YUAN)
    return format_html(
        '<span class="price{}">{}<span class="price-sign">¥</span>{}<span class="price-cents">.{}</span></span>',
        f" {extra}" if extra else "",
        "−" if fen < 0 else "",
        f"{whole:,}",
        f"{cents:02d}",
    )


def price_classes(size: str, ink: bool) -> str:
    """Return the modifier classes of a price."""
    return " ".join(part for part in (f"price-{size}" if size else "", "price-ink" if ink else "") if part)


@register.simple_tag
def price(fen: int | None, size: str = "", ink: bool = False) -> SafeString:
    """Show 分 as a price: {% price card.price_fen %}, size "s" 16, default 20, "l" 32 px; ink=True for totals."""
    return price_markup(int(fen or 0), price_classes(size, ink))


@register.simple_tag
def price_yuan(yuan: Decimal | str | int | None, size: str = "", ink: bool = False) -> SafeString:
    """Show 元 as a price."""
    return price_markup(to_fen(yuan or 0), price_classes(size, ink))


@register.filter
def yuan(fen: int | None) -> str:
    """Return plain ¥1,234.50 for running text and tables: {{ fen|yuan }}."""
    amount = int(fen or 0)
    whole, cents = divmod(abs(amount), FEN_PER_YUAN)
    return f"{'−' if amount < 0 else ''}¥{whole:,}.{cents:02d}"


@register.simple_tag
def unit_price(text: str) -> SafeString:
    """Show a price per unit ("6.56 元/斤") small and grey; nothing when empty."""
    return format_html('<span class="unit-price">{}</span>', text) if text else mark_safe("")


@register.simple_tag
def badge(text: str, kind: str = "neutral", icon: str = "") -> SafeString:
    """Show a badge. kind: proven, limited, offer, neutral, overdue, or white, solid-kaki, solid-pine."""
    if not text:
        return mark_safe("")
    colour = BADGES.get(kind, kind)
    drawing = icon_markup(icon) if icon else ""
    return format_html(
        '<span class="badge{}">{}{}</span>',
        f" badge-{colour}" if colour else "",
        drawing,
        text,
    )


@register.simple_tag
def stars(rating: float) -> SafeString:
    """Show 1 to 5 stars with the number for screen readers."""
    drawn = format_html_join(
        "",
        "{}",
        ((icon_markup("star", extra="on" if place <= round(rating) else ""),) for place in range(1, 6)),
    )
    return format_html(
        '<span class="stars" role="img" aria-label="{}">{}</span>',
        _("%(n)s of 5") % {"n": rating},
        drawn,
    )


@register.simple_tag
def avatar(name: str, src: str = "", size: str = "") -> SafeString:
    """Show a round picture, or the first character of the name."""
    inner = format_html('<img src="{}" alt="" width="72" height="72" loading="lazy">', src) if src else name[:1]
    return format_html(
        '<span class="avatar{}" aria-hidden="true">{}</span>',
        f" avatar-{size}" if size else "",
        inner,
    )


@register.filter
def ground(colour: str | None) -> str:
    """Return the class of the ground nearest to #RRGGBB ("ground-sage"): strict CSP allows no inline colour."""
    text = (colour or "").lstrip("#")
    try:
        wanted = tuple(int(text[i : i + 2], 16) for i in (0, 2, 4))
    except ValueError:
        return "ground-oat"
    nearest = min(
        GROUNDS,
        key=lambda name: sum((a - b) ** 2 for a, b in zip(GROUNDS[name], wanted, strict=True)),
    )
    return f"ground-{nearest}"


@register.inclusion_tag("components/picture.html")
def picture(
    picture: Mapping[str, Any] | Any,
    sizes: str = "100vw",
    alt: str = "",
    extra: str = "",
    eager: bool = False,
) -> dict[str, Any]:
    """Draw a responsive picture of {src, srcset, avif_srcset, width, height}. eager=True for the largest in view."""
    return {
        "picture": picture,
        "sizes": sizes,
        "alt": alt,
        "extra": extra,
        "eager": eager,
    }


@register.simple_tag
def local(path: str) -> str:
    """Return `path` ("/shop/") in the language of the page: /en/shop/ in English."""
    return f"/en{path}" if get_language() == "en" else path


@register.simple_tag(takes_context=True)
def other_language_path(context: Context) -> str:
    """Return this page's address in the other language, with its query."""
    return hole("language") if STANDING in context else _in_other_language(context)


@fills("language")
def _fill_language(context: Context, words: list[str]) -> str:
    return conditional_escape(_in_other_language(context))


def _in_other_language(context: Context) -> str:
    request = context.get("request")
    if request is None:
        return "/" if get_language() == "en" else "/en/"
    full = request.get_full_path()
    if full.startswith(("/pay/", "/api/")):
        # The addresses of the cashier and of the API have no language: it is asked for, and remembered.
        return f"{request.path}?lang={'zh-hans' if get_language() == 'en' else 'en'}"
    is_english = full == "/en" or full.startswith(("/en/", "/en?"))
    other = settings.LANGUAGE_CODE if is_english else "en"
    there: Mapping[str, str] | None = context.get(ADDRESSES)
    if there is None:
        return in_language(full, other)
    # The page was not translated: the other language begins at its front page.
    return there.get(other) or in_language("/", other)


@register.simple_tag(takes_context=True)
def canonical(context: Context) -> str:
    """Return the absolute address of this page without its query."""
    here = in_language(_path(context), "en" if get_language() == "en" else settings.LANGUAGE_CODE)
    return f"{context.get('SITE_URL', '')}{here}"


@register.simple_tag(takes_context=True)
def alternates(context: Context) -> list[tuple[str, str]]:
    """Return (hreflang, absolute address) for each language that this page is there in.

    Every page is, but those that are translated one by one: they say where (`ADDRESSES`).
    """
    there: Mapping[str, str] | None = context.get(ADDRESSES)
    if there is None:
        there = {code: in_language(_path(context), code) for code in HREFLANG}
    return [(HREFLANG[code], f"{context.get('SITE_URL', '')}{there[code]}") for code in HREFLANG if there.get(code)]


def _path(context: Context) -> str:
    request = context.get("request")
    return request.path if request is not None else "/"


@register.simple_tag(takes_context=True)
def here(context: Context, path: str, exact: bool = False) -> SafeString:
    """Return aria-current="page" when the page is `path` (in either language) or below it."""
    words = [path, "exact" if exact else ""]
    return hole("here", *words) if STANDING in context else _here(context, words)


@register.simple_tag(takes_context=True)
def place_here(context: Context, path: str) -> SafeString:
    """Return aria-current="page" when the page stands under the entry `path` of its console's menu."""
    words = [path, "place"]
    return hole("here", *words) if STANDING in context else _here(context, words)


@fills("here")
def _here(context: Context, words: list[str]) -> SafeString:
    path, how = words
    request = context.get("request")
    now = request.path if request is not None else ""
    now, path = now.removeprefix("/en") or "/", path.removeprefix("/en") or "/"
    below = stands_under(now, path) if how == "place" else not how and now.startswith(path)
    same = now == path or below
    return mark_safe(' aria-current="page"' if same else "")


@register.simple_tag
def division_name(row: Any, short: bool = False) -> str:
    """Show a division in the reader's language, with everything above it unless `short`."""
    return regions.name(row) if short else regions.full_name(row)


@register.simple_tag
def division_options(rows: Iterable[Any], picked: str = "") -> str:
    """Draw the options of a select of divisions; the checkout has dozens, too many to draw one by one in a template."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((row.code, mark_safe(" selected") if row.code == picked else "", regions.name(row)) for row in rows),
    )


@register.filter(name="national_phone")
def show_national_phone(phone: str | None) -> str:
    """Show 13800002046, however it is stored."""
    return national_phone(phone)


@register.filter
def masked_phone(phone: str | None) -> str:
    """Show 138****2046."""
    return mask_phone(phone)
