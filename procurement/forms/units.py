"""Declaration, address, budget, decisions, lists."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from procurement.models import QuotaDeclaration
from procurement.operations.declarations import Declared
from procurement.states import CanteenMode, Fund
from shop.core.division_fields import DivisionFields
from shop.core.fields import LineField, ParagraphsField, PhoneField, WholeField, YuanField
from shop.core.money import to_fen, to_yuan
from shop.sales.states import Terms

DECIMAL = {"inputmode": "decimal", "autocomplete": "off"}


class DeclarationForm(forms.Form):
    """A year's declaration; amounts in 元."""

    version = WholeField(min_value=0, widget=forms.HiddenInput)
    canteen = forms.ChoiceField(label=_("Canteen"), choices=CanteenMode.choices, widget=forms.RadioSelect)
    canteen_spend = YuanField(
        label=_("Food bought for the canteen in the year, yuan"),
        max_digits=13,
        decimal_places=2,
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=DECIMAL),
    )
    represented_by = forms.TypedChoiceField(
        label=_("Declared by"), required=False, coerce=int, empty_value=None, choices=()
    )
    union = YuanField(
        label=_("The labour union buys on top, yuan"),
        max_digits=13,
        decimal_places=2,
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=DECIMAL),
    )
    union_funds = YuanField(
        label=_("Funds of the labour union in the year, yuan"),
        max_digits=13,
        decimal_places=2,
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=DECIMAL),
    )
    union_gifts = YuanField(
        label=_("Gifts of the labour union in the year, yuan"),
        max_digits=13,
        decimal_places=2,
        required=False,
        min_value=0,
        widget=forms.TextInput(attrs=DECIMAL),
    )
    contact_name = LineField(
        label=_("Contact"), max_length=40, error_messages={"required": _("Enter who can be asked.")}
    )
    contact_phone = PhoneField(
        label=_("Mobile number"), error_messages={"required": _("Enter a mobile number of 11 digits.")}
    )
    note = LineField(label=_("Note"), max_length=200, required=False)
    change_reason = LineField(
        label=_("Why it is changed"),
        max_length=200,
        error_messages={"required": _("Say why the confirmed declaration is changed.")},
    )

    def __init__(
        self, *args: Any, sisters: Sequence[tuple[int, str]] = (), amends: bool = False, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        if not amends:
            del self.fields["change_reason"]
        self.fields["represented_by"].choices = [("", _("No one: we declare ourselves")), *sisters]  # type: ignore[attr-defined]  # a choice field

    @staticmethod
    def initial_of(declaration: QuotaDeclaration | None) -> dict[str, Any]:
        """Return what the form shows of a declaration."""
        if declaration is None:
            return {"version": 0, "canteen": CanteenMode.OWN}
        return {
            "version": declaration.version,
            "canteen": declaration.canteen,
            "canteen_spend": to_yuan(declaration.canteen_spend_fen),
            "union": to_yuan(declaration.union_fen),
            "union_funds": to_yuan(declaration.union_funds_fen),
            "union_gifts": to_yuan(declaration.union_gifts_fen),
            "represented_by": declaration.represented_by_id or "",
            "contact_name": declaration.contact_name,
            "contact_phone": declaration.contact_phone,
            "note": declaration.note,
        }

    @property
    def declared(self) -> Declared:
        """What was filled in."""
        given = self.cleaned_data
        return Declared(
            canteen=given["canteen"],
            canteen_spend_fen=to_fen(given["canteen_spend"] or 0),
            union_fen=to_fen(given["union"] or 0),
            union_funds_fen=to_fen(given["union_funds"] or 0),
            union_gifts_fen=to_fen(given["union_gifts"] or 0),
            represented_by_id=given["represented_by"] if given["canteen"] == CanteenMode.SHARED else None,
            contact_name=given["contact_name"],
            contact_phone=given["contact_phone"],
            note=given["note"],
            change_reason=given.get("change_reason", ""),
        )


class DecisionForm(forms.Form):
    """One decision with a reason, on the version that was read."""

    version = WholeField(min_value=1, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=_("Your decision"), choices=[("approve", "approve"), ("return", "return")],
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip
    reason = ParagraphsField(
        label=_("Reason"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "data-testid": "decision-reason"}),
    )

    @property
    def approves(self) -> bool:
        """Whether it is a yes."""
        return bool(self.cleaned_data["decision"] == "approve")


class FactsForm(forms.Form):
    """Whose money, when it is paid, in which year it is to be ordered, a note for the approver."""

    fund = forms.ChoiceField(label=_("Paid by"), choices=Fund.choices, widget=forms.RadioSelect)
    terms = forms.ChoiceField(
        label=_("When it is paid"),
        choices=[(Terms.POSTPAID, _("Goods first, payment after acceptance")), (Terms.PREPAID, _("Payment first"))],
        widget=forms.RadioSelect,
    )
    year = forms.TypedChoiceField(label=_("To be ordered in"), coerce=int, widget=forms.RadioSelect)
    note = LineField(label=_("Note for the approver"), max_length=200, required=False)

    def __init__(self, *args: Any, this_year: int, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["year"].choices = [(each, str(each)) for each in (this_year, this_year + 1)]  # type: ignore[attr-defined]  # a choice field


class ListForm(forms.Form):
    """A shopping list: pasted, or a file of a spreadsheet program."""

    text = ParagraphsField(
        label=_("Paste codes and quantities"),
        required=False,
        max_length=60_000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "data-testid": "list-text"}),
    )
    file = forms.FileField(
        label=_("Or a file: Excel (.xlsx) or CSV"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt", "data-testid": "list-file"}),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given = super().clean() or {}
        if not self.errors and not given.get("text", "").strip() and not given.get("file"):
            raise forms.ValidationError(_("Paste a list or choose a file."))
        return given


class BudgetForm(forms.Form):
    """By how much a fund's budget of a year changes, and why."""

    fund = forms.ChoiceField(
        label=_("Fund"), choices=Fund.choices, widget=forms.RadioSelect, initial=Fund.CANTEEN, required=False
    )
    amount = YuanField(
        label=_("Raise by, yuan (minus lowers)"),
        max_digits=13,
        decimal_places=2,
        widget=forms.TextInput(attrs=DECIMAL),
        error_messages={"required": _("Enter an amount."), "invalid": _("Enter an amount in yuan, like 12000.00.")},
    )
    reason = LineField(
        label=_("Why it changes"),
        max_length=200,
        error_messages={"required": _("Say why the budget changes.")},
    )
    key = LineField(max_length=40, required=False, widget=forms.HiddenInput)

    def clean_amount(self) -> Any:
        """Refuse a change by nothing."""
        if not self.cleaned_data["amount"]:
            raise forms.ValidationError(_("Enter an amount."))
        return self.cleaned_data["amount"]

    @property
    def chosen_fund(self) -> str:
        """The fund, the canteen's by default."""
        return str(self.cleaned_data["fund"] or Fund.CANTEEN)

    @property
    def fen(self) -> int:
        """By how much, in 分."""
        return to_fen(self.cleaned_data["amount"])


class PayerForm(forms.Form):
    """An account that the unit pays from."""

    payer_name = LineField(
        label=_("Account's holder"),
        max_length=120,
        error_messages={"required": _("Enter the account's holder, as it stands on a statement.")},
    )
    payer_bank = LineField(label=_("Bank"), max_length=80, error_messages={"required": _("Enter the bank.")})
    payer_account = LineField(
        label=_("Account number"),
        max_length=50,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Enter the account number: 8 to 34 digits.")},
    )


class DeliveryForm(DivisionFields):
    """Where a unit's goods go."""

    name = LineField(label=_("Recipient"), max_length=40)
    phone = PhoneField(label=_("Mobile number"))
    street = LineField(label=_("Street, building, door"), max_length=160)

    field_order = ("name", "phone", "province", "city", "division", "street")


class AcceptanceRuleForm(forms.Form):
    """How many people accept together."""

    needs_two_receivers = forms.BooleanField(
        label=_("Two people accept the goods together (required for school canteens)"), required=False
    )
