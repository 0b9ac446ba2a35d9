"""Forms of a supplier's phone: few fields, the likely answer filled in."""

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalog.queries import said
from shop.core.fields import DayField, LineField, MomentField, NumberField, WholeField
from traceability.models import ProduceLot, ProductionBase
from traceability.operations.places import Spot
from traceability.operations.quality import LabReport
from traceability.rules.weights import in_words
from traceability.states import Grade, RestOfLot, TestKind

BOXES = ("箱", "盒", "筐", "box", "boxes", "crate", "crates")


def _kilograms(least: str = "0.001", **options: Any) -> NumberField:
    return NumberField(
        unit="kg",
        min_value=Decimal(least),
        max_value=Decimal(1_000_000),
        max_digits=10,
        decimal_places=3,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        **options,
    )


class When(MomentField):
    """When it happened; now, unless changed."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **options: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]
        super().__init__(**{"label": _("When"), "input_formats": formats, "initial": _now, **options})


def _now() -> datetime:
    return timezone.localtime().replace(second=0, microsecond=0)


def _key() -> LineField:
    """The key of the page: what is sent twice from one page is one act, whatever its content."""
    return LineField(required=False, max_length=40, widget=forms.HiddenInput, initial=lambda: secrets.token_hex(10))


class HarvestForm(forms.Form):
    """What was harvested, where, how much. `asks`: the lot would be expired already, to be confirmed."""

    key = _key()
    listing = forms.TypedChoiceField(label=_("Product"), coerce=int, widget=forms.RadioSelect)
    place = forms.ChoiceField(label=_("From which field"), widget=forms.RadioSelect)
    kilograms = _kilograms(label=_("Harvested, in kg"))
    occurred_at = When()
    best_before = DayField(
        label=_("Best before"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    confirm = forms.BooleanField(label=_("Record it all the same: it is expired"), required=False)
    asks = False

    def __init__(self, *args: Any, listings: list[Any], bases: list[ProductionBase], **options: Any) -> None:
        super().__init__(*args, **options)
        listed = [(row.pk, said(row, "name")) for row in listings]
        places = []
        for base in bases:
            name = said(base, "name")
            plots = base.plots.all()
            places += [(f"{base.pk}-{plot.pk}", f"{name} · {said(plot, 'name')}") for plot in plots]
            if not plots:
                places.append((f"{base.pk}-", name))
        for name, choices in (("listing", listed), ("place", places)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields
            if choices:
                self.fields[name].initial = choices[0][0]

    def facts(self) -> dict[str, Any]:
        """What `record_harvest` takes."""
        base, _dash, plot = self.cleaned_data["place"].partition("-")
        return {
            "listing_id": self.cleaned_data["listing"],
            "base_id": int(base),
            "plot_id": int(plot) if plot else None,
            "grams": int(self.cleaned_data["kilograms"] * 1000),
            "occurred_at": self.cleaned_data["occurred_at"],
            "best_before": self.cleaned_data["best_before"],
            "confirm": self.cleaned_data["confirm"],
            "key": self.cleaned_data["key"],
        }


class PackingForm(forms.Form):
    """How much was packed, in how many boxes. `asks`: more stands on the shelf than lots cover, to be confirmed."""

    prefix = "pack"
    key = _key()
    kilograms = _kilograms(label=_("Packed, in kg"))
    boxes = WholeField(
        label=_("Boxes"),
        units=BOXES,
        min_value=0,
        max_value=100_000,
        initial=0,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    grade = forms.ChoiceField(label=_("Grade"), choices=Grade.choices, initial=Grade.FIRST, widget=forms.RadioSelect)
    sorted_out = _kilograms(label=_("Sorted out, in kg"), least="0", initial="0", required=False)
    occurred_at = When()
    confirm = forms.BooleanField(label=_("The others stay: I record their harvest"), required=False)
    harvest_by = DayField(
        label=_("Recorded by"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    asks = False

    def facts(self) -> dict[str, Any]:
        """What `record_packing` takes."""
        kept = dict(self.cleaned_data)
        grams, out = int(kept.pop("kilograms") * 1000), int((kept.pop("sorted_out") or 0) * 1000)
        return {**kept, "grams": grams, "sorted_out_grams": out}


class ReportForm(forms.Form):
    """A test in plain words. `asks`: it stops goods, and who records it has to confirm that."""

    prefix = "test"
    key = _key()
    kind = forms.ChoiceField(
        label=_("Who tested"), choices=TestKind.choices, initial=TestKind.OWN, widget=forms.RadioSelect
    )
    item = LineField(label=_("What was tested"), max_length=60)
    result = LineField(label=_("Result"), max_length=60)
    passed = forms.TypedChoiceField(
        label=_("Verdict"),
        choices=[("1", _("Passed")), ("0", _("Failed: hold the lot, recall what was sent"))],
        coerce=lambda value: value == "1",
        initial="1",
        widget=forms.RadioSelect,
    )
    lab = LineField(label=_("Laboratory"), max_length=60, required=False)
    method = LineField(label=_("Method"), max_length=60, required=False)
    report_no = LineField(label=_("Report number"), max_length=40, required=False)
    occurred_at = When()
    confirm = forms.BooleanField(label=_("I have read this"), required=False)
    asks = False

    def facts(self) -> dict[str, Any]:
        """What `record_test` takes."""
        kept = dict(self.cleaned_data)
        own = {name: kept.pop(name) for name in ("occurred_at", "confirm", "key")}
        return own | {"test": LabReport(**kept)}


class CloseForm(forms.Form):
    """Finishing a lot. `asks`: orders would be left without goods, and who finishes it has to confirm that."""

    prefix = "close"
    rest = forms.ChoiceField(
        label=_("What became of them"), choices=RestOfLot.choices, widget=forms.RadioSelect,
        required=False,
    )  # fmt: skip
    reason = LineField(label=_("Which harvest they are of"), max_length=120, required=False)
    confirm = forms.BooleanField(label=_("Orders may wait without goods"), required=False)
    asks = False

    def facts(self) -> dict[str, Any]:
        """What `close_lot` takes."""
        return dict(self.cleaned_data)


class DisposalForm(forms.Form):
    """What was done with a lot that must not be sold."""

    prefix = "dispose"
    method = LineField(label=_("What was done with it"), max_length=120)
    occurred_at = When()
    confirm = forms.BooleanField(label=_("Orders may wait without goods"), required=False)
    asks = False

    def facts(self) -> dict[str, Any]:
        """What `dispose_of_lot` takes."""
        return dict(self.cleaned_data)


class MixForm(forms.Form):
    """What was mixed, how much of each lot, into what."""

    key = _key()
    listing = forms.TypedChoiceField(label=_("What it is sold as"), coerce=int, widget=forms.RadioSelect)
    base = forms.TypedChoiceField(label=_("Where it is packed"), coerce=int, widget=forms.RadioSelect)
    occurred_at = When()

    def __init__(
        self, *args: Any, lots: list[ProduceLot], listings: list[Any], bases: list[ProductionBase], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._lots = lots
        for name, rows in (("listing", listings), ("base", bases)):
            choices = [(row.pk, said(row, "name")) for row in rows]
            self.fields[name].choices = choices  # type: ignore[attr-defined]  # both are choice fields
            if choices:
                self.fields[name].initial = choices[0][0]
        for lot in lots:
            label = _("Of %(lot)s, in kg") % {"lot": lot.code}
            self.fields[f"source-{lot.pk}"] = _kilograms(label=label, least="0", required=False)

    def rows(self) -> list[dict[str, Any]]:
        """The lots to choose from, with their fields."""
        return [
            {"lot": lot, "name": said(lot.listing, "name"), "left": in_words(lot.left_grams),
             "field": self[f"source-{lot.pk}"]}
            for lot in self._lots
        ]  # fmt: skip

    def facts(self) -> dict[str, Any]:
        """What `mix_lots` takes."""
        given = self.cleaned_data
        grams = [(lot.pk, int((given[f"source-{lot.pk}"] or 0) * 1000)) for lot in self._lots]
        return {
            "listing_id": given["listing"],
            "base_id": given["base"],
            "occurred_at": given["occurred_at"],
            "sources": [pair for pair in grams if pair[1]],
            "key": given["key"],
        }


class CompleteForm(forms.Form):
    """What certificates need of a base."""

    place = LineField(label=_("Place, as on the certificate"), max_length=80, required=False)
    contact = LineField(label=_("Contact on the certificate"), max_length=60)

    def facts(self) -> dict[str, Any]:
        """What `complete_base` takes."""
        return dict(self.cleaned_data)


class BaseForm(forms.Form):
    """A base with its first field."""

    name = LineField(label=_("Name of the base"), max_length=40)
    place = LineField(label=_("Place, as on the certificate"), max_length=80)
    latitude = NumberField(
        label=_("Latitude"), max_digits=9, decimal_places=6, min_value=-90, max_value=90,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    longitude = NumberField(
        label=_("Longitude"), max_digits=9, decimal_places=6, min_value=-180, max_value=180,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    plot = LineField(label=_("Name of the field"), max_length=40, required=False)
    area = NumberField(
        label=_("Its area, in mu"), max_digits=7, decimal_places=1, min_value=0, required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )  # fmt: skip
    contact = LineField(label=_("Contact on the certificate"), max_length=60)

    def facts(self) -> dict[str, Any]:
        """What `add_base` takes."""
        given = self.cleaned_data
        return {
            "name": (given["name"], ""),
            "place": (given["place"], ""),
            "spot": Spot(given["latitude"], given["longitude"]),
            "contact": given["contact"],
            "plots": ((given["plot"], "", int((given["area"] or 0) * 10)),) if given["plot"] else (),
        }
