"""Forms of a supplier's stock: what came or went, and a count of the shelf."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.states import STOCK_REASON_WAYS, TYPED_REASONS, StockReason
from shop.core.fields import LineField, PiecesField, WholeField, YuanField

MOST_PIECES = 1_000_000
_WHOLE = _("Enter a whole number, 0 or more.")


def _note() -> forms.CharField:
    return LineField(
        label=_("Note"), max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


def _reasons() -> list[Any]:
    """The reasons in groups: those of pieces that came, of pieces that went, and of both."""
    groups: list[tuple[Any, frozenset[int]]] = [
        (_("Pieces came"), frozenset({1})),
        (_("Pieces went"), frozenset({-1})),
        (_("Either way"), frozenset({1, -1})),
    ]
    return [
        (words, [(str(each), each.label) for each in TYPED_REASONS if STOCK_REASON_WAYS[each] == ways])
        for words, ways in groups
    ]


def _pieces(label: Any, testid: str, least: int) -> PiecesField:
    wrong = _WHOLE if least == 0 else _("Enter a whole number, 1 or more.")
    return PiecesField(
        label=label,
        min_value=least,
        max_value=MOST_PIECES,
        widget=forms.TextInput(attrs={"data-testid": testid}),
        error_messages={
            "required": wrong,
            "invalid": wrong,
            "min_value": wrong,
            "max_value": _("At most a million pieces."),
        },
    )


class _KeyedForm(forms.Form):
    """A form whose `key` is its own: sent twice, it is one change."""

    key = LineField(max_length=40, required=False, widget=forms.HiddenInput)

    def with_key(self, key: str) -> Any:
        """Return the form as it was refused, ready to be sent again as another change."""
        return self._again(key=key)

    def _again(self, **changes: Any) -> Any:
        again = type(self)({**self.data.dict(), **changes})
        again._errors = self.errors
        return again


class AdjustForm(_KeyedForm):
    """Pieces that came or went, and why."""

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
        choices=_reasons(),
        initial=StockReason.HARVEST,
        widget=forms.Select(attrs={"data-testid": "adjust-reason"}),
        error_messages={"required": _("Say why."), "invalid_choice": _("Say why.")},
    )
    note = _note()

    @property
    def change(self) -> int:
        """Pieces to add; below zero where they went."""
        number = int(self.cleaned_data["pieces"])
        return -number if self.cleaned_data["way"] == "out" else number


class CountForm(_KeyedForm):
    """What was counted on the whole shelf, on which version of it."""

    counted = _pieces(_("Counted on the shelf"), "counted", 0)
    note = _note()
    version = WholeField(min_value=0, widget=forms.HiddenInput)

    def on_version(self, version: int) -> "CountForm":
        """Return the form as it was refused, ready to be sent again as a count of `version`."""
        return self._again(version=version)


class FloorForm(forms.Form):
    """Down to which price live rooms of others may sell it."""

    floor = YuanField(
        label=_("Lowest live price, yuan"),
        required=False,
        min_value=Decimal("0.01"),
        max_digits=9,
        decimal_places=2,
        help_text=_("Empty: nobody but you sells it live for less than your shop does."),
        widget=forms.TextInput(
            attrs={"class": "input num", "inputmode": "decimal", "autocomplete": "off", "data-testid": "floor"}
        ),
    )
