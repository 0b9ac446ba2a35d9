"""Texts in files for spreadsheets: never a formula, and in a workbook exactly what was typed."""

import csv
import io
import xml.etree.ElementTree as ET
import zipfile

import pytest
from openpyxl import load_workbook

from shop.core.spreadsheets import csv_parts, inert, write_xlsx
from tests.cases.reading import rows, written

CASES = rows("exports.csv")


def workbook_of(*texts: str) -> bytes:
    target = io.BytesIO()
    write_xlsx(target, [("表", [["名称"], *([text] for text in texts)])])
    return target.getvalue()


def raw_texts(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            ET.fromstring(archive.read(name))
        shared = archive.read("xl/sharedStrings.xml") if "xl/sharedStrings.xml" in archive.namelist() else None
        parts = shared or archive.read("xl/worksheets/sheet1.xml")
    return ["".join(each.itertext()) for each in ET.fromstring(parts).iter() if each.tag.endswith(("}si", "}is"))][1:]


@pytest.mark.parametrize("case", [case for case in CASES if case["where"] == "xlsx"], ids=lambda case: case["text"])
def test_a_workbook_shows_a_text_as_its_case_says(case: dict[str, str]) -> None:
    data = workbook_of(written(case["text"]))
    cell = load_workbook(io.BytesIO(data)).active["A2"]
    assert cell.data_type == "s"
    # A spreadsheet program reads _x005F_ as the underscore.
    assert [text.replace("_x005F_", "_") for text in raw_texts(data)] == [case["shown"]]


@pytest.mark.parametrize("case", [case for case in CASES if case["where"] == "csv"], ids=lambda case: case["text"])
def test_a_csv_shows_a_text_as_its_case_says(case: dict[str, str]) -> None:
    assert "".join(csv_parts([[written(case["text"])]])) == f"\ufeff{case['shown']}\r\n"


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r=", "\n=", " =", "\u200b=", "\ufeff="]
)
def test_no_text_begins_a_formula(start: str) -> None:
    text = f"{start}HYPERLINK(1)"
    assert str(inert(text)).startswith("'")
    row = next(csv.reader(io.StringIO("".join(csv_parts([[text, 5, None]])).removeprefix("\ufeff"), newline="")))
    assert row[0].startswith("'")
    assert row[1:] == ["5", ""]
    cell = load_workbook(io.BytesIO(workbook_of(text))).active["A2"]
    assert cell.data_type == "s"
