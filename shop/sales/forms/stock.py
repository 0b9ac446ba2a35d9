"""Forms of a supplier's stock: what came or went, and a count of the shelf."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.states import StockReason
from shop.core.fields import LineField

MOST_PIECES = 1_000_000
_WHOLE = _("Enter a whole number, 0 or more.")


def _note() -> forms.CharField:
    return LineField(
        label=_("Note"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _pieces(label: Any, testid: str, least: int) -> forms.IntegerField:
    wrong = _WHOLE if least == 0 else _("Enter a whole number, 1 or more.")
    return forms.IntegerField(
        label=label,
        min_value=least,
        max_value=MOST_PIECES,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-testid": testid}),
        error_messages={
            "required": wrong,
            "invalid": wrong,
            "min_value": wrong,
            "max_value": _("At most a million pieces."),
        },
    )


class AdjustForm(forms.Form):
    """Pieces that came or went, and why. `key` is the form's own: sent twice, it is one change."""

    way = forms.ChoiceField(
        label=_("Came or went"),
        choices=[("in", _("Pieces came")), ("out", _("Pieces went"))],
        widget=forms.RadioSelect,
        initial="in",
        error_messages={"required": _("Say whether pieces came or went.")},
    )
    pieces = _pieces(_("How many pieces"), "adjust-pieces", 1)
    reason = forms.ChoiceField(
        label=_("Why"),
        choices=StockReason.choices,
        initial=StockReason.HARVEST,
        widget=forms.Select(attrs={"data-testid": "adjust-reason"}),
        error_messages={"required": _("Say why."), "invalid_choice": _("Say why.")},
    )
    note = _note()
    key = LineField(max_length=40, required=False, widget=forms.HiddenInput)

    @property
    def change(self) -> int:
        """Pieces to add; below zero where they went."""
        number = int(self.cleaned_data["pieces"])
        return -number if self.cleaned_data["way"] == "out" else number


class CountForm(forms.Form):
    """What was counted on the whole shelf, on which version of it."""

    counted = _pieces(_("Counted on the shelf"), "counted", 0)
    note = _note()
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    key = LineField(max_length=40, required=False, widget=forms.HiddenInput)

    def on_version(self, version: int) -> "CountForm":
        """Return the form as it was refused, ready to be sent again as a count of `version`."""
        again = CountForm({**self.data.dict(), "version": version})
        again._errors = self.errors
        return again
