"""Forms of an order's buyer: reviews, claims, finding a guest's order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.money import to_fen
from shop.sales.forms.photos import PhotosField
from shop.sales.states import AfterSaleKind


class ReviewForm(forms.Form):
    """Stars, words, photos."""

    stars = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one to five stars.")},
    )
    text = forms.CharField(
        label=_("How was it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "data-testid": "review-text"}),
        error_messages={"required": _("Write a few words for those who buy next.")},
    )
    photos = PhotosField(label=_("Photos"))


class AfterSaleForm(forms.Form):
    """What is asked for, how much, why."""

    kind = forms.ChoiceField(label=_("What do you need?"), widget=forms.RadioSelect)
    quantity = forms.IntegerField(
        label=_("Pieces concerned"),
        min_value=1,
        widget=forms.NumberInput(attrs={"inputmode": "numeric", "data-testid": "claim-quantity"}),
    )
    amount = forms.DecimalField(
        label=_("Amount in yuan"),
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-testid": "claim-amount"}),
    )
    reason = forms.CharField(
        label=_("What is wrong?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "data-testid": "claim-reason"}),
        error_messages={"required": _("Say in a few words what is wrong.")},
    )
    photos = PhotosField(label=_("Photos"))

    def __init__(self, *args: Any, kinds: tuple[str, ...] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["kind"].choices = [(kind, AfterSaleKind(kind).label) for kind in kinds]  # type: ignore[attr-defined]  # set by for_supplier, or the widget of a choice field

    @property
    def amount_fen(self) -> int:
        """The amount in 分."""
        return to_fen(self.cleaned_data["amount"])


class FindOrderForm(forms.Form):
    """A guest's phone and order number."""

    number = forms.CharField(
        label=_("Order number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        error_messages={"required": _("Enter the number of the order.")},
    )
    phone = forms.CharField(
        label=_("Phone given with the order"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter a mobile number of 11 digits.")},
    )
