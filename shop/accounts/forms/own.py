"""Profile and address book."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.accounts.models import Address
from shop.core.division_fields import DivisionFields
from shop.core.fields import LineField, PhoneField, PostcodeField

TAGS = [("", _("No tag")), *Address.TAG_NAMES.items()]


class ProfileForm(forms.Form):
    """The name."""

    name = LineField(
        label=_("Your name"),
        max_length=60,
        required=False,
        help_text=_("Others see only its first character, in reviews."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class AddressForm(DivisionFields):
    """A delivery address."""

    name = LineField(
        label=_("Recipient"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Enter who receives the parcel.")},
    )
    phone = PhoneField(label=_("Mobile number"), error_messages={"required": _("Enter a mobile number of 11 digits.")})
    street = LineField(
        label=_("Street, building, door"),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "address-line1"}),
        error_messages={"required": _("Enter street, building and door.")},
    )
    postcode = PostcodeField(label=_("Postcode"), required=False)
    tag = forms.ChoiceField(label=_("Tag"), choices=TAGS, required=False, widget=forms.RadioSelect)
    is_default = forms.BooleanField(label=_("Use as the default address"), required=False)

    field_order = ("name", "phone", "province", "city", "division", "street", "postcode", "tag", "is_default")

    @classmethod
    def initial_of(cls, address: Address) -> dict[str, Any]:
        """Return the form's values of a stored address."""
        return {
            "name": address.name,
            "phone": address.phone,
            "division": address.division_id,
            "street": address.street,
            "postcode": address.postcode,
            "tag": address.tag,
            "is_default": address.is_default,
        }

    @property
    def facts(self) -> dict[str, Any]:
        """What `save_address` takes."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "phone": data["phone"],
            "division_code": data["division"],
            "street": data["street"],
            "postcode": data["postcode"],
            "tag": data["tag"],
            "is_default": data["is_default"],
        }


class EraseForm(forms.Form):
    """The question before an account is erased."""

    sure = forms.BooleanField(
        label=_("I understand that this can't be undone"),
        error_messages={"required": _("Tick this first: it can't be undone.")},
    )
