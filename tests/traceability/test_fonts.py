"""Rare characters of names are drawn on labels and certificates, not boxed."""

from fontTools.ttLib import TTFont

from traceability.operations.printing import FONTS, SHEETS

RARE = "𠮷𡃁䶮㙓"


def test_each_rare_character_has_a_face_that_the_sheets_name():
    faces = [TTFont(path, lazy=True).getBestCmap() for folder in FONTS for path in folder.glob("*.ttf")]
    assert [char for char in RARE if not any(ord(char) in face for face in faces)] == []
    for sheet in ("labels.typ", "certificate.typ"):
        assert '("Noto Sans SC", "Noto Sans TC", "Noto Sans JP")' in (SHEETS / sheet).read_text()
