"""What hosts fill in."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from livestream.rules import LONGEST_MESSAGE, MOST_DROP_PIECES
from shop.core.fields import LineField, MomentField, NumberField, PiecesField, YuanField


class DropForm(forms.Form):
    """A flash sale of one specification."""

    item = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    specification = forms.ChoiceField(label=_("Specification"))
    price = YuanField(label=_("Flash price, yuan"), min_value=Decimal("0.01"), max_digits=9, decimal_places=2)
    pieces = PiecesField(label=_("Pieces"), min_value=1, max_value=MOST_DROP_PIECES)
    minutes = NumberField(
        label=_("Minutes"), min_value=Decimal("0.5"), max_value=Decimal(120), decimal_places=1, initial=5
    )
    per_buyer = PiecesField(label=_("At most per buyer"), min_value=1, required=False)

    def __init__(self, *args: object, choices: list[tuple[str, str]] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as Django takes them
        self.fields["specification"].choices = choices or []  # type: ignore[attr-defined]  # a choice field
        for name, mode in (
            ("price", "decimal"),
            ("pieces", "numeric"),
            ("minutes", "decimal"),
            ("per_buyer", "numeric"),
        ):
            self.fields[name].widget.attrs |= {"class": "input num", "inputmode": mode, "data-testid": f"drop-{name}"}
        self.fields["specification"].widget.attrs |= {"class": "input", "data-testid": "drop-specification"}

    @property
    def lasts(self) -> timedelta:
        """How long it runs; of a valid form."""
        return timedelta(minutes=float(self.cleaned_data["minutes"]))


class PlanForm(forms.Form):
    """A session to come."""

    room = forms.ChoiceField(label=_("Live room"))
    title_zh = LineField(label=_("Title in Chinese"), max_length=40)
    title_en = LineField(label=_("Title in English"), max_length=80, required=False)
    planned_at = MomentField(
        label=_("Begins"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    )

    def __init__(self, *args: object, rooms: list[tuple[str, str]] | None = None, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as Django takes them
        self.fields["room"].choices = rooms or []  # type: ignore[attr-defined]  # a choice field
        for name in self.fields:
            self.fields[name].widget.attrs |= {"class": "input", "data-testid": f"plan-{name.replace('_', '-')}"}


class AnnouncementForm(forms.Form):
    """What stands above the chat."""

    text = LineField(label=_("Announcement"), max_length=LONGEST_MESSAGE, required=False)
