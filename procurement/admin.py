"""The rules of the reserved share in the back office: numbers with years and documents, never constants of the code."""

import re
from typing import Any

from django.utils.translation import gettext as _

from procurement.models import DeclarationSnapshot, QuotaDeclaration, QuotaPolicy
from procurement.rules.quota import is_month_day
from shop.core.back_office import DatedAdmin, DatedForm, site, today_as


class PolicyForm(DatedForm):
    """A rule of a region and basis, for years."""

    days = ("from_year", "until_year")
    of_one_kind = ("region_code", "basis", "canteen")

    def clean(self) -> dict[str, Any]:
        """Refuse what no rule can say, beside its field."""
        data = super().clean()
        if data.get("ratio_bp") is not None and data["ratio_bp"] > 10_000:
            self.add_error("ratio_bp", _("At most 10000, which is all of it."))
        if data.get("term_days") is not None and not 1 <= data["term_days"] <= 60:
            self.add_error("term_days", _("From 1 to 60 days: the law allows no more."))
        for name in ("declare_by", "fulfil_by"):
            if data.get(name) and not is_month_day(data[name]):
                self.add_error(name, _("A month and a day, like 03-31."))
        if data.get("region_code") and not re.fullmatch(r"\d{2}(\d{2}){0,2}", data["region_code"], re.ASCII):
            self.add_error("region_code", _("2, 4 or 6 digits, or nothing."))
        return data


class PolicyAdmin(DatedAdmin):
    """What declarations were worked out by stays: another number is a row of its own, from another year on."""

    form = PolicyForm
    list_display = ("name_zh", "region_code", "basis", "canteen", "ratio_bp", "from_year", "until_year", "document")
    list_filter = ("basis",)
    ordering = ("region_code", "basis", "-from_year")

    words = ("document", "name_zh", "name_en")

    def has_begun(self, obj: Any) -> bool:
        """Tell whether it is of a year gone by, or declarations stand on it: this year's may be put right before."""
        used = any(model.objects.filter(policy=obj).exists() for model in (QuotaDeclaration, DeclarationSnapshot))
        return used or obj.from_year < today_as(obj.from_year)


def register() -> None:
    """Put the rules into the back office; called once when the hooks are wired."""
    site.register(QuotaPolicy, PolicyAdmin)
