"""How a request's facts and the differences between its versions read."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from procurement.models import PurchaseRequest
from procurement.queries.requests import Change, changes, fact_changes
from procurement.shown import terms_words
from procurement.states import Fund
from procurement.texts import words
from shop.core import regions
from shop.core.codes import national_phone
from shop.core.templatetags.heqiao import yuan


def place_of(request: PurchaseRequest) -> str:
    """Return where a request's goods go; "" where nothing is said."""
    division = request.ship_division
    return f"{regions.full_name(division)} {request.ship_street}" if division else ""


def is_elsewhere(unit: Any, sent_to: Any) -> bool:
    """Tell whether goods go to another place or person than the unit's own; `sent_to` is a request or a purchase."""
    own = (unit.ship_name, national_phone(unit.ship_phone), unit.ship_division_id, unit.ship_street)
    asked = (sent_to.ship_name, national_phone(sent_to.ship_phone), sent_to.ship_division_id, sent_to.ship_street)
    return asked != own


def state_of(request: Any) -> str:
    """Return where a request stands, in words; of an ordered one whose orders are all cancelled, that they are.

    Needs the request as `request_of` and `request_page` return it.
    """
    return _("All cancelled") if request.all_cancelled else str(request.get_state_display())


def last_two(request: PurchaseRequest) -> tuple[Any, Any] | None:
    """Return the version submitted before the last one, and the last one; None with fewer than two."""
    versions = sorted(request.versions.all(), key=lambda each: each.version)
    return (versions[-2], versions[-1]) if len(versions) > 1 else None


def line_changes(request: PurchaseRequest) -> list[dict[str, Any]]:
    """Return the lines that changed since the version submitted before, with their names."""
    two = last_two(request)
    found: Sequence[Change] = changes(two[0].lines, two[1].lines) if two else ()
    return [
        {"change": each, "name": words(each.name_zh, each.name_en), "spec": words(each.spec_zh, each.spec_en)}
        for each in found
    ]


def changed_facts(request: PurchaseRequest) -> list[dict[str, str]]:
    """Return what else changed since the version submitted before: what, before, now, in words. A query for places."""
    two = last_two(request)
    found = fact_changes(two[0].facts, two[1].facts) if two else []
    labels = {
        "address": _("Delivery address"),
        "fund": _("Paid by"),
        "terms": _("Payment terms"),
        "year": _("To be ordered in"),
        "note": _("Note"),
        "freight": _("Freight"),
    }
    return [
        {
            "what": each.what,
            "label": labels[each.what],
            "before": _fact(each.what, each.before),
            "now": _fact(each.what, each.now),
        }
        for each in found
    ]


def _fact(what: str, facts: Mapping[str, Any]) -> str:
    if what == "address":
        division = regions.division(facts.get("ship_division_id") or "")
        place = regions.full_name(division) if division else ""
        parts = [
            f"{place} {facts.get('ship_street', '')}".strip(),
            facts.get("ship_name"),
            national_phone(facts.get("ship_phone")),
        ]
        return " · ".join(part for part in parts if part) or "–"
    if what == "fund":
        return str(Fund(facts["fund"]).label) if facts.get("fund") else "–"
    if what == "terms":
        return terms_words(facts["terms"]) if facts.get("terms") else "–"
    if what == "freight":
        return yuan(facts.get("freight_fen") or 0)
    return str(facts.get(what) or "–")
