"""A proposal in the reader's words: each fact by its label, and what a change would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from catalog.models import Certificate, Village
from catalog.queries.tree import category_tree
from catalog.rules.proposed import ProposedListing, ProposedSpec
from catalog.states import SaleUnit, StorageClass
from catalog.units import unit_words
from catalog.words import said

Words = str | Promise
LABELS: dict[str, Words] = {
    "photos": gettext_lazy("Photos"),
    "name_zh": gettext_lazy("Name"),
    "name_en": gettext_lazy("Name in English"),
    "category_id": gettext_lazy("Kind of product"),
    "summary_zh": gettext_lazy("One sentence about it"),
    "summary_en": gettext_lazy("One sentence in English"),
    "description_zh": gettext_lazy("Its story"),
    "description_en": gettext_lazy("Its story in English"),
    "sale_unit": gettext_lazy("Price compared by"),
    "storage_class": gettext_lazy("Kept and sent"),
    "storage_note_zh": gettext_lazy("How to keep it"),
    "storage_note_en": gettext_lazy("How to keep it, in English"),
    "is_fresh": gettext_lazy("Seven-day return"),
    "shelf_life_days": gettext_lazy("Shelf life, days"),
    "season": gettext_lazy("Season"),
    "ship_within_hours": gettext_lazy("Ships within"),
    "village_id": gettext_lazy("Origin"),
    "certificate_id": gettext_lazy("Certificate"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called, for the facts that name them."""

    villages: Mapping[int, str] = field(default_factory=dict)
    certificates: Mapping[int, str] = field(default_factory=dict)
    county: str = ""


def names_for(county: str, *facts: ProposedListing) -> Names:
    """Return the names of the villages and certificates in these facts. Two queries."""
    villages = Village.objects.filter(pk__in={each.village_id for each in facts if each.village_id})
    certificates = Certificate.objects.filter(pk__in={each.certificate_id for each in facts if each.certificate_id})
    return Names(
        {row.pk: said(row, "name") for row in villages},
        {row.pk: f"{row.get_kind_display()} {row.number}" for row in certificates},
        county,
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One fact in words. `old` is empty but in a comparison."""

    name: str
    label: str
    new: str
    old: str = ""


def rows_of(facts: ProposedListing, names: Names) -> list[Row]:
    """Return the facts that say something, with their labels."""
    return [Row(name, str(LABELS[name]), words) for name, words in words_of(facts, names).items() if words]


def differences(before: ProposedListing, after: ProposedListing, names: Names) -> list[Row]:
    """Return what is not the same any more, old beside new; specifications by name."""
    old, new = words_of(before, names), words_of(after, names)
    rows = [Row(name, str(LABELS[name]), new[name], old[name]) for name in new if old[name] != new[name]]
    known = {spec.specification_id: spec for spec in before.specs}
    for number, spec in enumerate(after.specs):
        was = known.get(spec.specification_id) if spec.specification_id else None
        now, then = spec_words(spec, after.sale_unit), spec_words(was, before.sale_unit) if was else ""
        if now != then:
            rows.append(Row(f"spec-{number}", _("Specification"), now, then or _("new")))
    return rows


def spec_words(spec: ProposedSpec, sale_unit: str) -> str:
    """Return a specification in one line: name, weight, price."""
    parts = [spec.text_zh]
    if spec.net_grams:
        parts.append(weight(spec.net_grams))
    if spec.price_fen is not None:
        parts.append(f"¥{spec.price_fen / 100:,.2f}")
    unit = unit_price_of(spec, sale_unit)
    if unit:
        parts.append(unit)
    if not spec.is_offered:
        parts.append(_("not offered"))
    return " · ".join(parts)


def unit_price_of(spec: ProposedSpec, sale_unit: str) -> str:
    """Return the price by its unit, "" where something is missing."""
    if spec.price_fen is None or spec.net_grams is None:
        return ""
    return unit_words(
        sale_unit or SaleUnit.JIN, spec.price_fen, net_grams=spec.net_grams, net_ml=spec.net_ml, pieces=spec.pieces
    )


def weight(grams: int) -> str:
    """Return grams as people say them: 2.5 kg, 500 g."""
    return f"{grams / 1000:g} kg" if grams >= 1000 else f"{grams} g"


def words_of(facts: ProposedListing, names: Names) -> dict[str, str]:
    """Return each fact of the product in words, "" for what is not said; specifications are not among them."""
    node = category_tree().by_pk.get(facts.category_id) if facts.category_id else None
    season = ""
    if facts.season_start and facts.season_end:
        season = _("month %(first)d to %(last)d") % {"first": facts.season_start, "last": facts.season_end}
    plain: dict[str, Any] = {
        "name_zh": facts.name_zh,
        "name_en": facts.name_en,
        "category_id": node.name if node else "",
        "summary_zh": facts.summary_zh,
        "summary_en": facts.summary_en,
        "description_zh": facts.description_zh,
        "description_en": facts.description_en,
        "sale_unit": SaleUnit(facts.sale_unit).label if facts.sale_unit else "",
        "storage_class": StorageClass(facts.storage_class).label if facts.storage_class else "",
        "storage_note_zh": facts.storage_note_zh,
        "storage_note_en": facts.storage_note_en,
        "is_fresh": "" if facts.is_fresh is None else return_words(is_fresh=facts.is_fresh),
        "shelf_life_days": facts.shelf_life_days or "",
        "season": season,
        "ship_within_hours": _("%(n)d hours") % {"n": facts.ship_within_hours},
        "village_id": names.villages.get(facts.village_id or 0, names.county),
        "certificate_id": names.certificates.get(facts.certificate_id or 0, ""),
    }
    return {name: str(words) for name, words in plain.items()}


def return_words(*, is_fresh: bool) -> str:
    """Say whether goods may be returned within seven days."""
    return pgettext("seven-day return", "no: fresh produce") if is_fresh else pgettext("seven-day return", "yes")
