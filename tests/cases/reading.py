"""The case files, and the characters in them that can't be seen."""

import csv
import json
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def written(text: str) -> str:
    """Return a cell as it is typed: \\u200b is a character of its own."""
    return text.encode("latin-1", "backslashreplace").decode("unicode_escape")


def rows(name: str, *escaped: str) -> list[dict[str, str]]:
    """Return the rows of a CSV file, `escaped` columns as they are typed."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    return [row | {column: written(row[column]) for column in escaped} for row in found]


def entries(name: str) -> list[dict[str, Any]]:
    """Return the entries of a JSON file."""
    return list(json.loads((DATA / name).read_text(encoding="utf-8")))


def named(cases: list[dict[str, Any]], *columns: str) -> list[str]:
    """Return a name of each case for the report of the tests."""
    return [
        f"{number}-" + "-".join(str(case.get(column) or "") for column in columns)[:60]
        for number, case in enumerate(cases, 1)
    ]
