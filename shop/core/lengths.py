"""How long texts may be that people write to each other: what is longer is refused, never cut."""

from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput

LONGEST = 200


def check_length(text: str, field: str, most: int = LONGEST) -> str:
    """Return `text` without the space around it. Raises InvalidInput (code `too_long`) on `field` where it is longer."""
    text = text.strip()
    if len(text) > most:
        raise InvalidInput(_("At most %(most)d characters, please.") % {"most": most}, code="too_long", field=field)
    return text
