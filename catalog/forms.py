"""The form of 上货: one page of a phone, few fields, drafts allowed to lack what a reviewer will need.

Always bound: what is stored is shown as if it had been typed, so that whatever is refused stays as it was typed.
"""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from catalog.proposal_words import LABELS, return_words, unit_price_of
from catalog.queries.proposals import CertificateChoice, EditorChoices
from catalog.rules.proposed import MOST_SPECS, ProposedListing, ProposedSpec, problems
from catalog.rules.units import exact_kilograms
from catalog.states import SaleUnit, StorageClass
from catalog.words import english
from shop.core.fields import LineField, NumberField, ParagraphsField, PiecesField, WholeField, YuanField
from shop.core.money import to_fen, to_yuan
from shop.core.numbers import read_id

AS_USUAL = gettext_lazy("As usual for its kind")
GRAMS = {"jin": 500, "kg": 1000, "g": 1}
UNITS = [("jin", pgettext_lazy("weight", "jin")), ("kg", "kg"), ("g", "g")]
HOURS = (24, 48, 72)
NUMBER = gettext_lazy("Enter a number, such as 32.80.")
WHOLE = gettext_lazy("Enter a whole number.")


def _decimal(label: Any, places: int, too_fine: Any, kind: type[NumberField] = NumberField) -> NumberField:
    return kind(
        label=label,
        required=False,
        max_digits=12,
        decimal_places=places,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": NUMBER, "max_decimal_places": too_fine, "max_digits": NUMBER, "max_whole_digits": NUMBER,
        },
    )  # fmt: skip


def _whole(label: Any, *units: str) -> WholeField:
    """Return a field for a number of `units`, whose words may stand behind it."""
    return WholeField(
        label=label,
        units=units,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"invalid": WHOLE},
    )


def _choice(label: Any, choices: list[tuple[Any, Any]] | None = None, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=choices or [],
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose one of the list.")},
        **options,
    )


class GoodsForm(forms.Form):
    """What the product is, apart from its specifications."""

    category_id = _choice(LABELS["category_id"], coerce=int, empty_value=None)
    name_zh = LineField(
        label=LABELS["name_zh"], required=False, widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": 60})
    )
    name_en = LineField(label=LABELS["name_en"], required=False)
    summary_zh = LineField(label=LABELS["summary_zh"], required=False)
    summary_en = LineField(label=LABELS["summary_en"], required=False)
    description_zh = ParagraphsField(
        label=LABELS["description_zh"], required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    sale_unit = _choice(LABELS["sale_unit"], [("", AS_USUAL), *SaleUnit.choices])
    storage_class = _choice(LABELS["storage_class"], [("", AS_USUAL), *StorageClass.choices])
    storage_note_zh = LineField(label=LABELS["storage_note_zh"], required=False)
    is_fresh = _choice(LABELS["is_fresh"], coerce=lambda text: text == "1", empty_value=None)
    shelf_life_days = _whole(LABELS["shelf_life_days"], "天", "日", "day", "days")
    season_start = _choice(gettext_lazy("Season begins"), coerce=int, empty_value=None)
    season_end = _choice(gettext_lazy("Season ends"), coerce=int, empty_value=None)
    ship_within_hours = _choice(LABELS["ship_within_hours"], coerce=int, empty_value=48)
    village_id = _choice(LABELS["village_id"], coerce=int, empty_value=None, widget=forms.RadioSelect)
    certificate_id = _choice(gettext_lazy("Sold under"), coerce=int, empty_value=None, widget=forms.RadioSelect)

    def __init__(self, data: Mapping[str, Any], *, choices: EditorChoices, facts: ProposedListing) -> None:
        super().__init__(data)
        months = [("", "—"), *((month, _("month %(n)d") % {"n": month}) for month in range(1, 13))]
        hours = sorted({*HOURS, facts.ship_within_hours})
        village = [choices.village] if choices.village else []
        if facts.village_id and (not choices.village or choices.village[0] != facts.village_id):
            village.append((facts.village_id, _("As it is")))
        offered: dict[str, list[Any]] = {
            "category_id": [("", _("Choose a kind")), *choices.categories],
            "is_fresh": [
                ("", AS_USUAL), ("1", return_words(is_fresh=True).capitalize()),
                ("0", return_words(is_fresh=False).capitalize()),
            ],
            "season_start": months,
            "season_end": months,
            "ship_within_hours": [(n, _("%(n)d hours") % {"n": n}) for n in hours],
            "village_id": [*village, ("", choices.county)],
            "certificate_id": [*((row.pk, _certificate(row)) for row in choices.certificates), ("", _("No certificate"))],
        }  # fmt: skip
        known = {pk for _group, rows in choices.categories for pk, _name in rows}
        if facts.category_id and facts.category_id not in known:
            offered["category_id"].append((facts.category_id, _("As it is")))
        for name, values in offered.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]  # each of them is a choice field


def _certificate(row: CertificateChoice) -> str:
    words = f"{row.kind_text} {row.number} · {row.scope}"
    if row.left_grams is None:
        return words
    return _("%(words)s · %(kg)s kg left this year") % {"words": words, "kg": exact_kilograms(row.left_grams)}


class SpecForm(forms.Form):
    """One 规格."""

    specification_id = WholeField(required=False, widget=forms.HiddenInput)
    text_zh = LineField(label=gettext_lazy("What is in it"), required=False)
    weight = _decimal(gettext_lazy("Net weight"), 3, gettext_lazy("Three decimals at most."))
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), choices=UNITS, required=False)
    price = _decimal(gettext_lazy("Price, yuan"), 2, gettext_lazy("Two decimals at most, such as 32.80."), YuanField)
    stock = PiecesField(label=gettext_lazy("Pieces to sell"), min_value=0, required=False)
    pieces = PiecesField(label=gettext_lazy("Pieces inside"), min_value=1, required=False)
    ml = _whole(gettext_lazy("Millilitres inside"), "ml", "毫升")
    is_offered = forms.BooleanField(label=gettext_lazy("Offer it"), required=False)

    @property
    def number(self) -> str:
        """Which row it is."""
        return str(self.prefix).rpartition("-")[2]

    @property
    def is_kept(self) -> bool:
        """Tell a row that says something from one left empty."""
        return any(str(self[name].value() or "").strip() for name in ("specification_id", "text_zh", "weight", "price"))

    def facts(self) -> ProposedSpec:
        """Return what was entered."""
        given = self.cleaned_data
        weight, price = given.get("weight"), given.get("price")
        existing = given.get("specification_id")
        return ProposedSpec(
            text_zh=given.get("text_zh", ""),
            price_fen=to_fen(price) if price is not None else None,
            net_grams=round(weight * GRAMS[given.get("unit") or "g"]) if weight is not None else None,
            net_ml=given.get("ml"),
            pieces=given.get("pieces"),
            stock=None if existing else given.get("stock"),
            is_offered=given.get("is_offered", True) if existing else True,
            specification_id=existing,
        )


# What a rule calls a field → what the page calls it.
_PLACES = {"price_fen": "price", "net_grams": "weight", "net_ml": "ml"}


class Editor:
    """The whole form: the product and its specifications. `facts` are those stored; `data` what was sent, if anything."""

    def __init__(
        self, *, facts: ProposedListing, choices: EditorChoices, data: Mapping[str, Any] | None = None
    ) -> None:
        self.stored = facts
        self.general: dict[str, str] = {}
        given = data if data is not None else typed(facts)
        self.form = GoodsForm(given, choices=choices, facts=facts)
        count = _count(given.get("rows"))
        self.rows = [SpecForm(given, prefix=f"specs-{n}") for n in range(count)]
        self.blank = self.blank_row("n")

    def blank_row(self, number: int | str) -> SpecForm:
        """Return an empty row; the one numbered `n` is the pattern that a script copies."""
        return SpecForm({f"specs-{number}-unit": _weight_unit()}, prefix=f"specs-{number}")

    def is_valid(self) -> bool:
        """Tell whether everything that was typed can be read."""
        return all([self.form.is_valid(), *(row.is_valid() for row in self.kept)])

    def say_all(self) -> None:
        """Where something can't be read, say also what can't be of the rest: one look, not two."""
        already = {name for form in (self.form, *self.kept) for name in (form.add_prefix(each) for each in form.errors)}
        found = problems(self.facts(), complete=False)
        self.add({field: words for field, words in found.items() if self._place(field) not in already})

    def _place(self, field: str) -> str:
        head, dash, name = field.rpartition("-")
        return f"{head}{dash}{_PLACES.get(name, name)}"

    @property
    def kept(self) -> list[SpecForm]:
        """The rows that say something."""
        return [row for row in self.rows if row.is_kept]

    def facts(self) -> ProposedListing:
        """Return what was entered, with what the page does not ask for as it was."""
        known = {spec.specification_id: spec for spec in self.stored.specs if spec.specification_id}
        specs = []
        for row in self.kept:
            spec = row.facts()
            was = known.get(spec.specification_id)
            english_text = was.text_en if was and was.text_zh == spec.text_zh else ""
            specs.append(replace(spec, text_en=english_text))
        return replace(self.stored, **self.form.cleaned_data, specs=tuple(specs))

    def add(self, found: Mapping[str, str]) -> None:
        """Put sentences beside their fields; those of photos and of all specifications are in `general`."""
        for field, sentence in found.items():
            head, _dash, name = field.removeprefix("specs-").partition("-")
            place = _PLACES.get(name, name)
            number = read_id(head) if field.startswith("specs-") else None
            if number is not None and number < len(self.kept):
                row = self.kept[number]
                row.add_error(place if place in row.fields else None, sentence)
            elif field in {"photos", "specs"}:
                self.general[field] = sentence
            else:
                self.form.add_error(field if field in self.form.fields else None, sentence)


def _count(text: Any) -> int:
    """Return how many rows were sent: one at least, one more than allowed at most, so that it can be said."""
    return max(1, min(read_id(text, most_digits=3) or 1, MOST_SPECS + 1))


def _weight_unit() -> str:
    return "kg" if english() else "jin"


def _typed_weight(grams: int | None) -> tuple[str, str]:
    """Return a weight as somebody would type it, with its unit."""
    if grams is None:
        return "", _weight_unit()
    unit = _weight_unit() if grams % 50 == 0 else "g"
    return f"{Decimal(grams) / GRAMS[unit]:f}", unit


def typed(facts: ProposedListing) -> dict[str, Any]:
    """Return facts as if they had been typed."""
    fresh = {None: "", True: "1", False: "0"}[facts.is_fresh]
    data: dict[str, Any] = {name: getattr(facts, name) for name in GoodsForm.base_fields}
    data = {name: "" if value is None else value for name, value in data.items()}
    data |= {"is_fresh": fresh, "rows": str(max(1, len(facts.specs)))}
    for number, spec in enumerate(facts.specs or (ProposedSpec(),)):
        weight, unit = _typed_weight(spec.net_grams)
        row = {
            "specification_id": spec.specification_id,
            "text_zh": spec.text_zh,
            "weight": weight,
            "unit": unit,
            "price": None if spec.price_fen is None else to_yuan(spec.price_fen),
            "stock": spec.stock,
            "pieces": spec.pieces,
            "ml": spec.net_ml,
            "is_offered": "on" if spec.is_offered else None,
        }
        data |= {f"specs-{number}-{name}": value for name, value in row.items() if value is not None}
    return data


def unit_price(row: SpecForm, sale_unit: str) -> str:
    """Return the unit price of a row as words, "" where something is missing or wrong."""
    return unit_price_of(row.facts(), sale_unit) if row.is_valid() else ""
