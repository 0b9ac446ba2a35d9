"""Putting the published list of divisions into our table."""

import json
from collections.abc import Callable
from pathlib import Path

from django.db import transaction

from shop.core.models import Division

from .naming import UNSAID
from .pasting import forget_names

LEVELS = (
    ("province_list", Division.Level.PROVINCE, 2),
    ("city_list", Division.Level.PREFECTURE, 4),
    ("county_list", Division.Level.COUNTY, 6),
)
PROVINCE_DIGITS, PREFECTURE_DIGITS = 2, 4
ROWS_AT_ONCE = 500


def load_divisions(*, path: Path, progress: Callable[[int, int], None] | None = None) -> int:
    """Create or rename every division of the JSON file `path`; return how many there are.

    The file holds `province_list`, `city_list` and `county_list`, each code of six digits → name. Codes are
    stored without the zeros that fill them up. What we know besides (assisted, watched) stays as it is.
    `progress(done, total)` is called after each batch. Raises OSError or ValueError for an unusable file.
    """
    rows = read_divisions(json.loads(path.read_text(encoding="utf-8")))
    with transaction.atomic():
        for start in range(0, len(rows), ROWS_AT_ONCE):
            batch = rows[start : start + ROWS_AT_ONCE]
            Division.objects.bulk_create(
                batch,
                update_conflicts=True,
                unique_fields=["code"],
                update_fields=["parent", "level", "name_zh", "name_en", "full_name_zh", "full_name_en"],
            )
            if progress:
                progress(start + len(batch), len(rows))
    forget_names()
    return len(rows)


def read_divisions(lists: dict[str, dict[str, str]]) -> list[Division]:
    """Return unsaved divisions of the three lists, parents before children. Raises ValueError for a missing list."""
    from .romanising import english_name  # reason: pinyin's dictionaries are 30 MB that only loading needs

    rows: dict[str, Division] = {}
    for key, level, digits in LEVELS:
        if key not in lists:
            raise ValueError(f"{key} is missing")
        for filled, name_zh in sorted(lists[key].items()):
            code = filled[:digits]
            parent = rows.get(code[:-2])
            if level > Division.Level.PROVINCE and parent is None:
                raise ValueError(f"{filled} {name_zh} lies in no division of the list")
            name_en = english_name(code, name_zh)
            rows[code] = Division(
                code=code,
                parent=parent,
                level=level,
                name_zh=name_zh,
                name_en=name_en,
                full_name_zh=_full_zh(parent, name_zh),
                full_name_en=_full_en(parent, name_zh, name_en),
            )
    return list(rows.values())


def _is_said(parent: Division | None, name_zh: str) -> bool:
    """A municipality's only prefecture repeats its name; groups of counties have none."""
    return name_zh not in UNSAID and (parent is None or parent.name_zh != name_zh)


def _full_zh(parent: Division | None, name_zh: str) -> str:
    above = parent.full_name_zh if parent else ""
    return above + name_zh if _is_said(parent, name_zh) else above


def _full_en(parent: Division | None, name_zh: str, name_en: str) -> str:
    if parent is None:
        return name_en
    return f"{name_en}, {parent.full_name_en}" if _is_said(parent, name_zh) else parent.full_name_en
