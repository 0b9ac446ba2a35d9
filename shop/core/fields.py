"""Form fields for what `shop.core.codes` knows; their errors say the fix."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from shop.core import codes
from shop.core.errors import DomainError


class _CodeField(forms.CharField):
    """Text that a function of `shop.core.codes` understands."""

    rule: Callable[[str], str]

    def clean(self, value: Any) -> str:
        """Return the code as it is stored, "" for nothing where nothing is allowed."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            return type(self).rule(text)
        except DomainError as error:
            raise ValidationError(str(error.message), code=error.code) from error


class PhoneField(_CodeField):
    """A mobile number; cleans to 11 digits."""

    rule = staticmethod(codes.clean_phone)
    widget = forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 30, **options})


class PostcodeField(_CodeField):
    """Six digits."""

    rule = staticmethod(codes.clean_postcode)
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "postal-code"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 20, **options})


class CreditCodeField(_CodeField):
    """A unified social credit code."""

    rule = staticmethod(codes.clean_credit_code)
    widget = forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 40, **options})
