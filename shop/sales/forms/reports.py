"""What a report is asked for: period, province, channel."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shop.core.fields import DayField
from shop.sales import periods
from shop.sales.periods import Period
from shop.sales.queries.reports import CHANNELS
from shop.sales.queries.reports.dimensions import channel_name

PRESET_NAMES = {
    periods.YEAR: _("This year"),
    periods.QUARTER: _("This quarter"),
    periods.MONTH: _("This month"),
    periods.LAST_YEAR: _("Last year"),
    periods.CUSTOM: _("From … to …"),
}


def _day(testid: str) -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "data-testid": testid})


class ReportForm(forms.Form):
    """The filters of a report, read from the address. Nothing given is this year, everything."""

    period = forms.ChoiceField(
        label=_("Period"), choices=list(PRESET_NAMES.items()), required=False,
        widget=forms.Select(attrs={"data-testid": "report-period"}),
    )  # fmt: skip
    since = DayField(label=_("First day"), required=False, input_formats=["%Y-%m-%d"], widget=_day("report-since"))
    until = DayField(label=_("Last day"), required=False, input_formats=["%Y-%m-%d"], widget=_day("report-until"))
    province = forms.ChoiceField(
        label=_("Goods from"), required=False, widget=forms.Select(attrs={"data-testid": "report-province"})
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, widget=forms.Select(attrs={"data-testid": "report-channel"})
    )

    def __init__(self, *given: Any, provinces: Sequence[tuple[str, str]] = (), today: date, **facts: Any) -> None:
        """Take the provinces to choose from, and which day it is."""
        super().__init__(*given, **facts)
        self.today = today
        self._field("province").choices = [("", _("All provinces")), *provinces]
        self._field("channel").choices = [("", _("All channels")), *((code, channel_name(code)) for code in CHANNELS)]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    def clean(self) -> dict[str, Any]:
        """Say beside the field what is wrong with a period of one's own."""
        found = super().clean() or {}
        since, until = found.get("since"), found.get("until")
        if self._is_custom(found):
            for name in ("since", "until"):
                if found.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Enter a day."))
            if since and since < periods.FIRST_DAY:
                self.add_error("since", _("There are no orders before 2020."))
            elif since and until and since > until:
                self.add_error("until", _("The last day must not be before the first."))
            elif since and until and (until - since).days > periods.LONGEST_DAYS:
                self.add_error("until", _("At most twelve years at a time."))
        return found

    def _is_custom(self, found: dict[str, Any]) -> bool:
        name = found.get("period")
        return name == periods.CUSTOM or (not name and bool(found.get("since") or found.get("until")))

    @property
    def chosen(self) -> Period:
        """The period that is asked for; this year where it is wrong."""
        found = self.cleaned_data if self.is_valid() else {}
        if found and self._is_custom(found):
            return Period(found["since"], found["until"])
        return periods.preset(found.get("period") or periods.YEAR, self.today)

    @property
    def preset(self) -> str:
        """The code of the chosen preset."""
        found = getattr(self, "cleaned_data", {})
        return periods.CUSTOM if self._is_custom(found) else found.get("period") or periods.YEAR
