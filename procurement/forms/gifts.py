"""What donors and beneficiaries fill in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.operations.receiving import Arrived
from procurement.queries.given import sent_of
from procurement.texts import words
from shop.core.fields import LineField, ParagraphsField, PiecesField
from shop.core.numbered import typed_number


class GiveForm(forms.Form):
    """How the donor wants to be named. Pieces are read beside it."""

    donor_name = LineField(label=_("Your name on the certificate"), max_length=60, required=False)
    message = LineField(label=_("A few words to them"), max_length=120, required=False)


class ReceiptForm(forms.Form):
    """A photo of what arrived, a few words, and what was not as it should be."""

    photo = forms.FileField(
        label=_("A photo of what arrived"),
        widget=forms.FileInput(attrs={"accept": "image/*", "capture": "environment", "data-testid": "receipt-photo"}),
        error_messages={"required": _("Take a photo of what arrived.")},
    )
    message = ParagraphsField(
        label=_("A few words to the donor"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-testid": "receipt-words"}),
    )

    fault = LineField(
        label=_("What was missing or damaged"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"data-testid": "receipt-fault"}),
    )

    def __init__(self, *args: Any, lines: Sequence[Any] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.lines = [(line, sent_of(line)) for line in lines if sent_of(line)]
        for line, pieces in self.lines:
            self.fields[f"accepted-{line.pk}"] = PiecesField(
                label=words(line.name_zh, line.name_en),
                min_value=0,
                initial=pieces,
                required=False,
                widget=forms.TextInput(attrs={"data-testid": f"accepted-{line.pk}", "inputmode": "numeric"}),
            )

    @property
    def line_fields(self) -> list[tuple[Any, int, forms.BoundField]]:
        """Each line with the pieces that were sent, and the field of those that arrived well."""
        return [(line, pieces, self[f"accepted-{line.pk}"]) for line, pieces in self.lines]

    @property
    def asks_fault(self) -> bool:
        """Whether the part on what was wrong is open: something of it was typed, or refused."""
        if not self.is_bound:
            return False
        return bool(self.arrived.accepted or self.errors.keys() - {"photo", "message"} or self.data.get("fault"))

    @property
    def arrived(self) -> Arrived:
        """What was said of what arrived. Lines that were left empty, or say what was sent, arrived whole."""
        said = {line.pk: self.cleaned_data.get(f"accepted-{line.pk}") for line, _pieces in self.lines}
        sent = {line.pk: pieces for line, pieces in self.lines}
        return Arrived(
            self.cleaned_data.get("message", ""),
            {pk: pieces for pk, pieces in said.items() if pieces is not None and pieces != sent[pk]},
            self.cleaned_data.get("fault", ""),
        )


class VerifyForm(forms.Form):
    """The number of a certificate, as it is typed: small letters, without dashes, with spaces."""

    number = LineField(
        label=_("Number of the certificate"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "data-testid": "verify-number",
            }
        ),
        help_text=_("As it stands on the certificate, for example ZS26-7K2M-9QXD4T."),
        error_messages={"required": _("Enter the number of the certificate.")},
    )

    def clean_number(self) -> str:
        """Return the number as it is kept."""
        return typed_number(self.cleaned_data["number"])
