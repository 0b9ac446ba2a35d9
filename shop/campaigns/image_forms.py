"""Pictures that staff put into pages: what was uploaded is never kept, only pixels that we encoded ourselves."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from shop.campaigns.cleaned_texts import CleanedTexts
from shop.core.errors import DomainError
from shop.core.untrusted import Limits, read_in_child
from shop.core.untrusted.readers import TooManyFiles

MASTER = 2560
MAX_PIXELS = 52_000_000
MAX_BYTES = 20 * 1024 * 1024
WEBP = {"format": "WEBP", "quality": 88, "method": 4}


class EncodedImageField(WagtailImageField):
    """Takes what a child process made of an upload; nothing else reads a stranger's file, Wagtail's own checks neither.

    It is WebP of at most 2,560 pixels a side, without EXIF or what was appended, under a name that nobody guesses.
    """

    def to_python(self, data: Any) -> Any:
        """Return the encoded picture, checked as Wagtail checks pictures."""
        if not data:
            return None
        content = data.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise ValidationError(_("The picture is larger than 20 MB. Please choose a smaller one."))
        try:
            _facts, made = read_in_child(
                "pictures", [content], limits=Limits(cpu_seconds=8, wall_seconds=20), kinds=[WEBP], widths=[MASTER],
                master=MASTER, formats=("JPEG", "PNG", "WEBP", "AVIF", "GIF", "HEIF"), least_side=1, max_pixels=MAX_PIXELS,
                max_total=MAX_PIXELS,
            )  # fmt: skip
        except TooManyFiles as error:
            raise ValidationError(str(error.message)) from error
        except DomainError as error:
            raise ValidationError(_("This picture can't be read. Please save it as JPEG and send it again.")) from error
        name = f"{secrets.token_hex(16)}.webp"
        return super().to_python(SimpleUploadedFile(name, made[0], content_type="image/webp"))


class EncodedImageForm(CleanedTexts, BaseImageForm):
    """The CMS's form of a picture, with a field that encodes anew."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "file" in self.fields:
            plain = self.fields["file"]
            self.fields["file"] = EncodedImageField(
                required=plain.required, label=plain.label, widget=plain.widget, initial=plain.initial
            )
