"""What changed on a shelf, in the reader's language."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from catalog import hooks
from catalog.models import StockChange
from catalog.queries.shelf import HELD_OF, LOT_POOLS, Became
from catalog.states import GONE_WITH_LOT, StockChangeKind, StockReason
from shop.core.numbers import read_id
from shop.core.texts import sentences
from shop.core.times import moment

GONE = "gone:"
# Before the product in the reference of a change that took off pieces of no lot.
BEYOND = "beyond:"
HELD_WORDS = {
    StockChangeKind.CARVED: gettext_lazy("Held back"),
    StockChangeKind.RETURNED: gettext_lazy("Let go, sold again"),
}


def pool_words(kind: str) -> str:
    """Return what a pool is for, by its kind (the word before the colon)."""
    return {
        "main": _("In the shop"),
        "drop": _("Flash sales"),
        "quote": _("Quotes"),
        "contract": _("Contracts"),
        "lot": _("Held for a failed test: not for sale"),
    }.get(kind, _("Set apart"))


def pool_titles(pools: Iterable[str]) -> dict[str, str]:
    """Return what pools are for, by name or kind; those of suspended lots say which lot. One query, none without.

    Of lots' pools, with `GONE` before the name, also the lot itself: "lot MX-1118-02".
    """
    wanted = set(pools)
    lots = {name: number for name in wanted if (number := lot_of_pool(name))}
    codes = hooks.lot_names(set(lots.values()))
    found = {f"{GONE}{name}": _("lot %(code)s") % {"code": codes[lot]} for name, lot in lots.items() if lot in codes}
    return found | {
        name: _("Held for a failed test, lot %(code)s: not for sale") % {"code": codes[lots[name]]}
        if lots.get(name) in codes
        else pool_words(name.partition(":")[0])
        for name in wanted
    }


def lot_of_pool(pool: str) -> int:
    """Return the id of the lot that a pool holds pieces for; 0 for a pool that sells."""
    kind, _colon, number = pool.partition(HELD_OF)[0].partition(":")
    return (read_id(number) or 0) if kind == LOT_POOLS else 0


def change_words(change: StockChange, titles: Mapping[str, str] | None = None) -> str:
    """Return what happened and why: "Changed by hand: New harvest or delivery". `titles`: of pools (`pool_titles`)."""
    reference = change.reference
    said = str(StockChangeKind(change.kind).label)
    if change.kind == StockChangeKind.KEPT:
        lot = (titles or {}).get(f"{GONE}{reference}") or _("its lot")
        words = _("Stay on sale, %(n)d pieces: they are of another harvest than %(lot)s")
        said = words % {"n": change.counted or 0, "lot": lot}
    elif change.kind == StockChangeKind.FINISHED and reference.startswith(BEYOND):
        said = _("Taken off sale: of no lot, and no harvest was recorded by the day that was confirmed")
    elif change.kind == StockChangeKind.FINISHED and change.counted == 0:
        lot = (titles or {}).get(f"{GONE}{reference}") or _("its lot")
        said = _("Taken off sale: stayed when %(lot)s was finished, and no harvest was recorded in time") % {"lot": lot}
    elif change.counted is not None and not change.pieces:
        said = _("Counted: %(n)d, as it should be") % {"n": change.counted}
    elif change.counted is not None:
        said = _("%(what)s: %(why)s") % {"what": said, "why": change.counted}
    elif change.reason and reference:
        why = str(StockReason(change.reason).label)
        said = _("Cancelled by the supplier, order %(number)s: %(why)s") % {"number": reference, "why": why}
    elif change.reason:
        said = _("%(what)s: %(why)s") % {"what": said, "why": StockReason(change.reason).label}
    elif change.kind in _OF_LOTS:
        said = _lot_change_words(change, titles or {}) or said
    elif change.reference:
        said = _("%(what)s: %(why)s") % {"what": said, "why": change.reference}
    return said


_OF_LOTS = frozenset({StockChangeKind.CARVED, StockChangeKind.RETURNED, *GONE_WITH_LOT, StockChangeKind.COVERED})


def _lot_change_words(change: StockChange, titles: Mapping[str, str]) -> str:
    """Return what happened between pools, or to what a lot's pool holds."""
    reference, kind = change.reference, StockChangeKind(change.kind)
    why = titles.get(reference) or pool_words(reference.partition(":")[0])
    if kind == StockChangeKind.COVERED:
        stands = _("Stands for orders that wait, in place of goods that are gone")
        return stands if change.pieces > 0 else _("Went to orders that wait, in place of goods that are gone")
    if kind in (StockChangeKind.FINISHED, StockChangeKind.EXPIRED):
        lot = titles.get(f"{GONE}{reference}") or _("its lot")
        is_expired = kind == StockChangeKind.EXPIRED
        words = _("Gone with %(lot)s: it expired") if is_expired else _("Gone with %(lot)s: it was finished")
        return words % {"lot": lot}
    if kind == StockChangeKind.DISPOSED and not lot_of_pool(change.pool):
        lot = titles.get(f"{GONE}{reference}") or _("its lot")
        return _("Promised to orders, disposed of with %(lot)s") % {"lot": lot}
    if kind == StockChangeKind.CARVED and lot_of_pool(change.pool) and reference != change.pool:
        if change.pieces < 0:
            return _("Held with another lot instead: %(why)s") % {"why": why}
        return _("Held here instead: %(why)s") % {"why": why}
    what = HELD_WORDS[kind] if kind in HELD_WORDS and lot_of_pool(reference) else kind.label
    return _("%(what)s: %(why)s") % {"what": what, "why": why}


def told_change(change: StockChange) -> str:
    """Return a change in one line: what, how many, when."""
    return f"{change_words(change)} {change.pieces:+d} ({moment(change.at)})"


def became_words(found: Became) -> str:
    """Return what became of pieces that were entered, in whole sentences; "" where nothing did."""
    told = []
    if found.covered:
        words = ngettext(
            "%(n)d of them goes to an order that waits, in place of goods that are gone.",
            "%(n)d of them go to orders that wait, in place of goods that are gone.",
            found.covered,
        )
        told.append(words % {"n": found.covered})
    if found.held:
        words = ngettext(
            "%(n)d piece is held until a sound lot covers it.",
            "%(n)d pieces are held until a sound lot covers them.",
            found.held,
        )
        told.append(words % {"n": found.held})
    if found.let_go:
        words = ngettext(
            "%(n)d piece that was held is sold again.", "%(n)d pieces that were held are sold again.", found.let_go
        )
        told.append(words % {"n": found.let_go})
    return sentences(*told)
