"""An offer's frozen terms in words, in the reader's language: what a supplier agrees to pay for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer

from shop.core.money import to_fen
from shop.sales.discount_rules import Cost
from shop.sales.models import OfferConsent
from shop.sales.texts import listed

# The library's own words for an offer's status; the last one it sets itself.
STATUS_NAMES = {
    ConditionalOffer.OPEN: pgettext_lazy("offer", "Open"),
    ConditionalOffer.SUSPENDED: pgettext_lazy("offer", "Suspended"),
    ConditionalOffer.CONSUMED: pgettext_lazy("offer", "Used up"),
}


# Whom an offer is for; the shop has no others of the library's.
TYPE_NAMES = {
    ConditionalOffer.SITE: gettext_lazy("For everybody"),
    ConditionalOffer.VOUCHER: gettext_lazy("With a coupon"),
}


def type_name(offer_type: str) -> str:
    """Return whom an offer is for."""
    return str(TYPE_NAMES.get(offer_type, offer_type))


def status_name(status: str) -> str:
    """Return what an offer's status is called."""
    return str(STATUS_NAMES.get(status, status))


@dataclass(frozen=True)
class OfferWords:
    """One version of an offer's terms, to be read. Amounts in 分."""

    name: str
    gives: str
    needs: str
    goods: str
    begins_at: datetime | None
    ends_at: datetime
    by_coupon: bool
    limits: list[str]
    most_fen: int
    cost_fen: int
    waiting_fen: int


def describe(consent: OfferConsent, cost: Cost) -> OfferWords:
    """Return the terms of a consent in words, with what the offer costs its supplier. No queries."""
    offer, ranges = consent.terms["offer"], consent.terms["ranges"]
    kind, value, _benefit_range, pieces = offer["gives"]
    return OfferWords(
        name=offer["name"],
        gives=_gives(kind, value, pieces),
        needs=_needs(*offer["needs"][:2]),
        goods=_goods({offer["needs"][2], offer["gives"][2]}, ranges),
        begins_at=datetime.fromisoformat(offer["starts"]) if offer["starts"] else None,
        ends_at=consent.ends_at,
        by_coupon=offer["type"] == "Voucher",
        limits=_limits(offer),
        most_fen=consent.most_fen,
        cost_fen=cost.cost_fen,
        waiting_fen=cost.waiting_fen,
    )


@dataclass(frozen=True)
class PlatformWords:
    """The terms of an offer that the platform pays for, to be read by who approves them. Amounts in 分."""

    name: str
    gives: str
    needs: str
    goods: list[str]
    for_whom: str
    begins_at: datetime | None
    ends_at: datetime | None
    most_fen: int | None
    limits: list[str]


def describe_own(terms: Mapping[str, Any]) -> PlatformWords:
    """Return the terms of an offer of the platform's in words. No queries."""
    offer, ranges = terms["offer"], terms["ranges"]
    kind, value, benefit_range, pieces = offer["gives"]
    needed_on = offer["needs"][2]
    goods = [_goods_in(ranges[str(pk)]) for pk in dict.fromkeys((benefit_range, needed_on)) if pk]
    if len(goods) > 1:
        goods = [
            _("taken off: %(goods)s") % {"goods": goods[0]},
            _("counted: %(goods)s") % {"goods": goods[1]},
        ]
    return PlatformWords(
        name=offer["name"],
        gives=_gives(kind, value, pieces),
        needs=_needs_of_any(*offer["needs"][:2]),
        goods=goods or [_("all goods")],
        for_whom=type_name(offer["type"]),
        begins_at=datetime.fromisoformat(offer["starts"]) if offer["starts"] else None,
        ends_at=datetime.fromisoformat(offer["ends"]) if offer["ends"] else None,
        most_fen=offer["most_fen"],
        limits=_limits(offer),
    )


def _goods_in(held: Mapping[str, Any]) -> str:
    """Say what a range holds: its name, and how much it names and leaves out."""
    products, categories = len(held["products"]), len(held["categories"])
    said = [_("all goods")] if held["all"] else []
    if products and not held["all"]:
        said.append(ngettext("%(n)d product", "%(n)d products", products) % {"n": products})
    if categories and not held["all"]:
        said.append(ngettext("%(n)d category", "%(n)d categories", categories) % {"n": categories})
    left_out = len(held["excluded"]) + len(held["without"])
    if left_out:
        said.append(ngettext("%(n)d left out", "%(n)d left out", left_out) % {"n": left_out})
    return _("%(range)s (%(held)s)") % {"range": held["name"], "held": listed(said or [_("no goods")])}


def _needs_of_any(kind: str, value: int) -> str:
    count = value // 100
    if value == 0:
        return _("any purchase")
    if kind == Condition.COUNT:
        return ngettext("from %(n)d piece", "from %(n)d pieces", count) % {"n": count}
    if kind == Condition.COVERAGE:
        return ngettext("from %(n)d product", "from %(n)d different products", count) % {"n": count}
    return _("from %(amount)s of goods") % {"amount": _yuan(value)}


def coupon_scope(suppliers: Sequence[str]) -> str:
    """Say whose goods alone a coupon counts for; "" where it counts for any supplier's.

    `suppliers` are those who fund each of its offers, "" for the platform.
    """
    if not suppliers or not all(suppliers):
        return ""
    names = listed(dict.fromkeys(suppliers))
    return _("This coupon counts for the goods of %(suppliers)s only.") % {"suppliers": names}


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:.2f}"


def benefit_words(benefit: Benefit) -> str:
    """Say what a benefit gives on which products: two that differ read differently. Needs its range."""
    value = to_fen(benefit.value) if benefit.value is not None else 0
    given = _gives(benefit.type, value, benefit.max_affected_items)
    return _("%(range)s: %(given)s") % {"range": benefit.range.name, "given": given} if benefit.range else given


def _gives(kind: str, value: int, pieces: int | None) -> str:
    if kind == Benefit.PERCENTAGE:
        said = _("%(percent)s%% off") % {"percent": f"{value / 100:g}"}
    elif kind == Benefit.FIXED_UNIT:
        said = _("%(amount)s off each piece") % {"amount": _yuan(value)}
    elif kind == Benefit.MULTIBUY:
        return _("of each group the cheapest piece free, grouped as suits the buyer")
    else:
        said = _("%(amount)s off") % {"amount": _yuan(value)}
    if pieces:
        said += ngettext(", for %(n)d piece at most", ", for %(n)d pieces at most", pieces) % {"n": pieces}
    return said


def _needs(kind: str, value: int) -> str:
    # A count is kept in hundredths like an amount.
    count = value // 100
    if value == 0:
        return _("any purchase of your goods")
    if kind == Condition.COUNT:
        return ngettext("from %(n)d piece of your goods", "from %(n)d pieces of your goods", count) % {"n": count}
    if kind == Condition.COVERAGE:
        return ngettext("from %(n)d product of yours", "from %(n)d different products of yours", count) % {"n": count}
    return _("from %(amount)s of your goods") % {"amount": _yuan(value)}


def _goods(range_ids: set[int | None], ranges: Mapping[str, Any]) -> str:
    found = [ranges[str(pk)] for pk in sorted(pk for pk in range_ids if pk) if str(pk) in ranges]
    if all(each["all"] and not each["excluded"] and not each["without"] for each in found):
        return _("all your goods")
    return _("your goods among: %(ranges)s") % {"ranges": "; ".join(each["name"] for each in found)}


def _limits(offer: Mapping[str, Any]) -> list[str]:
    each, basket, uses = offer["most_uses_each"], offer["most_uses_basket"], offer["most_uses"]
    said = []
    if each:
        said.append(ngettext("%(n)d use for each buyer", "%(n)d uses for each buyer", each) % {"n": each})
    if basket:
        said.append(ngettext("%(n)d use in one order", "%(n)d uses in one order", basket) % {"n": basket})
    if uses:
        said.append(ngettext("%(n)d use in all", "%(n)d uses in all", uses) % {"n": uses})
    if not offer["exclusive"]:
        said.append(_("may be combined with other offers"))
    return said
