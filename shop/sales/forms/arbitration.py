"""The platform's decision on an after-sales case."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.fields import ParagraphsField, YuanField
from shop.core.money import to_fen, to_yuan
from shop.sales.states import Verdict


class JudgeForm(forms.Form):
    """What is decided, how much, why. What may not be granted is not offered."""

    verdict = forms.ChoiceField(
        label=_("Decision"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what is decided."),
            "invalid_choice": _("Choose what is decided."),
        },
    )
    amount = YuanField(
        label=_("Amount to give back, in yuan"),
        required=False,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-testid": "judge-amount"}),
    )
    reason = ParagraphsField(
        label=_("Reason: both sides read it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 4, "data-testid": "judge-reason"}),
        error_messages={"required": _("Say why: both sides read it.")},
    )

    def __init__(self, *args: Any, mosts: tuple[int, int], **options: Any) -> None:
        """`mosts`: 分 that may be granted without a return, and with one."""
        options.setdefault("initial", {"amount": to_yuan(max(mosts)) if max(mosts) else None})
        super().__init__(*args, **options)
        possible = [
            (verdict.value, verdict.label)
            for verdict, most in ((Verdict.REFUND, mosts[0]), (Verdict.RETURN, mosts[1]), (Verdict.DISMISS, 1))
            if most
        ]
        self.fields["verdict"].choices = possible  # type: ignore[attr-defined]  # the field is a choice field

    @property
    def amount_fen(self) -> int:
        """The amount in 分, 0 for none. What the page filled in by itself is no amount of a dismissal."""
        if self.cleaned_data["verdict"] == Verdict.DISMISS and "amount" not in self.changed_data:
            return 0
        return to_fen(self.cleaned_data.get("amount") or Decimal(0))
