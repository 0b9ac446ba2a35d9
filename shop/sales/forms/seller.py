"""Forms of the supplier's console."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shop.core.fields import LineField, ParagraphsField, PiecesField, YuanField
from shop.core.money import to_fen, to_yuan
from shop.core.times import full_day
from shop.sales.forms.photos import PhotosField
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Shipment
from shop.sales.operations.shipping import Parcel, line_rest
from shop.sales.queries.carriers import CarrierFacts, carrier_name, carriers_of
from shop.sales.rules import NOTE_LENGTH
from shop.sales.texts import in_reader_language
from shop.sales.weight_rules import read_weights
from traceability.operations.assigning import Chosen
from traceability.rules.fefo import keeps
from traceability.rules.weights import in_words

CANCEL_REASONS = (
    ("out_of_stock", _("Out of stock")),
    ("damaged_harvest", _("The harvest failed our check")),
    ("cannot_deliver", _("Can't be delivered there")),
)


class WeightField(forms.CharField):
    """What pieces weigh: one weight for all together, or one for each. Its value is grams."""

    def __init__(self, line: LineFacts) -> None:
        super().__init__(
            label=_("What it weighs"),
            required=False,
            max_length=200,
            help_text=gettext(
                "In kg: one number is what all the pieces weigh together; or one number for each (1.36 1.42). Up to"
                " %(most)s a piece was charged: what is less goes back to the buyer at once, what is more costs nothing."
            )
            % {"most": in_words(line.net_grams)},
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off", "data-testid": f"weight-{line.pk}"}
            ),
        )

    def clean(self, value: Any) -> tuple[int, ...]:
        """Return the grams that were entered."""
        text = super().clean(value)
        try:
            return read_weights(text)
        except ValueError as error:
            raise forms.ValidationError(gettext("Enter weights in kg, such as 1.36.")) from error


class TrackingField(LineField):
    """The number on a parcel; a carrier without numbers needs none."""

    def __init__(self) -> None:
        attrs = {"autocapitalize": "characters", "autocomplete": "off", "data-testid": "tracking-no"}
        super().__init__(
            label=_("Number on the parcel"), max_length=40, required=False, widget=forms.TextInput(attrs=attrs)
        )


class ShipForm(forms.Form):
    """Carrier, number, and how many pieces of each line are in the parcel (all that wait, unless changed)."""

    carrier = forms.ChoiceField(
        label=_("Carrier"), widget=forms.RadioSelect, error_messages={"required": _("Choose a carrier.")}
    )
    tracking_no = TrackingField()
    # Which parcel of the order this is: it stands for the number of one that has none.
    nth = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    weights_confirmed = forms.BooleanField(
        label=_("Yes, I weighed it: this is what all the pieces weigh"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-testid": "weights-confirmed"}),
    )
    buyer_asked = forms.BooleanField(
        label=_("I asked the buyer, who wants it all the same"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-testid": "buyer-asked"}),
    )
    # Only asked for once a weight was unlikely.
    asks_weight = False

    def __init__(
        self, *args: Any, order: OrderFacts, lots: Mapping[int, Sequence[Any]] | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.carriers = carriers_of(timezone.now())
        self.fields["carrier"].choices = [(each.code, each.name) for each in self.carriers]  # type: ignore[attr-defined]  # a choice field
        self.fields["nth"].initial = len(order.shipments.all()) + 1
        self.waiting = [line for line in order.lines.all() if line_rest(line)]
        for line in self.waiting:
            self.fields[f"pieces-{line.pk}"] = PiecesField(
                label=in_reader_language(line.name_zh, line.name_en),
                min_value=0,
                initial=line_rest(line),
                required=False,
                widget=forms.TextInput(attrs={"data-testid": f"pieces-{line.pk}"}),
            )
            if line.is_weighed:
                self.fields[f"weight-{line.pk}"] = WeightField(line)
            choices = [
                (str(lot.pk), _lot_words(lot, line))
                for lot in (lots or {}).get(line.listing_id, ())
                if keeps(lot.harvested_on, lot.best_before, line.promised)
            ]
            if choices:
                self.fields[f"lot-{line.pk}"] = forms.ChoiceField(
                    label=_("Lot"), choices=[("", _("First to expire first")), *choices], required=False
                )

    @property
    def line_fields(self) -> list[tuple[Any, forms.BoundField, int, list[forms.BoundField]]]:
        """Each waiting line with its field, how many pieces wait, and its weight and choice of lots where it has them."""
        return [
            (
                line,
                self[f"pieces-{line.pk}"],
                line_rest(line),
                [self[name] for name in (f"weight-{line.pk}", f"lot-{line.pk}") if name in self.fields],
            )
            for line in self.waiting
        ]

    @property
    def chosen_lots(self) -> Chosen:
        """The lots that the supplier chose, by line; lines that are left to the rule are not in it."""
        pieces = self.parcel.pieces
        return {
            line.pk: [(int(chosen), pieces[line.pk])]
            for line in self.waiting
            if (chosen := self.cleaned_data.get(f"lot-{line.pk}")) and pieces[line.pk]
        }

    @property
    def parcel(self) -> Parcel:
        """The parcel that was entered."""
        pieces = {line.pk: self.cleaned_data.get(f"pieces-{line.pk}") or 0 for line in self.waiting}
        weights = {line.pk: weights for line in self.waiting if (weights := self.cleaned_data.get(f"weight-{line.pk}"))}
        return Parcel(
            self.cleaned_data["carrier"],
            self.cleaned_data["tracking_no"],
            pieces,
            weights,
            self.cleaned_data["weights_confirmed"],
            self.cleaned_data["nth"],
            self.cleaned_data["buyer_asked"],
        )

    def clean(self) -> dict[str, Any]:
        """Ask for a number where the carrier has some."""
        return _ask_number(self, super().clean() or {}, self.carriers)


class CorrectTrackingForm(forms.Form):
    """Another carrier or number of a parcel, and what was wrong with the first."""

    carrier = forms.ChoiceField(label=_("Carrier"), error_messages={"required": _("Choose a carrier.")})
    tracking_no = TrackingField()
    reason = LineField(
        label=_("What was wrong with it"),
        max_length=NOTE_LENGTH,
        error_messages={"required": _("Say what was wrong with the number.")},
    )

    def __init__(self, *args: Any, shipment: Shipment, **options: Any) -> None:
        options["initial"] = {"carrier": shipment.carrier, "tracking_no": shipment.tracking_no}
        super().__init__(*args, auto_id=f"id_parcel_{shipment.pk}_%s", **options)
        self.carriers = carriers_of(timezone.now())
        choices = [(each.code, each.name) for each in self.carriers]
        if all(each.code != shipment.carrier for each in self.carriers):
            # One that may not be chosen any more stays with the parcel.
            choices.insert(0, (shipment.carrier, carrier_name(shipment.carrier, shipment.shipped_at)))
        self.fields["carrier"].choices = choices  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """Ask for a number where the carrier has some."""
        return _ask_number(self, super().clean() or {}, self.carriers)


def _ask_number(form: forms.Form, data: dict[str, Any], carriers: Sequence[CarrierFacts]) -> dict[str, Any]:
    chosen = next((each for each in carriers if each.code == data.get("carrier")), None)
    if chosen is not None and chosen.takes_number and not data.get("tracking_no") and "tracking_no" not in form.errors:
        form.add_error("tracking_no", _("Enter the number on the parcel."))
    return data


def _lot_words(lot: Any, line: LineFacts) -> str:
    """Say of a lot how many of the line's pieces it still has: that is what the parcel asks of it."""
    grams = lot.left_grams
    until = full_day(lot.best_before) or "—"
    return gettext("%(code)s · %(pieces)d pieces (%(left)s) left · best before %(until)s") % {
        "code": lot.code,
        "pieces": grams // max(line.net_grams, 1),
        "left": in_words(grams),
        "until": until,
    }


class CancelRestForm(forms.Form):
    """Which lines ran out, and why."""

    lines = forms.TypedMultipleChoiceField(
        label=_("What can't be sent?"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what can't be sent.")},
    )
    reason = forms.ChoiceField(label=_("Why"), choices=CANCEL_REASONS, widget=forms.RadioSelect, initial="out_of_stock")

    def __init__(self, *args: Any, order: OrderFacts, **options: Any) -> None:
        super().__init__(*args, **options)
        waiting = [line for line in order.lines.all() if line_rest(line)]
        self.fields["lines"].choices = [  # type: ignore[attr-defined]  # set by for_supplier, or the widget of a choice field
            (line.pk, f"{in_reader_language(line.name_zh, line.name_en)} × {line_rest(line)}") for line in waiting
        ]


class DecideForm(forms.Form):
    """Approve an amount, offer a part, or refuse with words."""

    decision = forms.ChoiceField(
        label=_("Your decision"), choices=[("approve", "approve"), ("refuse", "refuse")],
        error_messages={"required": _("Choose one of the list."), "invalid_choice": _("Choose one of the list.")},
    )  # fmt: skip
    amount = YuanField(
        label=_("Amount to give back, in yuan"),
        required=False,
        max_digits=10,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "data-testid": "decide-amount"}),
    )
    answer = ParagraphsField(
        label=_("Words to the buyer"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "data-testid": "decide-answer"}),
    )

    photos = PhotosField(label=_("Photos of your side"))

    def __init__(self, *args: Any, case: AfterSale, **options: Any) -> None:
        """The amount is filled in with what was asked for."""
        super().__init__(*args, initial={"amount": to_yuan(case.amount_fen)}, **options)

    @property
    def approves(self) -> bool:
        """Whether an amount is given back."""
        return bool(self.cleaned_data["decision"] == "approve")

    @property
    def amount_fen(self) -> int:
        """The amount in 分, 0 for none. What the page filled in by itself is no amount of a refusal."""
        if not self.approves and "amount" not in self.changed_data:
            return 0
        return to_fen(self.cleaned_data.get("amount") or Decimal(0))


class ReturnForm(forms.Form):
    """What is wrong with goods that came back."""

    why = ParagraphsField(
        label=_("What is wrong with them"),
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2, "data-testid": "return-why"}),
    )


class ReplyForm(forms.Form):
    """An answer below a review."""

    reply = ParagraphsField(label=_("Your answer"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))
