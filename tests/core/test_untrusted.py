"""Files of strangers: bombs end the child that reads them, never the server; the bombs are built here."""

import io
import resource
import struct
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from catalog.models import Picture
from catalog.operations.pictures import MAX_TOGETHER, UnusablePicture, store_pictures
from procurement import lists
from shop.core.errors import InvalidInput
from shop.core.untrusted import Limits, Unreadable, read_in_child, read_table

SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml"
 ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def workbook(sheet: str, *, sheets: int = 1, strings: str = "", styles: str = "") -> bytes:
    """Return an XLSX file of these parts, packed as small as it gets."""
    buffer = io.BytesIO()
    listed = '<sheet name="s" sheetId="1" r:id="rId1"/>' * sheets
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": SHEET.format(sheet),
        "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}">{strings}</sst>',
    }
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


CELL = "<c><v>1</v></c>"
BOMBS = {
    "one row of 2.3 million cells": lambda: workbook(f"<row>{CELL * 2_300_000}</row>"),
    "a million rows numbered 1": lambda: workbook(f'<row r="1">{CELL}</row>' * 1_000_000),
    "many sheets": lambda: workbook("", sheets=900_000),
    "shared strings": lambda: workbook("", strings="<si><t>x</t></si>" * 1_500_000),
    "styles": lambda: workbook("", styles=f"<cellXfs>{'<xf/>' * 3_000_000}</cellXfs>"),
    "more than a list unpacks to": lambda: workbook(" " * 60_000_000),
}


def memory() -> int:
    """Resident MB of this process now."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_bomb_is_refused_and_the_server_does_not_grow(name):
    data = BOMBS[name]()
    assert len(data) < 2_000_000
    before, begun = memory(), time.monotonic()
    with pytest.raises(InvalidInput) as refused:
        lists.read("", SimpleUploadedFile("list.xlsx", data))
    assert (refused.value.field, refused.value.code) == ("file", "unreadable_file")
    assert "远大于一份清单" in str(refused.value.message)
    assert memory() - before < 40
    # The child's own limit is 5 s of wall time; how fast the machine is, is no matter of this test.
    assert time.monotonic() - begun < 30


def test_a_small_list_is_read_as_it_is():
    rows = '<row r="1"><c r="A1" t="inlineStr"><is><t>编码</t></is></c><c r="B1"><v>3</v></c></row>'
    rows += '<row r="3"><c r="A3"><v>2.5</v></c></row>' + '<row r="9"><c r="A9" s="0"/></row>'
    assert read_table(workbook(rows), max_rows=10, max_columns=2) == [["编码", 3], [None, None], [2.5, None]]
    assert read_table("编码,数量\nA1,2\n".encode("gb18030"), max_rows=10, max_columns=5) == [
        ["编码", "数量"],
        ["A1", "2"],
    ]


@pytest.mark.parametrize("data", [b"PK\x03\x04 no archive", b"\xff\xfe\x00\x00\xff", b"a\0b"])
def test_what_is_no_table_is_refused_in_words(data):
    with pytest.raises(Unreadable) as refused:
        read_table(data, max_rows=10, max_columns=5)
    assert refused.value.reason == "damaged"


def test_more_rows_than_a_list_has_are_counted_not_read():
    with pytest.raises(Unreadable) as refused:
        read_table(b"a,1\n" * 100_000, max_rows=700, max_columns=5)
    assert refused.value.reason == "too_many"


def test_the_child_has_limits_and_nothing_of_ours():
    with pytest.raises(Unreadable) as refused:
        read_in_child("no such job", [b""], limits=Limits(wall_seconds=5))
    assert refused.value.reason == "too_large"
    assert resource.getrlimit(resource.RLIMIT_AS)[0] in (
        resource.RLIM_INFINITY,
        resource.getrlimit(resource.RLIMIT_AS)[1],
    )


def png(width: int, height: int, colour: int = 2, rows: int | None = None) -> bytes:
    """Return a PNG of one colour, written row by row: 147 MB of pixels in 150 kB."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    channels = {0: 1, 2: 3, 6: 4}[colour]
    packer = zlib.compressobj(9)
    row = bytes(1 + channels * width)
    body = b"".join(packer.compress(row) for _ in range(rows or height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: [png(7000, 7000)] * 6, "合起来太大"),
        (lambda: [png(7000, 7000, 6)], "开销太大"),
        (lambda: [png(30_000, 30_000, 0, rows=10)], "5000 万像素"),
        (lambda: [b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"], "JPEG"),
    ],
)
def test_picture_bombs_are_refused_and_the_server_does_not_grow(make, words):
    files = make()
    assert sum(len(data) for data in files) < 2_000_000
    before = memory()
    with pytest.raises(UnusablePicture) as refused:
        store_pictures(uploads=[io.BytesIO(data) for data in files])
    assert words in str(refused.value.message)
    assert memory() - before < 40
    assert Picture.objects.count() == 0


@pytest.mark.django_db
def test_six_photos_of_a_phone_are_within_what_one_request_may_have():
    buffer = io.BytesIO()
    Image.new("RGB", (4000, 3000), "#DBE2D0").save(buffer, "JPEG")
    assert MAX_TOGETHER > 6 * 4000 * 3000 // 4
    rows = store_pictures(uploads=[io.BytesIO(buffer.getvalue()) for _ in range(2)])
    assert [(row.width, row.height, row.widths) for row in rows] == [(1920, 1440, [240, 480, 960])] * 2
    assert len({row.key for row in rows}) == 2
