"""What a supplier proposes to sell, as plain values: amounts in 分, weights in grams. Pure.

A draft may lack anything; what is there must be usable. `problems` says what is not, each beside its field. Fields of
a specification are named `specs-<n>-<field>`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from django.utils.translation import gettext as _

from catalog.rules.templates import CategoryTemplate
from catalog.rules.units import LITRE_100, PIECE

MOST_SPECS = 12
MOST_PHOTOS = 12
MOST_FEN = 10_000_000
MOST_GRAMS = 1_000_000
MOST_PIECES = 1_000_000
MOST_DAYS = 3650
LONGEST = {
    "name_zh": 60, "name_en": 120, "summary_zh": 160, "summary_en": 240, "description_zh": 2000,
    "description_en": 4000, "storage_note_zh": 80, "storage_note_en": 120,
}  # fmt: skip
SPEC_TEXT, SPEC_TEXT_EN = 80, 120
SALE_UNITS = ("jin", "kg", "piece", "100ml", "catch_weight")
STORAGE_CLASSES = ("ambient", "chilled", "frozen")


@dataclass(frozen=True, slots=True)
class ProposedSpec:
    """One 规格. `stock` is of a new one only: pieces of what is sold already are set at once, without review."""

    text_zh: str = ""
    text_en: str = ""
    price_fen: int | None = None
    net_grams: int | None = None
    net_ml: int | None = None
    pieces: int | None = None
    stock: int | None = None
    is_offered: bool = True
    specification_id: int | None = None


@dataclass(frozen=True, slots=True)
class ProposedListing:
    """The facts of one product. Empty `sale_unit`, `storage_class`, `is_fresh`, `shelf_life_days`: as usual for its category."""

    category_id: int | None = None
    name_zh: str = ""
    name_en: str = ""
    summary_zh: str = ""
    summary_en: str = ""
    description_zh: str = ""
    description_en: str = ""
    sale_unit: str = ""
    storage_class: str = ""
    storage_note_zh: str = ""
    storage_note_en: str = ""
    is_fresh: bool | None = None
    shelf_life_days: int | None = None
    season_start: int | None = None
    season_end: int | None = None
    ship_within_hours: int = 48
    village_id: int | None = None
    certificate_id: int | None = None
    specs: tuple[ProposedSpec, ...] = ()


def to_json(facts: ProposedListing) -> dict[str, Any]:
    """Return the facts as plain JSON values."""
    return {**asdict(facts), "specs": [asdict(spec) for spec in facts.specs]}


def from_json(data: Mapping[str, Any]) -> ProposedListing:
    """Return the facts of stored JSON; what is not known any more is left out."""
    known = {field.name for field in fields(ProposedListing)} - {"specs"}
    of_spec = {field.name for field in fields(ProposedSpec)}
    specs = tuple(
        ProposedSpec(**{name: value for name, value in spec.items() if name in of_spec})
        for spec in data.get("specs", ())
    )
    return ProposedListing(**{name: value for name, value in data.items() if name in known}, specs=specs)


def filled(facts: ProposedListing, template: CategoryTemplate) -> ProposedListing:
    """Return the facts with what is usual for the category in the empty places."""
    return replace(
        facts,
        sale_unit=facts.sale_unit or template.sale_unit,
        storage_class=facts.storage_class or template.storage_class,
        is_fresh=template.is_fresh if facts.is_fresh is None else facts.is_fresh,
        shelf_life_days=facts.shelf_life_days or template.shelf_life_days,
    )


def problems(facts: ProposedListing, *, complete: bool) -> dict[str, str]:
    """Return what can't be used, by field; with `complete`, also what is missing before a reviewer may read it."""
    found: dict[str, str] = {}
    for field, sentence in _problems(facts, complete):
        found.setdefault(field, sentence)
    return found


def _problems(facts: ProposedListing, complete: bool) -> Iterator[tuple[str, str]]:
    for name, most in LONGEST.items():
        if len(getattr(facts, name)) > most:
            yield name, _("At most %(most)d characters, please.") % {"most": most}
    if complete and facts.category_id is None:
        yield "category_id", _("Choose what kind of product it is.")
    if complete and not facts.name_zh.strip():
        yield "name_zh", _("Give the product a name.")
    yield from _chosen(facts)
    yield from _of_specs(facts, complete)


def _chosen(facts: ProposedListing) -> Iterator[tuple[str, str]]:
    if facts.sale_unit not in {"", *SALE_UNITS}:
        yield "sale_unit", _("Choose one of the list.")
    if facts.storage_class not in {"", *STORAGE_CLASSES}:
        yield "storage_class", _("Choose one of the list.")
    if (facts.season_start is None) != (facts.season_end is None):
        empty = "season_start" if facts.season_start is None else "season_end"
        yield empty, _("Give both months of the season, or neither.")
    for name in ("season_start", "season_end"):
        if not 1 <= (getattr(facts, name) or 1) <= 12:
            yield name, _("Choose one of the list.")
    if facts.shelf_life_days is not None and not 1 <= facts.shelf_life_days <= MOST_DAYS:
        yield "shelf_life_days", _("Enter 1 to %(most)d days.") % {"most": MOST_DAYS}
    if not 1 <= facts.ship_within_hours <= 240:
        yield "ship_within_hours", _("Choose one of the list.")


def _of_specs(facts: ProposedListing, complete: bool) -> Iterator[tuple[str, str]]:
    if len(facts.specs) > MOST_SPECS:
        yield "specs", _("At most %(most)d specifications.") % {"most": MOST_SPECS}
    if complete and not any(spec.is_offered for spec in facts.specs):
        yield "specs", _("Offer at least one specification.")
    seen: set[str] = set()
    for number, spec in enumerate(facts.specs):
        for field, sentence in _of_spec(spec, facts.sale_unit, complete):
            yield f"specs-{number}-{field}", sentence
        text = spec.text_zh.strip()
        if text and text in seen:
            yield f"specs-{number}-text_zh", _("Two specifications have the same name.")
        seen.add(text)


def _of_spec(spec: ProposedSpec, sale_unit: str, complete: bool) -> Iterator[tuple[str, str]]:
    if len(spec.text_zh) > SPEC_TEXT or len(spec.text_en) > SPEC_TEXT_EN:
        yield "text_zh", _("At most %(most)d characters, please.") % {"most": SPEC_TEXT}
    if complete and not spec.text_zh.strip():
        yield "text_zh", _("Say what is in it, such as 5 jin, grade 1.")
    yield from _number("price_fen", spec.price_fen, MOST_FEN, complete, _("Enter a price from 0.01 to 100,000 yuan."))
    yield from _number("net_grams", spec.net_grams, MOST_GRAMS, complete, _("Enter a net weight of up to 1,000 kg."))
    needs_ml, needs_pieces = complete and sale_unit == LITRE_100, complete and sale_unit == PIECE
    yield from _number("net_ml", spec.net_ml, MOST_GRAMS, needs_ml, _("Enter how many millilitres are in it."))
    yield from _number("pieces", spec.pieces, 10_000, needs_pieces, _("Enter how many pieces are in it."))
    if spec.stock is None:
        if complete and spec.specification_id is None:
            yield "stock", _("Enter how many there are to sell.")
    elif not 0 <= spec.stock <= MOST_PIECES:
        yield "stock", _("Enter 0 to 1,000,000 pieces.")


def _number(field: str, value: int | None, most: int, needed: bool, sentence: str) -> Iterator[tuple[str, str]]:
    if (value is None and needed) or (value is not None and not 1 <= value <= most):
        yield field, sentence
