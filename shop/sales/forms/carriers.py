"""A carrier in the back office: its pattern can be read by people and costs no time, and its example fits."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _

from shop.core.back_office import DatedForm
from shop.sales.models import Carrier
from shop.sales.rules import is_number_pattern


class CarrierForm(DatedForm):
    """A carrier in a time. Its example shows what its pattern means, so it has to fit."""

    of_one_kind = ("code",)

    class Meta:
        model = Carrier
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        """Refuse a pattern that is none, and an example that doesn't fit."""
        data = super().clean()
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
