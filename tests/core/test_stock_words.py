"""Words of counts and pools: "另存" is what a program does with a file, and nobody ends a "专场" by that name."""

from pathlib import Path

from babel.messages.pofile import read_po
from django.conf import settings

PACKAGES = ("shop", "catalog", "procurement", "traceability", "livestream")


def test_goods_are_set_apart_and_files_are_saved_as() -> None:
    texts = []
    for package in PACKAGES:
        for path in (Path(settings.BASE_DIR) / package).rglob("*.po"):
            with path.open("rb") as file:
                texts += [str(each.string) for each in read_po(file)]
    assert len(texts) > 1000
    assert [text for text in texts if "另存" in text and "另存为" not in text] == []
    assert [text for text in texts if "结束专场" in text] == []
