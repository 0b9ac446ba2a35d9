"""What a buyer fills in at the checkout."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shop.core.division_fields import DivisionFields
from shop.core.fields import CreditCodeField, LineField, PhoneField, PostcodeField

NEW = "new"
NO_INVOICE, PERSON, COMPANY = "", "person", "company"
INVOICE_FIELDS = ("invoice_title", "invoice_tax_no", "invoice_email")


class CheckoutForm(DivisionFields):
    """Address (one of the book, or a new one), invoice. Notes, coupon and lines are read beside it."""

    address = LineField(required=False, max_length=20)
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
    invoice = forms.ChoiceField(
        required=False,
        choices=[(NO_INVOICE, pgettext_lazy("invoice", "None")), (PERSON, _("Personal")), (COMPANY, _("Company"))],
    )
    invoice_title = LineField(label=_("Invoice title"), max_length=120, required=False)
    invoice_tax_no = CreditCodeField(label=_("Tax number"), required=False)
    invoice_email = forms.EmailField(
        label=_("E-mail for the invoice"),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": _("This is not an e-mail address.")},
    )

    field_order = ("address", "name", "phone", "province", "city", "division", "street", "postcode")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.wants_book_address:
            for each in ("name", "phone", "division", "street"):
                self.fields[each].required = False

    @property
    def wants_book_address(self) -> bool:
        """Whether an address of the book was chosen."""
        given = self.data if self.is_bound else self.initial
        return str(given.get("address") or NEW) != NEW

    def clean_division(self) -> str:
        """Return the county's code; "" with an address of the book."""
        return "" if self.wants_book_address else super().clean_division()

    def clean(self) -> dict[str, Any]:
        """An invoice has a title; a company's has its tax number."""
        data = super().clean() or {}
        kind = data.get("invoice", NO_INVOICE)
        # What was typed for an invoice that is not wanted any more is folded away: nobody could mend it.
        for name in () if kind == COMPANY else ("invoice_tax_no",) if kind else INVOICE_FIELDS:
            self.errors.pop(name, None)
            data.setdefault(name, "")
        if kind and not data.get("invoice_title") and "invoice_title" not in self.errors:
            self.add_error("invoice_title", _("Enter who the invoice is made out to."))
        if kind == COMPANY and not data.get("invoice_tax_no") and "invoice_tax_no" not in self.errors:
            self.add_error("invoice_tax_no", _("Enter the company's tax number: 18 characters."))
        return data
