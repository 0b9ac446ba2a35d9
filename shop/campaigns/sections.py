"""From the blocks of a page to what it shows: everything live is read at once, whatever the number of blocks."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.safestring import SafeString, mark_safe
from wagtail.images.models import SourceImageIOError

from catalog.queries import local, paragraphs
from catalog.queries.lists import cards_of
from catalog.queries.places import village_cards
from livestream.queries.rooms import room_cards
from shop.campaigns.hooks import progress_of

_PRODUCT_LINK = re.compile(r'(href="[^"#?]*/shop/p/[^"#?]+)')
WIDE, TALL = "fill-1600x600|format-webp", "fill-760x820|format-webp"


@dataclass
class Section:
    """One block as the page shows it. `left_out` counts products that are not on sale now."""

    kind: str
    value: Any
    cards: list[SafeString] = field(default_factory=list)
    left_out: int = 0
    facts: Any = None
    link: str = ""
    texts: list[str] = field(default_factory=list)
    is_over: bool = False

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to show: an empty rail, a closed room, an unknown need are left out quietly."""
        if self.kind == "rail":
            return bool(self.cards)
        return self.facts is not None if self.kind in {"live", "pledge"} else True


def _chosen(body: Iterable[Any], kind: str, name: str) -> list[int]:
    """Return the ids that blocks of a kind name; deleted rows are left out."""
    rows = [block.value.get(name) for block in body if block.block_type == kind]
    return [row.pk for row in rows if row is not None]


def sections(body: Any, *, at: datetime, mark: str) -> list[Section]:
    """Return the sections of a page. `mark` ("campaign-3") goes into links, so that orders say where they came from.

    Queries: one for all products' cards, one each for villages, needs and pictures, and three for rooms, whatever
    the number of blocks; none for kinds that are not there.
    """
    products = [row.pk for block in body if block.block_type == "rail" for row in block.value["products"] if row]
    found = {
        "cards": cards_of(products),
        "villages": village_cards(_chosen(body, "story", "village")),
        "rooms": room_cards(_chosen(body, "live", "room"), at=at),
        "needs": progress_of([block.value["need"] for block in body if block.block_type == "pledge"]),
    }
    return [_section(block, found, at, mark) for block in body if not _is_unfinished(block)]


def _is_unfinished(block: Any) -> bool:
    """Tell whether a draft's block lacks what it is about; a page that is published has it."""
    return block.block_type == "countdown" and block.value["until"] is None


def _section(block: Any, found: dict[str, Any], at: datetime, mark: str) -> Section:
    value = block.value
    section = Section(block.block_type, value)
    if link := value.get("link"):
        section.link = marked_address(local(link), mark)
    if section.kind == "rail":
        wanted = [row.pk for row in value["products"] if row]
        section.cards = [_marked(found["cards"][pk], mark) for pk in wanted if pk in found["cards"]]
        section.left_out = len(value["products"]) - len(section.cards)
    elif section.kind == "hero":
        section.facts = _pictures(value["image"])
        section.texts = value["text"].splitlines()
    elif section.kind == "story":
        section.facts = found["villages"].get(value["village"].pk) if value["village"] else None
        section.texts = paragraphs(value["text"])
    elif section.kind == "countdown":
        section.is_over = value["until"] <= at
    elif section.kind == "live":
        card = found["rooms"].get(value["room"].pk) if value["room"] else None
        section.facts = card
        section.link = marked_address(card.url, mark) if card else ""
    elif section.kind == "pledge":
        section.facts = found["needs"].get(value["need"])
    return section


def _pictures(image: Any) -> dict[str, Any] | None:
    """Return the hero's renditions, wide and tall. One query once they are made."""
    if image is None:
        return None
    try:
        made = image.get_renditions(WIDE, TALL)
    except SourceImageIOError:
        # The file is gone: the words stand without it.
        return None
    return {"wide": made[WIDE], "tall": made[TALL]}


def marked_address(url: str, mark: str) -> str:
    """Return an address that says where its visitor came from."""
    path, hash_, place = url.partition("#")
    return f"{path}{'&' if '?' in path else '?'}from={mark}{hash_}{place}"


def _marked(card: SafeString, mark: str) -> SafeString:
    """Return a card whose links say where their visitor came from. The card is our own HTML; so is the mark."""
    return mark_safe(_PRODUCT_LINK.sub(rf"\1?from={mark}", card))
