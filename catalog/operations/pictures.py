"""Storing pictures: whatever is uploaded, only pixels that we encoded ourselves are ever served.

The kind is told by decoding, never by name or header; EXIF (with its GPS place), profiles' comments and anything
appended to the file are left behind by re-encoding. Orientation is applied before it is dropped. Pictures of
strangers are decoded in a child process (`shop.core.untrusted`), all of a request together.
"""

import hashlib
import io
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from catalog.models import Picture
from catalog.pictures import WIDTHS, file_name
from shop.core.errors import InvalidInput
from shop.core.private_files import private_storage
from shop.core.untrusted import MEMORY, Limits, Unreadable, child, read_in_child

MAX_BYTES = 20 * 1024 * 1024
# What cameras of 50 megapixels make is a little more: 8192 × 6144, 8256 × 6192.
MAX_PIXELS = 52_000_000
# Of all pictures of one request; a JPEG counts a quarter, since it is unpacked at a fraction of its size.
MAX_TOGETHER = 60_000_000
MAX_BYTES_TOGETHER = 60 * 1024 * 1024
OWN_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
# What phones send besides is only opened in the child.
FORMATS = (*OWN_FORMATS, "HEIF")
MASTER = 1920
# HEIC is unpacked whole: one of 48 megapixels takes half a gigabyte, and has some megabytes itself.
LARGE_HEIC = 3 * 1024 * 1024
LARGE_HEIC_MEMORY = 544 * 1024 * 1024
WEBP: dict[str, Any] = {"format": "WEBP", "quality": 80, "method": 4}
AVIF: dict[str, Any] = {"format": "AVIF", "quality": 58, "speed": 8, "max_threads": 1}
KINDS = (WEBP, AVIF)


class UnusablePicture(InvalidInput):
    """What was uploaded is no picture that we take. `field` is "picture"."""

    code = "unusable_picture"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A picture whose derivatives are stored, and what its row will say. Sizes in pixels."""

    key: str
    sha256: str
    width: int
    height: int
    widths: list[int]
    ground: str


def encode_picture(data: bytes) -> Encoded:
    """Store WebP and AVIF of a picture of our own at 240, 480 and 960 px (no wider than it is); no row is written.

    The derivative of 240 always exists. For what came from outside, see `store_pictures`.
    """
    image = child.decode(Image.open(io.BytesIO(data), formats=OWN_FORMATS), MASTER)
    widths = [width for width in WIDTHS if width <= image.width] or [WIDTHS[0]]
    made = [each for width in widths for each in child.encode(image, width, list(KINDS))]
    facts = {"width": image.width, "height": image.height, "widths": widths, "ground": child.ground(image)}
    return _keep(data, facts, made, default_storage)


def store_picture(
    *,
    upload: IO[bytes],
    alt_zh: str = "",
    alt_en: str = "",
    actor: Any = None,
    at: datetime | None = None,
    least_side: int = 1,
    is_private: bool = False,
) -> Picture:
    """Re-encode an upload and return its row; see `store_pictures`."""
    return store_pictures(
        uploads=[upload], alt_zh=alt_zh, alt_en=alt_en, actor=actor, at=at, least_side=least_side, is_private=is_private
    )[0]


def store_pictures(
    *,
    uploads: Sequence[IO[bytes]],
    alt_zh: str = "",
    alt_en: str = "",
    actor: Any = None,
    at: datetime | None = None,
    least_side: int = 1,
    is_private: bool = False,
) -> list[Picture]:
    """Re-encode the uploads of one request, in a child process, and return their rows.

    Private ones are kept outside the public media (`shop.core.private_files`). Raises UnusablePicture for more than
    20 MB or 50 megapixels, for too many of them together, and for what does not decode as JPEG, PNG, WebP, HEIC or AVIF, or
    whose shorter side has fewer than `least_side` pixels; TooBusy when many files are being read.
    """
    files = [_read(upload) for upload in uploads]
    if not files:
        return []
    if sum(len(data) for data in files) > MAX_BYTES_TOGETHER:
        raise _unusable("too_many_together", least_side)
    kinds = list(KINDS[:1] if is_private else KINDS)
    memory = LARGE_HEIC_MEMORY if any(map(_is_large_heic, files)) else MEMORY
    limits = Limits(memory=memory, cpu_seconds=4 + len(files), wall_seconds=20)
    try:
        facts, made = read_in_child(
            "pictures", files, limits=limits, kinds=kinds, widths=WIDTHS, master=MASTER, formats=FORMATS,
            least_side=least_side, max_pixels=MAX_PIXELS, max_total=MAX_TOGETHER,
        )  # fmt: skip
    except Unreadable as error:
        raise _unusable(error.reason, least_side) from error
    storage = private_storage() if is_private else default_storage
    rows, start = [], 0
    for data, each in zip(files, facts["pictures"], strict=True):
        count = len(each["widths"]) * len(kinds)
        rows.append(
            Picture(
                **asdict(_keep(data, each, made[start : start + count], storage, kinds)),
                alt_zh=alt_zh,
                alt_en=alt_en,
                is_private=is_private,
                uploaded_by_id=getattr(actor, "pk", None),
            )
        )
        start += count
    for row in rows:
        row.save()
    return rows


def _is_large_heic(data: bytes) -> bool:
    return len(data) > LARGE_HEIC and data[4:8] == b"ftyp" and data[8:11] in (b"hei", b"hev", b"mif")


def _read(upload: IO[bytes]) -> bytes:
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnusablePicture(_("The picture is larger than 20 MB. Please choose a smaller one."), field="picture")
    return data


def _keep(
    data: bytes,
    facts: dict[str, Any],
    made: Sequence[bytes],
    storage: Storage,
    kinds: Sequence[dict[str, Any]] = KINDS,
) -> Encoded:
    """Store what was made of a picture under a name that nobody guesses."""
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"p/{sha256[:2]}/{sha256[:20]}{secrets.token_hex(8)}"
    names = [file_name(key, width, kind["format"].lower()) for width in facts["widths"] for kind in kinds]
    for name, content in zip(names, made, strict=True):
        storage.save(name, ContentFile(content))
    return Encoded(key, sha256, facts["width"], facts["height"], facts["widths"], facts["ground"])


def _unusable(reason: str, least_side: int) -> UnusablePicture:
    words = {
        "kind": _("This file is not a picture we can read. Please use JPEG, PNG, WebP, HEIC or AVIF."),
        "damaged": _("The picture is damaged and can't be read. Please send it again."),
        "too_many": _("The picture has more than 50 megapixels. Please make it smaller."),
        "too_many_together": _("The pictures are too large together. Please send fewer, or smaller ones."),
        "too_small": _("The picture is too small: its shorter side needs at least %(least)d pixels.")
        % {"least": least_side},
        "too_large": _("This picture takes too much to be read. Please save it as JPEG and send it again."),
    }
    code = "picture_too_small" if reason == "too_small" else None
    return UnusablePicture(words[reason], code=code, field="picture")


def delete_pictures(pictures: Sequence[Picture], *, of: Any) -> None:
    """Delete the rows `of` that point to the pictures, the pictures, and after the commit their files."""
    of.delete()
    Picture.objects.filter(pk__in=[picture.pk for picture in pictures]).delete()
    transaction.on_commit(lambda: _delete_files(pictures))


def _delete_files(pictures: Sequence[Picture]) -> None:
    for picture in pictures:
        storage = private_storage() if picture.is_private else default_storage
        for width in picture.widths:
            for kind in KINDS:
                storage.delete(file_name(picture.key, width, kind["format"].lower()))
