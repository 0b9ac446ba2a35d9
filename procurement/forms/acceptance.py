"""Accepting a delivery: pieces and weight line by line, who received it, photos where something is short."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from procurement.operations.accepting import NAME_LENGTH, Receivers
from procurement.rules.lists import MOST_PIECES
from shop.core.fields import LineField, NumberField, PiecesField

MOST_KILOGRAMS = Decimal(1_000_000)
OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class DeliveredLine:
    """One line of a delivery, as the form needs it: `sent` pieces of `net_grams` each, 0 where no weight is known."""

    line_id: int
    name: str
    sent: int
    net_grams: int


class PhotosInput(forms.FileInput):
    """Several files in one field."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Cleans to a list of uploads; what they are is told by decoding them, elsewhere."""

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """Return every upload."""
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(PhotosField, self).clean(each, initial) for each in given if each]


class AcceptForm(forms.Form):
    """How many pieces of each line arrived well and what they weigh, and who says so."""

    receiver = LineField(
        label=_("Received by"),
        max_length=NAME_LENGTH,
        error_messages={"required": _("Enter who received the goods.")},
        widget=forms.TextInput(attrs={"autocomplete": "name", "data-testid": "receiver"}),
    )
    second = forms.ChoiceField(
        label=_("Together with"),
        required=False,
        error_messages={
            "required": _("Two people accept together here: choose the second."),
            "invalid_choice": _("Choose a person of the unit."),
        },
        widget=forms.Select(attrs={"data-testid": "second-receiver"}),
    )
    witness = LineField(
        label=_("Name of the witness from outside"),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-testid": "witness"}),
    )
    note = LineField(label=_("What was wrong"), max_length=200, required=False)
    photos = PhotosField(
        label=_("Photos"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/*", "multiple": True, "data-testid": "acceptance-photos"}),
    )

    def __init__(
        self,
        *args: Any,
        lines: Sequence[DeliveredLine] = (),
        needs_two: bool = False,
        people: Mapping[int, str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.lines = list(lines)
        second: Any = self.fields["second"]
        second.required = needs_two
        second.choices = [
            ("", _("Please choose") if needs_two else _("Nobody else")),
            *((str(pk), name) for pk, name in (people or {}).items()),
            (OUTSIDE, _("A witness from outside the unit")),
        ]
        for line in self.lines:
            self.fields[f"accepted-{line.line_id}"] = PiecesField(
                label=line.name,
                min_value=0,
                max_value=MOST_PIECES,
                initial=line.sent,
                widget=forms.TextInput(attrs={"data-testid": "accepted-pieces"}),
                error_messages={"required": _("Enter how many arrived well, 0 for none.")},
            )
            if line.net_grams:
                self.fields[f"weight-{line.line_id}"] = NumberField(
                    label=_("Weighed, kg"),
                    required=False,
                    min_value=0,
                    max_value=MOST_KILOGRAMS,
                    decimal_places=3,
                    widget=forms.TextInput(
                        attrs={"inputmode": "decimal", "autocomplete": "off", "data-testid": "weighed"}
                    ),
                    error_messages={"invalid": _("Enter the weight in kilograms, like 380.5.")},
                )

    def clean_witness(self) -> str:
        """Ask for the name of a witness who was chosen, and for the choice where a name was written."""
        witness, chosen = self.cleaned_data["witness"], self.cleaned_data.get("second", "")
        if chosen == OUTSIDE and not witness:
            raise forms.ValidationError(_("Enter the witness's name."))
        if witness and chosen != OUTSIDE:
            raise forms.ValidationError(_("Choose the witness from outside above, or leave this empty."))
        return witness

    @property
    def line_fields(self) -> list[tuple[DeliveredLine, forms.BoundField, forms.BoundField | None]]:
        """Each line with its field of pieces and, where its weight is known, of kilograms."""
        return [
            (
                line,
                self[f"accepted-{line.line_id}"],
                self[f"weight-{line.line_id}"] if f"weight-{line.line_id}" in self.fields else None,
            )
            for line in self.lines
        ]

    @property
    def accepted(self) -> dict[int, int]:
        """Pieces by line id."""
        return {line.line_id: self.cleaned_data[f"accepted-{line.line_id}"] for line in self.lines}

    @property
    def weighed(self) -> dict[int, int]:
        """Grams by line id, of the lines that were weighed."""
        given = {line.line_id: self.cleaned_data.get(f"weight-{line.line_id}") for line in self.lines}
        return {line_id: int(kilograms * 1000) for line_id, kilograms in given.items() if kilograms is not None}

    @property
    def receivers(self) -> Receivers:
        """Who received the delivery."""
        name, chosen = self.cleaned_data["receiver"], self.cleaned_data["second"]
        if chosen == OUTSIDE:
            return Receivers(name, self.cleaned_data["witness"], is_outside=True)
        return Receivers(name, second_account_id=int(chosen) if chosen else None)
