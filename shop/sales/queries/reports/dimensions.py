"""By what sales are counted: one definition each, pure but for the words, which `names` looks up."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import FilteredRelation, Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.queries import place
from catalog.queries.trade import supplier_names, village_names
from shop.core.models import Division
from shop.core.numbers import read_id
from shop.core.regions import name, pairing_codes
from shop.sales import hooks
from shop.sales.models import LineFacts

# The key of what belongs to no row: it stands in the table too, so that the rows add up to the whole.
NONE = "-"
CHANNELS = ("shop", "campaign", "live", "unit", "pledge")
_SOURCE = "source"

Lines = QuerySet[LineFacts]
Names = Callable[[dict[str, str]], dict[str, str]]


@dataclass(frozen=True)
class Dimension:
    """`key` is the column that lines are grouped by, `label` the one that says what it was called then.

    `attributed` is the kind of attribution that the key comes from, where it does; `names` returns names in the
    reader's language for {key: label as it was}, one query at most. `always` names the rows that stand there even
    with nothing sold; whatever else was sold is one row then.
    """

    code: str
    icon: str
    key: str
    names: Names
    label: str = ""
    attributed: str = ""
    always: Callable[[], dict[str, str]] | None = None

    def ready(self, lines: Lines) -> Lines:
        """Join what the key needs. A purchase has one attribution of a kind at most, so no line is counted twice."""
        if not self.attributed:
            return lines
        path = "order__purchase__attributions"
        return lines.annotate(**{_SOURCE: FilteredRelation(path, condition=Q(**{f"{path}__kind": self.attributed}))})

    def where(self, lines: Lines, key: str) -> Lines:
        """Return the lines of one row."""
        if key != NONE:
            return self.ready(lines).filter(**{self.key: key if not self.key.endswith("_id") else _number(key)})
        if self.always is not None:
            return lines.exclude(**{f"{self.key}__in": list(self.always())})
        if self.key.endswith("_id"):
            return lines.filter(**{f"{self.key}__isnull": True})
        if self.attributed:
            return self.ready(lines).filter(**{f"{self.key}__isnull": True})
        return lines.filter(**{self.key: ""})


def _number(key: str) -> int:
    pk = read_id(key)
    return -1 if pk is None else pk


def _counties(labels: dict[str, str]) -> dict[str, str]:
    rows = Division.objects.filter(code__in=labels).select_related("parent")
    return {row.code: place(row) for row in rows}


def _villages(labels: dict[str, str]) -> dict[str, str]:
    return village_names(_number(key) for key in labels)


def _suppliers(labels: dict[str, str]) -> dict[str, str]:
    return supplier_names(_number(key) for key in labels)


def _pairings(labels: dict[str, str]) -> dict[str, str]:
    pairs = {key: pairing_codes(key) for key in labels}
    rows = Division.objects.in_bulk({code for each in pairs.values() for pair in each for code in pair})
    called = {code: name(row) for code, row in rows.items()}
    found = {}
    for key, each in pairs.items():
        assisting = dict.fromkeys(called.get(one, one) for one, _other in each)
        assisted = dict.fromkeys(called.get(other, other) for _one, other in each)
        comma = _(", ")
        found[key] = f"{comma.join(assisting)} → {comma.join(assisted)}"
    return found


def _attributed(kind: str) -> Names:
    """Chinese readers read what it was called then; others today's name in their language, if there is one."""

    def names(labels: dict[str, str]) -> dict[str, str]:
        today = hooks.names_today(kind, labels) if get_language() == "en" or not all(labels.values()) else {}
        return {key: today.get(key) or label or key for key, label in labels.items()}

    return names


def channel_name(code: str) -> str:
    """Return what a channel is called."""
    known = {
        "shop": _("The shop"),
        "campaign": _("Campaign pages"),
        "live": _("Live rooms"),
        "unit": _("Units' purchases"),
        "pledge": _("Bought instead of donated"),
    }
    return known.get(code, code)


def _channels(labels: dict[str, str]) -> dict[str, str]:
    return {key: channel_name(key) for key in labels}


def watched_counties() -> dict[str, str]:
    """Return the names of the counties that are watched now, by code. One query."""
    rows = Division.objects.filter(is_watched=True).select_related("parent").order_by("code")
    return {row.code: place(row) for row in rows}


def _source(code: str, icon: str, kind: str) -> Dimension:
    return Dimension(code, icon, f"{_SOURCE}__ref", _attributed(kind), f"{_SOURCE}__label", kind)


DIMENSIONS: dict[str, Dimension] = {
    each.code: each
    for each in (
        Dimension("county", "place", "county_code", _counties),
        Dimension("watched", "eye", "county_code", _counties, always=watched_counties),
        Dimension("village", "village", "village_id", _villages),
        Dimension("pairing", "people", "pairing", _pairings),
        _source("unit", "bank", "unit"),
        Dimension("supplier", "store", "order__supplier_id", _suppliers),
        _source("campaign", "calendar-days", "campaign"),
        _source("session", "live", "session"),
        _source("need", "gift", "need"),
        Dimension("channel", "chart", "order__purchase__attribution_kind", _channels),
    )
}
