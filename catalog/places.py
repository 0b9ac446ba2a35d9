"""Short names of places, as people say them: 梅州 梅县, not 梅州市梅县区."""

import re

from catalog.words import english
from shop.core.models import Division
from shop.core.regions.naming import short_name


def short_en(name: str) -> str:
    """Return an English name without its rank and peoples (Liangshan Yi Autonomous Prefecture → Liangshan)."""
    head, autonomous, _ = name.partition(" Autonomous ")
    if autonomous:
        return head if head.startswith("Inner ") else head.split()[0]
    return re.sub(r" (District|County|City|Province|Prefecture|Municipality)$", "", name)


def place_zh(row: Division) -> str:
    """Return prefecture and county, short."""
    parts = [row.parent, row] if row.parent and row.parent.level > Division.Level.PROVINCE else [row]
    return " ".join(short_name(each.name_zh) for each in parts)


def place_en(row: Division) -> str:
    """Return county and prefecture; "" where either has no English name."""
    parts = [row, row.parent] if row.parent and row.parent.level > Division.Level.PROVINCE else [row]
    names = [short_en(each.name_en) for each in parts]
    return ", ".join(names) if all(names) else ""


def place(row: Division) -> str:
    """Return the place in the reader's language; Chinese where there is no other."""
    return (english() and place_en(row)) or place_zh(row)


def short(row: Division) -> str:
    """Return the division's own name, short, in the reader's language."""
    return (english() and short_en(row.name_en)) or short_name(row.name_zh)
