"""What a supplier's day asks about its lots: what failed a test, what has no harvest, what no lot covers."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from shop.core.templatetags.heqiao import local
from shop.core.times import full_day
from shop.sales.queries.without_goods import lines_without_goods
from traceability.queries.beyond import beyond_lots
from traceability.queries.kept import without_harvest
from traceability.queries.lots import stops_goods
from traceability.queries.recalled import lots_going, lots_to_dispose


def lot_tasks(supplier_id: int, at: Any) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Return what is to be done about a supplier's lots: of those that failed a test, and of the others. Reads them once."""
    lots = lots_going(supplier_id)
    without = _without_goods(supplier_id, at) if any(stops_goods(lot, at) for lot in lots) else []
    return [*without, *_dispose(lots)], [*_kept(supplier_id, at), *_beyond(supplier_id, at, lots)]


def _without_goods(supplier_id: int, at: Any) -> list[dict[str, str]]:
    """Return the task of orders whose lot failed: it comes before everything, for buyers have paid."""
    lines = lines_without_goods(supplier_id, at=at)
    numbers = list(dict.fromkeys(line.number for line in lines))
    if not numbers:
        return []
    n = len(numbers)
    title = ngettext(
        "%(n)d order has no goods: its lot failed or is gone",
        "%(n)d orders have no goods: their lot failed or is gone",
        n,
    )
    named = " · ".join(numbers[:2]) + (" …" if n > 2 else "")
    url = local(f"/seller/orders/{numbers[0]}/" if n == 1 else "/seller/orders/#no-goods")
    task = {"icon": "warning", "kind": "amber", "title": title % {"n": n}, "text": named, "url": url}
    return [{**task, "action": _("Settle it")}]


def _dispose(lots: list[Any]) -> list[dict[str, str]]:
    """Return the task of lots that a test failed: one for all."""
    found = lots_to_dispose(lots)
    if not found:
        return []
    n = len(found)
    title = ngettext("%(n)d lot failed its test: dispose of it", "%(n)d lots failed their test: dispose of them", n)
    text = " · ".join(lot.code for lot in found[:2]) + (" …" if n > 2 else "")
    url = local(f"/seller/lots/{found[0].pk}/" if n == 1 else "/seller/lots/")
    task = {"icon": "warning", "kind": "amber", "title": title % {"n": n}, "text": text, "url": url}
    return [{**task, "action": pgettext("lots", "See them")}]


def _kept(supplier_id: int, at: Any) -> list[dict[str, str]]:
    """Return the task of goods that stay on sale though their harvest is not recorded: the first to be taken off sale."""
    found = without_harvest(at=at, supplier_id=supplier_id)
    if not found:
        return []
    first = found[0]
    pieces = sum(each.rest.pieces for each in found if each.lot.listing_id == first.lot.listing_id)
    title = ngettext(
        "Record the harvest of %(n)d piece: %(name)s", "Record the harvest of %(n)d pieces: %(name)s", pieces
    ) % {"n": pieces, "name": first.name}
    text = _("By %(day)s, or it is taken off sale") % {"day": full_day(first.due_on)} if first.due_on else ""
    n = len({each.lot.listing_id for each in found}) - 1
    more = ngettext("%(n)d more product", "%(n)d more products", n) % {"n": n} if n else ""
    text = " · ".join(filter(None, (text, more)))
    url = local("/seller/lots/new/" if not n else "/seller/lots/")
    task = {"icon": "leaf", "kind": "amber", "title": title, "text": text, "url": url}
    return [{**task, "action": pgettext("harvest", "Record")}]


def _beyond(supplier_id: int, at: Any, lots: list[Any]) -> list[dict[str, str]]:
    """Return the task of pieces that stand on the shelf beyond the lots of their product: one for all."""
    found = beyond_lots(at=at, supplier_id=supplier_id, among=lots)
    if not found:
        return []
    pieces = sum(each.pieces for each in found)
    title = ngettext("%(n)d piece on the shelf is of no lot", "%(n)d pieces on the shelf are of no lot", pieces)
    text = " · ".join(f"{each.name} {each.pieces}" for each in found[:2]) + (" …" if len(found) > 2 else "")
    task = {"icon": "warning", "kind": "amber", "title": title % {"n": pieces}, "text": text}
    return [{**task, "url": local("/seller/lots/"), "action": pgettext("lots", "See them")}]
