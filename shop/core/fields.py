"""Form fields for texts and for what `shop.core.codes` knows; their errors say the fix.

Every text that a person types comes through LineField or ParagraphsField, except passwords, which are taken as they are.
"""

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from shop.core import codes, texts
from shop.core.count_words import count_words
from shop.core.errors import DomainError
from shop.core.numbers import NotACount, plain_number, plain_yuan, read_count, whole_number
from shop.core.times import FIRST_DAY, FIRST_MOMENT, LAST_DAY, LAST_MOMENT


class LineField(forms.CharField):
    """A name or another text on one line, without what nobody can see."""

    def to_python(self, value: Any) -> Any:
        """Return it cleaned; what is left empty is judged so."""
        return super().to_python(None if value is None else texts.one_line(str(value)))


class ParagraphsField(forms.CharField):
    """A text of several lines, without what nobody can see."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> Any:
        """Return it cleaned, its lines kept."""
        return super().to_python(None if value is None else texts.many_lines(str(value)))


class NumberField(forms.DecimalField):
    """A decimal number as people type it, read by the one rule of `shop.core.numbers`.

    `unit` ("kg") stands behind the bounds in what is said of a number that is outside of them.
    """

    read: Callable[[str], str] = staticmethod(plain_number)

    def __init__(self, *, unit: Any = "", **options: Any) -> None:
        super().__init__(**options)
        for each in self.validators if unit else ():
            if isinstance(each, MinValueValidator):
                each.message = format_lazy(_("Enter %(limit_value)s {unit} or more."), unit=unit)
            elif isinstance(each, MaxValueValidator):
                each.message = format_lazy(_("Enter %(limit_value)s {unit} or less."), unit=unit)

    def to_python(self, value: Any) -> Any:
        """Return the Decimal, None for nothing."""
        if isinstance(value, str) and value.strip():
            try:
                value = self.read(value)
            except ValueError:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)


class YuanField(NumberField):
    """A sum in yuan: 1,280.50, ¥1280.5 and 1280.5 元."""

    read = staticmethod(plain_yuan)

    default_error_messages = {"invalid": _("Enter an amount in yuan, like 1280.00.")}


class WholeField(forms.IntegerField):
    """A whole number as people type it, read by the same rule: full-width digits are digits, "2_4" is no number.

    `units`: it counts these, so that one of the words may stand behind the number ("3 箱"), and nothing is below none.
    """

    def __init__(self, *, units: Collection[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.units = frozenset(units)

    def to_python(self, value: Any) -> Any:
        """Return the number, None for nothing."""
        if isinstance(value, str) and value.strip():
            try:
                return read_count(value, self.units) if self.units else whole_number(value)
            except ValueError:
                raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        return super().to_python(value)


class PiecesField(forms.IntegerField):
    """A number of pieces as people type it, read as in a file: "24件", "１２" and "1,200" are, "2 箱" is said to be none.

    What is said of another text names what was typed; a form's own `error_messages` stand for required and the bounds.
    """

    # A browser's own field of numbers hands over nothing of what it does not understand.
    widget = forms.TextInput

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.widget.attrs = {"inputmode": "numeric", "autocomplete": "off"} | self.widget.attrs

    def to_python(self, value: Any) -> Any:
        """Return the number, None for nothing."""
        if not isinstance(value, str) or not value.strip():
            return super().to_python(value)
        try:
            return read_count(value)
        except NotACount as error:
            least = self.min_value if isinstance(self.min_value, int) else 1
            said = count_words(error.fault, texts.one_line(value)[:40], least)
            raise ValidationError(said, code="invalid") from None


def _check_calendar(given: Any, first: Any, last: Any) -> None:
    """Raise ValidationError for a day, or a moment, that no calendar of ours holds."""
    if given is not None and not first <= given <= last:
        raise ValidationError(_("Enter a day between 2000 and 2199."), code="out_of_calendar")


class DayField(forms.DateField):
    """A day that a calendar of ours holds."""

    def to_python(self, value: Any) -> Any:
        """Return the day, None for nothing."""
        day = super().to_python(value)
        _check_calendar(day, FIRST_DAY, LAST_DAY)
        return day


class MomentField(forms.DateTimeField):
    """A day and a time that a calendar of ours holds."""

    def to_python(self, value: Any) -> Any:
        """Return the moment, None for nothing."""
        moment = super().to_python(value)
        _check_calendar(moment, FIRST_MOMENT, LAST_MOMENT)
        return moment


class SplitMomentField(forms.SplitDateTimeField):
    """The same, typed into two fields."""

    def compress(self, data_list: Any) -> Any:
        """Return the moment, None for nothing."""
        _check_calendar(data_list[0] if data_list else None, FIRST_DAY, LAST_DAY)
        return super().compress(data_list)


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
