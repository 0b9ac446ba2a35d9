"""What a checkout shows and places: chosen lines by supplier, freight, discounts, what stands in the way."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from catalog.queries import SpecForSale, specifications_for_sale
from catalog.rules.freight import FreightQuote
from shop.core.times import spoken_day
from shop.sales.errors import PhoneUnproved
from shop.sales.hooks import SpecialPrice, special_price
from shop.sales.models import PayTime
from shop.sales.pricing import PricedLine, Quote, SupplierGroup
from shop.sales.queries.attributions import pieces_bought_at
from shop.sales.queries.baskets import BasketLine, Problem, Promises, price_lines, problem_of, read_basket
from shop.sales.queries.limits import left_of_limits
from shop.sales.queries.pay_times import pay_time_for
from shop.sales.rules import NOTE_LENGTH, ONLINE_MINUTES, TRANSFER_DAYS, clean_coupon
from shop.sales.texts import in_reader_language, listed
from shop.sales.whose import Whose


@dataclass
class CheckoutGroup:
    """One supplier's card."""

    supplier_id: int
    name: str
    slug: str
    lines: list[BasketLine]
    freight: FreightQuote
    freight_text: str
    ships_text: str
    discount_fen: int = 0
    note: str = ""
    note_most: int = NOTE_LENGTH

    @property
    def is_note_long(self) -> bool:
        """Whether the note has more characters than an order keeps: it is refused, never cut."""
        return len(self.note) > self.note_most


@dataclass
class CheckoutPage:
    """One checkout. `problems` are lines that can't be bought as they are; placing waits until there are none."""

    basket_id: int | None
    lines: list[BasketLine]
    quote: Quote
    leaves_some: bool = False
    coupon_code: str = ""
    coupon_error: str = ""
    coupon_note: str = ""
    coupon_scope: str = ""
    groups: list[CheckoutGroup] = field(default_factory=list)
    problems: list[tuple[BasketLine, Problem]] = field(default_factory=list)
    special: SpecialPrice | None = None
    is_coupon_unproved: bool = False
    pay_minutes: int = ONLINE_MINUTES
    transfer_days: int = TRANSFER_DAYS
    scarce: PayTime | None = None

    @property
    def needs_phone(self) -> bool:
        """Whether something on it is only for who proved a phone: the page says where that is done."""
        return self.is_coupon_unproved or any(problem.code == PhoneUnproved.code for _line, problem in self.problems)

    @property
    def used_coupon(self) -> str:
        """The coupon's code, if it takes something off; "" when nothing of it applies."""
        return self.coupon_code if any(each.voucher_id for each in self.quote.applied) else ""

    @property
    def unserved(self) -> str:
        """Which suppliers can't send to the address, "" when all can."""
        names = [group.name for group in self.groups if not group.freight.served]
        if not names:
            return ""
        return _("%(names)s can't send to this place. Choose another address, or take these goods out.") % {
            "names": listed(names)
        }

    @property
    def fresh_text(self) -> str:
        """What fresh produce means for returns, "" without any."""
        fresh = [line for line in self.lines if line.spec.is_fresh]
        if not fresh:
            return ""
        text = ngettext(
            "%(names)s is fresh produce: no seven-day free return.",
            "%(names)s are fresh produce: no seven-day free return.",
            len(fresh),
        ) % {"names": listed(list(dict.fromkeys(line.name for line in fresh))[:4])}
        if all(line.spec.damage_covered for line in fresh):
            text += _(" Damaged on arrival? A photo is enough for a refund, nothing to send back.")
        return text


def checkout_page(
    *,
    at: datetime,
    user: Any = None,
    basket_id: int | None = None,
    chosen: Collection[int] = (),
    buy: tuple[int, int] | None = None,
    deal: str = "",
    coupon_code: str = "",
    destination: str = "",
    notes: Mapping[int, str] | None = None,
) -> CheckoutPage:
    """Return what would be placed: `buy` (specification, pieces) alone, or the `chosen` lines of the basket (all, if
    none are named). With `deal` ("drop:7") what is bought has that special price, as long as it stands. Six queries
    (five for `buy`), and a few more where there are offers, a coupon or a deal.
    """
    found: int | None = None
    leaves_some = False
    special = special_price(deal, at) if deal and buy is not None else None
    if buy is not None:
        if special is not None and special.spec.specification_id == buy[0]:
            spec: SpecForSale | None = special.spec
        else:
            spec, special = specifications_for_sale([buy[0]]).get(buy[0]), None
        lines = [BasketLine(spec, buy[1], spec.price_fen)] if spec else []
    else:
        found, everything = read_basket(user=user, basket_id=basket_id)
        lines = [line for line in everything if line.spec.specification_id in chosen] if chosen else []
        lines = lines or [line for line in everything if line.can_buy]
        leaves_some = len(lines) < len(everything)
    lines.reverse()
    Promises(lines, at)
    code = clean_coupon(coupon_code)
    priced = [PricedLine(line.spec, line.quantity, line.spec.price_fen) for line in lines]
    quote, discounts = price_lines(priced, code, user, destination, at)
    scarce = pay_time_for([special.source], at) if special else None
    page = CheckoutPage(
        found, lines, quote, leaves_some, code, discounts.coupon_error, discounts.coupon_note,
        coupon_scope=discounts.coupon_scope, special=special, is_coupon_unproved=discounts.is_coupon_unproved,
        pay_minutes=scarce.online_minutes if scarce else ONLINE_MINUTES, scarce=scarce,
    )  # fmt: skip
    whose = Whose.of(user)
    _count_had(lines, special, whose, user)
    page.problems = [
        (line, problem)
        for line in lines
        if (
            problem := _special_problem(special, line.quantity)
            or problem_of(line.spec, line.quantity)
            or _beyond(line, lines)
            or _unproved(line, special, whose)
        )
    ]
    by_spec = {line.spec.specification_id: line for line in lines}
    for group in quote.groups:
        own = [by_spec[line.spec.specification_id] for line in group.lines]
        for line, each in zip(group.lines, own, strict=True):
            each.discount_fen = line.discount_fen
        page.groups.append(
            CheckoutGroup(
                supplier_id=group.supplier_id,
                name=in_reader_language(group.name_zh, group.name_en),
                slug=group.slug,
                lines=own,
                freight=group.freight,
                freight_text=_freight_text(group),
                ships_text=_ships_text(own, timezone.localdate(at)),
                discount_fen=group.discount_fen,
                note=(notes or {}).get(group.supplier_id, ""),
            )
        )
    return page


def _unproved(line: BasketLine, special: SpecialPrice | None, whose: Whose) -> Problem | None:
    """Return that a line is limited for each customer, for who has not proved who it is; said before anything is typed."""
    is_limited = line.spec.purchase_limit is not None or (special is not None and special.limit is not None)
    if whose.is_proved or not is_limited:
        return None
    return Problem(PhoneUnproved.code, _("Only so many for each customer: sign in with your phone number, then order."))


def _count_had(lines: list[BasketLine], special: SpecialPrice | None, whose: Whose, user: Any) -> None:
    """Say of each limited line how many its buyer may still have, as placing counts it; of proved buyers only."""
    if not whose.is_proved:
        return
    allowed = left_of_limits((line.spec for line in lines), whose)
    for line in lines:
        left = []
        if line.spec.listing_id in allowed:
            left.append(allowed[line.spec.listing_id])
        if special is not None and special.limit is not None:
            left.append(special.limit - pieces_bought_at(special.source, user=user))
        line.may_have = max(0, min(left)) if left else None


def _beyond(line: BasketLine, lines: list[BasketLine]) -> Problem | None:
    """Return that somebody had so many of a limited product already that this is too much."""
    wanted = sum(each.quantity for each in lines if each.spec.listing_id == line.spec.listing_id)
    if line.may_have is None or wanted <= line.may_have:
        return None
    text = ngettext(
        "Each buyer may have only so many: you can take %(n)d more.",
        "Each buyer may have only so many: you can take %(n)d more.",
        line.may_have,
    )
    return Problem("over_limit", text % {"n": line.may_have}, most=line.most)


def _special_problem(special: SpecialPrice | None, quantity: int) -> Problem | None:
    if special is None:
        return None
    if special.refusal:
        return Problem("deal_over", special.refusal)
    # Of two limits the narrower one holds, and is the one that is said.
    own = special.spec.purchase_limit
    if special.limit is not None and quantity > special.limit and (own is None or special.limit <= own):
        text = ngettext("Each buyer may have %(n)d piece.", "Each buyer may have %(n)d pieces.", special.limit)
        return Problem("over_limit", text % {"n": special.limit}, most=special.limit)
    return None


def deal_problem(deal: str, quantity: int, at: datetime) -> Problem | None:
    """Return why so many pieces can't be had at a special price ("drop:7"), or None."""
    special = special_price(deal, at)
    if special is None:
        return None
    return _special_problem(special, quantity) or problem_of(special.spec, quantity)


def _freight_text(group: SupplierGroup) -> str:
    if not group.freight.served:
        return _("can't be sent there")
    if group.freight.fen == 0:
        return _("Free delivery")
    ways = {"chilled": pgettext("freight", "chilled"), "frozen": pgettext("freight", "frozen")}
    parts = [
        f"{ways.get(storage, '')} {grams / 1000:.1f} kg".strip()
        for storage, grams in sorted(group.grams.items())
        if grams
    ]
    return " + ".join(parts)


def _ships_text(lines: list[BasketLine], today: date) -> str:
    holiday = lines[0].spec.holiday_until
    if holiday is not None and holiday > today:
        return _("ships from %(day)s") % {"day": spoken_day(holiday)}
    hours = max(line.spec.ship_within_hours for line in lines)
    return _("ships within %(n)d h") % {"n": hours}
