"""The sample world as TOML files: short texts are "中文 | English", long ones have a key per language.

Real places and produce; every cooperative, person and figure is invented.
"""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PICTURES = HERE.parent / "pictures"

Row = dict[str, Any]


def read(name: str) -> Row:
    """Return the file `name`.toml of the world."""
    return tomllib.loads((HERE / f"{name}.toml").read_text(encoding="utf-8"))


def rows(folder: str, key: str) -> Iterator[Row]:
    """Yield the rows called `key` of every file in a folder of the world, in the order of the files' names."""
    for path in sorted((HERE / folder).glob("*.toml")):
        yield from tomllib.loads(path.read_text(encoding="utf-8"))[key]


def pair(text: str) -> tuple[str, str]:
    """Return Chinese and English of "中文 | English"; one part stands for both."""
    zh, _bar, en = text.partition(" | ")
    return zh.strip(), (en or zh).strip()


def english(row: Row, key: str) -> tuple[str, str]:
    """Return the long text `key` of a row in both languages."""
    return row[f"{key}_zh"].strip(), row[f"{key}_en"].strip()
