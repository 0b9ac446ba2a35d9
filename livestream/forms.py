"""What hosts fill in."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from livestream.rules import LONGEST_MESSAGE, MOST_DROP_PIECES
from shop.core.fields import LineField, MomentField, NumberField, PiecesField, WholeField, YuanField


class DropForm(forms.Form):
    """A flash sale of one specification."""

    item = WholeField(min_value=1, widget=forms.HiddenInput)
    specification = forms.ChoiceField(label=_("Specification"))
    price = YuanField(label=_("Flash price, yuan"), min_value=Decimal("0.01"), max_digits=9, decimal_places=2)
    pieces = PiecesField(label=_("Pieces"), min_value=1, max_value=MOST_DROP_PIECES)
    minutes = NumberField(
        label=_("Minutes"), min_value=Decimal("0.5"), max_value=Decimal(120), decimal_places=1, initial=5
    )
    per_buyer = PiecesField(label=_("At most per buyer"), min_value=1, required=False)
    # The price in 分 that was confirmed after it was said how deep the cut is.
    confirm = WholeField(min_value=1, required=False, widget=forms.HiddenInput)

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
        if rooms is None:
            # A session that is planned already stays in its room.
            del self.fields["room"]
        else:
            self.fields["room"].choices = rooms  # type: ignore[attr-defined]  # a choice field
        for name in self.fields:
            self.fields[name].widget.attrs |= {"class": "input", "data-testid": f"plan-{name.replace('_', '-')}"}


class RoomForm(forms.Form):
    """A live room to be opened."""

    supplier = forms.ChoiceField(label=_("Whose room"), required=False)
    slug = LineField(
        label=pgettext_lazy("page", "Web address"),
        max_length=60,
        help_text=_("Lower-case letters, digits and dashes: songyuan-orchard"),
    )
    title_zh = LineField(label=_("Name in Chinese"), max_length=40)
    title_en = LineField(label=_("Name in English"), max_length=80, required=False)
    host_zh = LineField(label=_("Who speaks, in Chinese"), max_length=20)
    host_en = LineField(label=_("Who speaks, in English"), max_length=40, required=False)

    def __init__(self, *args: object, suppliers: list[tuple[str, str]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on as Django takes them
        choices = [("", _("The platform's, for everybody's goods")), *suppliers]
        self.fields["supplier"].choices = choices  # type: ignore[attr-defined]  # a choice field
        for name in self.fields:
            self.fields[name].widget.attrs |= {"class": "input", "data-testid": f"room-{name.replace('_', '-')}"}


class AnnouncementForm(forms.Form):
    """What stands above the chat."""

    text = LineField(label=_("Announcement"), max_length=LONGEST_MESSAGE, required=False)
