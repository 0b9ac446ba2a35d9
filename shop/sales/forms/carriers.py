"""A carrier in the back office: its pattern can be read by people and costs no time, and its example fits."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BooleanField, CheckboxInput
from django.utils.translation import gettext_lazy as _

from shop.core.back_office import DatedForm
from shop.sales.models import Carrier
from shop.sales.rules import is_number_pattern

POSITION = 9_999
CODE = re.compile(r"[a-z][a-z0-9]{0,19}")


class CarrierForm(DatedForm):
    """A carrier in a time. Its example shows what its pattern means, so it has to fit."""

    of_one_kind = ("code",)

    is_renamed = BooleanField(
        label=_("The same carrier under a new name"), required=False, widget=CheckboxInput(),
        help_text=_("From its first day it replaces the row with this code; parcels of before keep the name they had."),
    )  # fmt: skip

    class Meta:
        model = Carrier
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        """Refuse a pattern that is none, and an example that doesn't fit."""
        data = super().clean()
        self._check_name()
        pattern, example = self._value("number_pattern"), self._value("example")
        if not pattern or "number_pattern" in self.errors:
            return data
        if not is_number_pattern(pattern):
            self.add_error(
                "number_pattern",
                _("Use letters, digits, \\d, [A-Z], {12,13}, | and (YT)? only, nothing repeated twice."),
            )
        elif example and not re.fullmatch(pattern, example, re.ASCII):
            self.add_error("example", _("The example does not fit the pattern."))
        return data

    def clean_code(self) -> str:
        """Refuse capitals and signs: a code stands on parcels, and two that read alike would be two carriers."""
        code = str(self.cleaned_data["code"])
        if CODE.fullmatch(code) is None:
            raise ValidationError(_("Lower-case letters and digits, a letter first."))
        return code

    def clean_position(self) -> int:
        """Refuse places that no list has."""
        position = int(self.cleaned_data["position"])
        if position > POSITION:
            raise ValidationError(_("At most %(most)d.") % {"most": POSITION})
        return position

    def _check_name(self) -> None:
        """Ask once where a row that is added takes over the code of a carrier with another name."""
        code, name = self.cleaned_data.get("code"), self.cleaned_data.get("name_zh")
        known = Carrier.objects.filter(code=code).order_by("-valid_from").first() if code and name else None
        if self.instance.pk or known is None or known.name_zh == name or self.cleaned_data.get("is_renamed"):
            return
        self.add_error(
            "code",
            _("%(name)s has this code already. Choose another, or say below that this is its new name.")
            % {"name": known.name_zh},
        )
