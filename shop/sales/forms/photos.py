"""Photos that go with a claim or a review."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile


class PhotosInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Cleans to a list of uploads; what they are is told by decoding them, elsewhere."""

    def __init__(self, **options: Any) -> None:
        options.setdefault(
            "widget", PhotosInput(attrs={"accept": "image/*", "multiple": True, "data-testid": "photos"})
        )
        super().__init__(**{"required": False, **options})

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return every upload."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(each, initial) for each in given if each]
