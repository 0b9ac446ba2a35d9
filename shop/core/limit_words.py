"""What forms say of a number, a text or a file name that is too small or too long: one place for all of them.

Django's own words ("Ensure this value is greater than or equal to …") speak to programmers. A form that knows better
says so in its `error_messages` or, where only the unit is known, as `NumberField(unit=…)`.
"""

from typing import Any

from django.core import validators
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy


def install() -> None:
    """Give Django's validators the words of this shop, for every form and model field."""
    words: dict[Any, Any] = {
        validators.MinValueValidator: _("Enter %(limit_value)s or more."),
        validators.MaxValueValidator: _("Enter %(limit_value)s or less."),
        validators.MinLengthValidator: ngettext_lazy(
            "Too short: at least %(limit_value)d character, this has %(show_value)d.",
            "Too short: at least %(limit_value)d characters, this has %(show_value)d.",
            "limit_value",
        ),
        validators.MaxLengthValidator: ngettext_lazy(
            "Too long: at most %(limit_value)d character, this has %(show_value)d.",
            "Too long: at most %(limit_value)d characters, this has %(show_value)d.",
            "limit_value",
        ),
    }
    for validator, message in words.items():
        validator.message = message
    decimals: dict[str, Any] = {
        "invalid": _("Enter a number."),
        "max_digits": ngettext_lazy("At most %(max)s digit in all.", "At most %(max)s digits in all.", "max"),
        "max_decimal_places": ngettext_lazy(
            "At most %(max)s digit after the point.", "At most %(max)s digits after the point.", "max"
        ),
        "max_whole_digits": ngettext_lazy(
            "At most %(max)s digit before the point.", "At most %(max)s digits before the point.", "max"
        ),
    }
    validators.DecimalValidator.messages = decimals
