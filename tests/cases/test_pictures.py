"""Pictures as phones, cameras, scanners and browsers make them: taken, and shown in their own colours."""

import io
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from catalog.operations import pictures
from catalog.operations.pictures import UnusablePicture, store_picture
from catalog.pictures import file_name
from tests import factories
from tests.cases.own_pictures import Made, all_made
from tests.cases.reading import DATA, entries, named

pytestmark = pytest.mark.django_db
CASES = entries("pictures/index.json")


def shown(data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """Return the widest derivative of an upload, and the size that is said of it."""
    picture = store_picture(upload=io.BytesIO(data), at=factories.AT)
    with default_storage.open(file_name(picture.key, max(picture.widths), "webp")) as stream:
        return Image.open(io.BytesIO(stream.read())).convert("RGB"), (picture.width, picture.height)


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "file"))
def test_a_picture_is_shown_as_its_case_says(case: dict[str, Any]) -> None:
    data = (DATA / "pictures" / case["file"]).read_bytes()
    if not case["accepted"]:
        with pytest.raises(UnusablePicture):
            shown(data)
        return
    image, size = shown(data)
    if "size" in case:
        wide, high = case["size"]
        assert abs(size[0] / size[1] - wide / high) < 0.01
        assert size[0] <= wide
    for pixel in case.get("pixels", ()):
        at = (round(pixel["x"] * (image.width - 1)), round(pixel["y"] * (image.height - 1)))
        found = image.getpixel(at)
        assert max(abs(one - other) for one, other in zip(found, pixel["rgb"], strict=True)) <= case["tolerance"], (
            at,
            found,
        )


OWN = all_made()


def test_pictures_of_our_own_are_shown_in_their_colours() -> None:
    """Read together, by as few children as may be: each child starts anew."""
    wrong: list[str] = []
    for start in range(0, len(OWN), 12):
        some: list[Made] = OWN[start : start + 12]
        uploads = [io.BytesIO(data) for _name, data, _at, _colour in some]
        rows = pictures.store_pictures(uploads=uploads, at=factories.AT)
        for (name, _data, (x, y), colour), row in zip(some, rows, strict=True):
            with default_storage.open(file_name(row.key, max(row.widths), "webp")) as stream:
                image = Image.open(io.BytesIO(stream.read())).convert("RGB")
            found = image.getpixel((round(x * (image.width - 1)), round(y * (image.height - 1))))
            if max(abs(one - other) for one, other in zip(found, colour, strict=True)) > 10:
                wrong.append(f"{name}: {found} for {colour}")
    assert wrong == []


@pytest.mark.parametrize("data", [b"\0\0\0\x18ftypheic" + b"\0" * 40, b"\xff\xd8\xff\xe0", b"", b"GIF89a"])
def test_what_only_begins_like_a_picture_is_refused_in_words(data: bytes) -> None:
    with pytest.raises(UnusablePicture, match="HEIC"):
        shown(data)
