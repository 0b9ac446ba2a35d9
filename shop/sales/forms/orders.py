"""Forms of an order's buyer: reviews, claims, finding a guest's order."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.fields import LineField, ParagraphsField, PiecesField, YuanField
from shop.core.money import to_fen
from shop.core.numbers import read_id
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
    text = ParagraphsField(
        label=_("How was it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "data-testid": "review-text"}),
        error_messages={"required": _("Write a few words for those who buy next.")},
    )
    photos = PhotosField(label=_("Photos"))


class AfterSaleForm(forms.Form):
    """What is asked for, how much, why."""

    kind = forms.ChoiceField(label=_("What do you need?"), widget=forms.RadioSelect)
    quantity = PiecesField(
        label=_("Pieces concerned"),
        min_value=1,
        widget=forms.TextInput(attrs={"data-testid": "claim-quantity"}),
    )
    amount = YuanField(
        label=_("Amount in yuan"),
        max_digits=10,
        decimal_places=2,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-testid": "claim-amount"}),
    )
    reason = ParagraphsField(
        label=_("What is wrong?"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "data-testid": "claim-reason"}),
        error_messages={"required": _("Say in a few words what is wrong.")},
    )
    photos = PhotosField(label=_("Photos"))

    def __init__(self, *args: Any, kinds: tuple[str, ...] = (), mosts: tuple[int, ...] = (), **options: Any) -> None:
        """`mosts`: 分 that can come back for 1, 2, … pieces of the line."""
        super().__init__(*args, **options)
        self.mosts = mosts
        self.fields["quantity"].widget.attrs["max"] = max(1, len(mosts))
        self.fields["kind"].choices = [(kind, AfterSaleKind(kind).label) for kind in kinds]  # type: ignore[attr-defined]  # set by for_supplier, or the widget of a choice field

    def clean_quantity(self) -> int:
        """Refuse more than can be asked for before any photo is looked at."""
        quantity: int = self.cleaned_data["quantity"]
        if quantity > len(self.mosts):
            raise forms.ValidationError(_("%(n)d pieces can be asked for.") % {"n": len(self.mosts)}, code="too_much")
        return quantity

    @property
    def amount_fen(self) -> int:
        """The amount in 分; left empty, all that can come back for these pieces."""
        amount = self.cleaned_data["amount"]
        return self.most_fen if amount is None else to_fen(amount)

    @property
    def pieces(self) -> int:
        """How many pieces stand in the form now, within what was sent."""
        typed = read_id(str(self["quantity"].value() or "").strip(), most_digits=8)
        return max(1, min(typed or len(self.mosts), len(self.mosts)))

    @property
    def most_fen(self) -> int:
        """分 that can come back for the pieces that stand in the form."""
        return self.mosts[self.pieces - 1] if self.mosts else 0


class FindOrderForm(forms.Form):
    """A guest's phone and order number."""

    number = LineField(
        label=_("Order number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocapitalize": "characters", "autocomplete": "off"}),
        error_messages={"required": _("Enter the number of the order.")},
    )
    phone = LineField(
        label=_("Phone given with the order"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
        error_messages={"required": _("Enter a mobile number of 11 digits.")},
    )
