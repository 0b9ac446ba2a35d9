"""What staff upload to the CMS is encoded anew: no place, no camera, no other file inside, no name to guess."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.images.models import Image as Stored

from tests.factories import make_user

pytestmark = pytest.mark.django_db


def upload(data: bytes, name: str = "village.jpg") -> tuple[int, str]:
    staff = make_user()
    type(staff).objects.filter(pk=staff.pk).update(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    form = {"title": "果园", "file": SimpleUploadedFile(name, data), "collection": "1", "focal_point_x": ""}
    answer = client.post("/cms/images/add/", form)
    return answer.status_code, answer.content.decode()


def test_an_original_keeps_neither_place_nor_name_nor_what_was_appended() -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of 陈某"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (24.0, 16.0, 30.0)
    data = io.BytesIO()
    Image.new("RGB", (1200, 800), "#DBE2D0").save(data, "JPEG", exif=exif.tobytes())
    upload(data.getvalue() + b"<html><script>alert(1)</script>", "chen-xiaomin-13800002046.jpg")
    row = Stored.objects.get()
    assert re.fullmatch(r"original_images/[0-9a-f]{32}\.webp", row.file.name)
    assert (row.width, row.height, row.title) == (1200, 800, "果园")
    with row.file.open() as stream:
        kept = stream.read()
    assert b"script" not in kept
    assert b"Camera" not in kept
    image = Image.open(io.BytesIO(kept))
    assert (image.format, dict(image.getexif())) == ("WEBP", {})


@pytest.mark.parametrize("data", [b"<svg xmlns='x'><script>1</script></svg>", b"GIF89a nothing more"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    status, _page = upload(data, "a.svg" if data.startswith(b"<") else "a.gif")
    assert (status, Stored.objects.count()) == (200, 0)
