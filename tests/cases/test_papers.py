"""Names with rare characters on labels and certificates: each of them is drawn."""

import pytest
from fontTools.ttLib import TTFont

from tests.cases.reading import named, rows
from traceability.operations import printing

CASES = [case for case in rows("exports.csv", "text") if case["where"] == "pdf"]
OWN = [
    "𡃁仔村",
    "王㙘",
    "李䶮",
    "〇七农场",
    "𠮷野家",
    "邨上",
    "髙橋",
    "黄埔·麻涌",
    "龙门县永汉镇",
    "Ünal 果园",
    "No. 5 “A”",
]


@pytest.fixture(scope="module")
def drawn() -> set[int]:
    """Every character that one of the fonts draws."""
    files = [file for folder in printing.FONTS for file in folder.glob("*.ttf")]
    return {sign for file in files for sign in TTFont(file, lazy=True).getBestCmap()}


@pytest.mark.parametrize("text", [case["text"] for case in CASES] + OWN)
def test_each_character_of_a_name_is_drawn(text: str, drawn: set[int]) -> None:
    assert [sign for sign in text if ord(sign) not in drawn] == []


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "text"))
def test_a_label_with_the_name_is_printed(case: dict[str, str]) -> None:
    label = {"code": "A", "qr": printing._qr("a"), "names": [case["text"]], "more": 0, "lots": ["1"], "supplier": case["text"],
             "harvested": "", "shipped": "", "stopped": ""}  # fmt: skip
    assert printing._compile("labels", {"labels": [label]}).startswith(b"%PDF")
