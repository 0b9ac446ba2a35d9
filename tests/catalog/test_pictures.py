"""What may be uploaded, and what is kept of it."""

import io
import struct
import zlib

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from catalog.models import Picture
from catalog.operations.pictures import UnusablePicture, store_picture
from catalog.pictures import file_name, rendition
from tests import factories

pytestmark = pytest.mark.django_db


def encoded(size=(1200, 900), kind="JPEG", colour="#DBE2D0", **options) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, colour).save(buffer, kind, **options)
    return buffer.getvalue()


def store(data: bytes, **options) -> Picture:
    return store_picture(upload=io.BytesIO(data), actor=None, at=factories.AT, **options)


def stored(picture: Picture, width: int, kind: str = "webp") -> Image.Image:
    with default_storage.open(file_name(picture.key, width, kind)) as stream:
        return Image.open(io.BytesIO(stream.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_becomes_webp_and_avif_in_three_widths(kind):
    picture = store(encoded(kind=kind), alt_zh="金柚", alt_en="Pomelo")
    assert (picture.width, picture.height, picture.widths) == (1200, 900, [240, 480, 960])
    for width in picture.widths:
        assert stored(picture, width).size == (width, width * 3 // 4)
        assert (stored(picture, width).format, stored(picture, width, "avif").format) == ("WEBP", "AVIF")
    assert (picture.alt_zh, picture.alt_en) == ("金柚", "Pomelo")
    red, green, blue = (int(picture.ground[i : i + 2], 16) for i in (1, 3, 5))
    assert abs(red - 0xDB) < 4
    assert abs(green - 0xE2) < 4
    assert abs(blue - 0xD0) < 4


def test_small_pictures_are_not_blown_up():
    picture = store(encoded(size=(100, 80)))
    assert picture.widths == [240]
    assert stored(picture, 240).size == (100, 80)
    assert store(encoded(size=(500, 500))).widths == [240, 480]


def test_place_and_camera_are_left_behind_and_orientation_is_applied():
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera of 陈某"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (24.0, 16.0, 30.0)
    picture = store(encoded(size=(1200, 800), exif=exif.tobytes()))
    assert (picture.width, picture.height) == (800, 1200)
    for width in picture.widths:
        for kind in ("webp", "avif"):
            image = stored(picture, width, kind)
            assert image.height > image.width
            assert 0x8825 not in image.getexif()
            assert 0x010F not in image.getexif()
            with default_storage.open(file_name(picture.key, width, kind)) as stream:
                assert b"Camera" not in stream.read()


def test_what_is_appended_to_a_picture_is_not_kept():
    payload = b"<html><script>alert(1)</script>"
    picture = store(encoded(kind="PNG") + payload)
    for width in picture.widths:
        for kind in ("webp", "avif"):
            with default_storage.open(file_name(picture.key, width, kind)) as stream:
                assert b"script" not in stream.read()


def bomb(side: int) -> bytes:
    """A PNG that says it is `side` x `side`, in few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(10_000))) + chunk(b"IEND", b"")


REFUSED = {
    "nothing": b"",
    "text": b"a,b,c\n",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "html called jpg": b"<!doctype html><script>alert(1)</script>",
    "gif": None,
    "pdf": b"%PDF-1.7\n",
    "bomb of 30,000": bomb(30_000),
    "bomb of 13,100": bomb(13_100),
    "50 megapixels and a bit": bomb(7_100),
    "cut off": encoded(kind="PNG", size=(2000, 2000))[:400],
    "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refuses(name):
    data = REFUSED[name]
    if data is None:
        data = encoded(kind="GIF")
    with pytest.raises(UnusablePicture) as refusal:
        store(data)
    assert refusal.value.field == "picture"
    assert str(refusal.value)
    assert not Picture.objects.exists()
    assert not default_storage.exists("p")


def test_refuses_more_than_20_megabytes():
    with pytest.raises(UnusablePicture, match="20 MB"):
        store(encoded(kind="PNG") + bytes(20 * 1024 * 1024))


def test_transparent_pictures_stand_on_white():
    buffer = io.BytesIO()
    Image.new("RGBA", (300, 300), (0, 0, 0, 0)).save(buffer, "PNG")
    assert store(buffer.getvalue()).ground == "#FFFFFF"


def test_rendition_names_its_sources():
    shown = rendition("p/00/abc", [240, 480], size=(600, 400), ground="#DBE2D0")
    assert shown.src == "/media/p/00/abc-480.webp"
    assert shown.srcset == "/media/p/00/abc-240.webp 240w, /media/p/00/abc-480.webp 480w"
    assert shown.avif_srcset == "/media/p/00/abc-240.avif 240w, /media/p/00/abc-480.avif 480w"
