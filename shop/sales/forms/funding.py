"""A supplier's answer to being asked to fund an offer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.fields import LineField


class AnswerForm(forms.Form):
    """Agree, decline or withdraw; a reason where one likes to give it."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=[(word, word) for word in ("agree", "decline", "withdraw")],
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip
    reason = LineField(
        label=_("Reason, if you like"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"data-testid": "answer-reason"}),
    )
