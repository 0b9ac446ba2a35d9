"""Storing pictures: whatever is uploaded, only pixels that we encoded ourselves are ever served.

The kind is told by decoding, never by name or header; EXIF (with its GPS place), profiles' comments and anything
appended to the file are left behind by re-encoding. Orientation is applied before it is dropped.
"""

import hashlib
import io
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from catalog.models import Picture
from catalog.pictures import WIDTHS, file_name
from shop.core.errors import InvalidInput

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
MASTER = 1920
WEBP: dict[str, Any] = {"format": "WEBP", "quality": 80, "method": 4}
AVIF: dict[str, Any] = {"format": "AVIF", "quality": 58, "speed": 8}


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


def encode_picture(data: bytes, *, least_side: int = 1) -> Encoded:
    """Store WebP and AVIF of a picture at 240, 480 and 960 px (no wider than it is); no row is written.

    The derivative of 240 always exists. Raises UnusablePicture as `store_picture` does.
    """
    image = _decode(data)
    if min(image.size) < least_side:
        raise UnusablePicture(
            _("The picture is too small: its shorter side needs at least %(least)d pixels.") % {"least": least_side},
            code="picture_too_small",
            field="picture",
        )
    sha256 = hashlib.sha256(data).hexdigest()
    key = f"p/{sha256[:2]}/{sha256[:20]}{secrets.token_hex(4)}"
    widths = [width for width in WIDTHS if width <= image.width] or [WIDTHS[0]]
    for width in widths:
        _write(image, key, width)
    return Encoded(key, sha256, image.width, image.height, widths, _ground(image))


def store_picture(
    *,
    upload: IO[bytes],
    alt_zh: str = "",
    alt_en: str = "",
    actor: Any = None,
    at: datetime | None = None,
    least_side: int = 1,
) -> Picture:
    """Re-encode an upload (see `encode_picture`) and return its row.

    Raises UnusablePicture for more than 20 MB or 50 megapixels, and for what does not decode as JPEG, PNG, WebP or
    AVIF, or whose shorter side has fewer than `least_side` pixels.
    """
    data = upload.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise UnusablePicture(_("The picture is larger than 20 MB. Please choose a smaller one."), field="picture")
    encoded = encode_picture(data, least_side=least_side)
    return Picture.objects.create(
        **asdict(encoded), alt_zh=alt_zh, alt_en=alt_en, uploaded_by_id=getattr(actor, "pk", None)
    )


def _decode(data: bytes) -> Image.Image:
    """Return an upright RGB image of at most 1920 px a side; raise UnusablePicture for anything else."""
    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=FORMATS)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except Exception as error:
        raise UnusablePicture(
            _("This file is not a picture we can read. Please use JPEG, PNG, WebP or AVIF."), field="picture"
        ) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    try:
        # JPEG decodes small at once; the others shrink before anything else is copied.
        image.draft("RGB", (MASTER, MASTER))
        if image.mode not in {"RGB", "RGBA", "L"}:
            image = image.convert("RGBA" if "transparency" in image.info or image.mode in {"LA", "PA"} else "RGB")
        image.thumbnail((MASTER, MASTER), Image.Resampling.LANCZOS, reducing_gap=2.0)
        image = ImageOps.exif_transpose(image)
        if image.mode == "RGBA":
            paper = Image.new("RGB", image.size, "#FFFFFF")
            paper.paste(image, mask=image.getchannel("A"))
            return paper
        return image.convert("RGB")
    except Exception as error:
        raise UnusablePicture(
            _("The picture is damaged and can't be read. Please send it again."), field="picture"
        ) from error


def _too_many_pixels() -> UnusablePicture:
    return UnusablePicture(_("The picture has more than 50 megapixels. Please make it smaller."), field="picture")


def _write(image: Image.Image, key: str, width: int) -> None:
    height = max(1, round(image.height * width / image.width))
    small = image if width >= image.width else image.resize((width, height), Image.Resampling.LANCZOS)
    for kind, options in (("webp", WEBP), ("avif", AVIF)):
        buffer = io.BytesIO()
        small.save(buffer, exif=b"", icc_profile=None, **options)
        default_storage.save(file_name(key, width, kind), ContentFile(buffer.getvalue()))


def _ground(image: Image.Image) -> str:
    """Return the colour of the bottom-left corner, which the look keeps empty, as #RRGGBB."""
    side = max(1, image.width // 12)
    corner = image.crop((0, image.height - side, side, image.height)).resize((1, 1), Image.Resampling.BOX)
    red, green, blue = corner.getpixel((0, 0))  # type: ignore[misc]  # an RGB pixel has three parts
    return f"#{red:02X}{green:02X}{blue:02X}"
