"""Pictures that come as base64; what they are is told by decoding them, elsewhere."""

import base64
import binascii
import io

from django.utils.translation import gettext as _

from shop.core.api.problems import Problem


def decoded(photos: list[str], field: str = "photos") -> list[io.BytesIO]:
    """Return the pictures that were sent. Raises Problem for what is no base64."""
    try:
        return [io.BytesIO(base64.b64decode(each, validate=True)) for each in photos]
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "invalid", _("Pictures are sent as base64."), field=field) from error
