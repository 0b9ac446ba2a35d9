"""What donors and beneficiaries fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.fields import LineField, ParagraphsField
from shop.core.numbered import typed_number


class GiveForm(forms.Form):
    """How the donor wants to be named. Pieces are read beside it."""

    donor_name = LineField(label=_("Your name on the certificate"), max_length=60, required=False)
    message = LineField(label=_("A few words to them"), max_length=120, required=False)


class ReceiptForm(forms.Form):
    """A photo of what arrived, and a few words."""

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
