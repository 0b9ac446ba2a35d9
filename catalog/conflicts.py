"""Two people at one draft: what was saved meanwhile beside what was typed, and the draft that their choice makes.

Nothing is taken from either side by default: a save is only made once somebody chose for each fact that differs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from catalog.proposal_words import LABELS, Names, Words, spec_words, weight, words_of
from catalog.rules.proposed import ProposedListing, ProposedSpec

MINE, THEIRS = "mine", "theirs"
# A fact of the page that is two fields of a proposal.
_FIELDS = {"season": ("season_start", "season_end")}
_SPEC_LABELS: dict[str, Words] = {
    "text_zh": gettext_lazy("What is in it"),
    "net_grams": gettext_lazy("Net weight"),
    "price_fen": gettext_lazy("Price, yuan"),
    "stock": gettext_lazy("Pieces to sell"),
    "pieces": gettext_lazy("Pieces inside"),
    "net_ml": gettext_lazy("Millilitres inside"),
    "is_offered": gettext_lazy("On offer"),
}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One fact that two people wrote differently; `chosen` is "mine", "theirs" or "" as long as nobody chose."""

    name: str
    label: str
    mine: str
    theirs: str
    chosen: str = ""


def conflicts(
    mine: ProposedListing, theirs: ProposedListing, names: Names, chosen: Mapping[str, str] | None = None
) -> list[Conflict]:
    """Return what differs between what was typed and what is saved, each with what was chosen for it."""
    typed, saved = words_of(mine, names), words_of(theirs, names)
    found = [
        Conflict(name, str(LABELS[name]), typed[name], saved[name]) for name in typed if typed[name] != saved[name]
    ]
    for number in range(max(len(mine.specs), len(theirs.specs))):
        found += _of_row(number, _at(mine.specs, number), _at(theirs.specs, number), mine, theirs)
    given = chosen or {}
    return [replace(each, chosen=_choice(given.get(each.name, ""))) for each in found]


def settled(mine: ProposedListing, theirs: ProposedListing, found: Sequence[Conflict]) -> ProposedListing:
    """Return the facts that the choices make: what was typed, but for what was chosen of the other's."""
    taken = {each.name for each in found if each.chosen == THEIRS}
    changes: dict[str, Any] = {}
    for name in taken:
        if not name.startswith("spec-"):
            changes |= {field: getattr(theirs, field) for field in _FIELDS.get(name, (name,))}
    specs = []
    for number in range(max(len(mine.specs), len(theirs.specs))):
        own, other = _at(mine.specs, number), _at(theirs.specs, number)
        kept = other if f"spec-{number}" in taken else own
        if kept is not None and other is not None:
            fields = [field for field in _SPEC_LABELS if f"spec-{number}-{field}" in taken]
            kept = replace(kept, **{field: getattr(other, field) for field in fields})
            if kept.text_zh == other.text_zh:
                kept = replace(kept, text_en=other.text_en)
        if kept is not None:
            specs.append(kept)
    return replace(mine, **changes, specs=tuple(specs))


def _choice(text: str) -> str:
    return text if text in {MINE, THEIRS} else ""


def _at(specs: Sequence[ProposedSpec], number: int) -> ProposedSpec | None:
    return specs[number] if number < len(specs) else None


def _of_row(
    number: int, mine: ProposedSpec | None, theirs: ProposedSpec | None, typed: ProposedListing, saved: ProposedListing
) -> list[Conflict]:
    label = _("Specification %(n)d") % {"n": number + 1}
    if mine is None or theirs is None or mine.specification_id != theirs.specification_id:
        none = pgettext("specification", "none")
        own = spec_words(mine, typed.sale_unit) if mine else none
        other = spec_words(theirs, saved.sale_unit) if theirs else none
        return [Conflict(f"spec-{number}", label, own, other)]
    return [
        Conflict(f"spec-{number}-{field}", f"{label} · {words}", _said(field, mine), _said(field, theirs))
        for field, words in _SPEC_LABELS.items()
        if getattr(mine, field) != getattr(theirs, field)
    ]


def _said(field: str, spec: ProposedSpec) -> str:
    value = getattr(spec, field)
    if field == "is_offered":
        return _("Offer it") if value else _("not offered")
    if value in (None, ""):
        return ""
    if field == "price_fen":
        return f"¥{value / 100:,.2f}"
    return weight(value) if field == "net_grams" else str(value)
