"""Reading baskets: each line as it can be bought now, with what changed since it was put in."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.basket.models import Basket, Line

from catalog.queries import SpecForSale, freight_of, specifications_for_sale
from shop.core.errors import DomainError
from shop.core.money import to_fen
from shop.core.prepared import Prepared
from shop.sales.errors import PhoneUnproved
from shop.sales.offers import Discounts, apply_discounts, find_coupon
from shop.sales.pricing import PricedLine, Quote, add_freight, group_by_supplier
from shop.sales.queries.promises import LinePromise, line_promises
from shop.sales.rules import MAX_PIECES, clean_coupon
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.whose import Whose


@dataclass(frozen=True)
class Problem:
    """What is the matter with a line, in the reader's language; `blocks` buying it as it is. `most`: pieces one can have."""

    code: str
    text: str
    blocks: bool = True
    most: int = 0


@dataclass
class BasketLine:
    """One line. Amounts in 分; `was_fen` is the price when it was put in.

    `may_have`: what its buyer may still have of limited goods, where that is known. `promises`: of the dates of all lines that are
    bought with it.
    """

    spec: SpecForSale
    quantity: int
    was_fen: int
    chosen: bool = True
    discount_fen: int = 0
    may_have: int | None = None
    promises: "Promises | None" = None

    @property
    def name(self) -> str:
        """The product's name in the reader's language."""
        return in_reader_language(self.spec.name_zh, self.spec.name_en)

    @property
    def spec_text(self) -> str:
        """The 规格 in the reader's language."""
        return in_reader_language(self.spec.spec_zh, self.spec.spec_en)

    @property
    def picture(self) -> str:
        """The address of its picture; "" without one."""
        return thumb_url(self.spec.picture_key)

    @property
    def goods_fen(self) -> int:
        """Pieces times today's price."""
        return self.spec.price_fen * self.quantity

    @property
    def sum_fen(self) -> int:
        """What the line comes to, less its discount."""
        return self.goods_fen - self.discount_fen

    @property
    def promise(self) -> LinePromise:
        """What it is promised of its dates, if it is bought with the other lines."""
        return self.promises.of(self) if self.promises is not None else LinePromise()

    @property
    def most(self) -> int:
        """How many pieces one line may hold now."""
        bounds = [self.spec.available, self.spec.purchase_limit or MAX_PIECES, MAX_PIECES]
        return max(0, min(bounds if self.may_have is None else [*bounds, self.may_have]))

    @property
    def problem(self) -> Problem | None:
        """What keeps the line from being bought as it is, or what to know about it; None when all is well."""
        return problem_of(self.spec, self.quantity) or _price_news(self.spec.price_fen, self.was_fen)

    @property
    def can_buy(self) -> bool:
        """Whether the line can be bought as it is."""
        problem = self.problem
        return problem is None or not problem.blocks

    @property
    def can_keep(self) -> bool:
        """Whether some quantity of it can be bought."""
        return self.spec.is_sellable and not self.spec.is_preorder and self.most > 0


def problem_of(  # noqa: PLR0911 reason: one sentence per problem, the gravest first
    spec: SpecForSale, quantity: int
) -> Problem | None:
    """Return why `quantity` pieces can't be bought now, or None."""
    if not spec.is_sellable:
        return Problem("withdrawn", _("Taken off sale. You can remove it."))
    if not spec.is_certified_on(timezone.localdate()):
        return Problem("certificate_expired", spec.lapsed_words())
    if spec.is_preorder:
        return Problem("not_in_season", _("Not in season yet: have us remind you."))
    if spec.available < 1:
        return Problem("sold_out", _("Sold out for now: have us remind you when it is back."))
    if spec.purchase_limit is not None and quantity > spec.purchase_limit:
        text = ngettext("Each buyer may have %(n)d piece.", "Each buyer may have %(n)d pieces.", spec.purchase_limit)
        most = min(spec.purchase_limit, spec.available)
        return Problem("over_limit", text % {"n": spec.purchase_limit}, most=most)
    if quantity > spec.available:
        text = ngettext("Only %(n)d piece is left.", "Only %(n)d pieces are left.", spec.available)
        return Problem("fewer_left", text % {"n": spec.available}, most=spec.available)
    return None


def _price_news(now: int, before: int) -> Problem | None:
    if now == before:
        return None
    change = {"change": f"¥{abs(now - before) / 100:.2f}"}
    if now < before:
        return Problem("cheaper", _("%(change)s cheaper than when you put it in.") % change, blocks=False)
    return Problem("dearer", _("%(change)s dearer than when you put it in.") % change, blocks=False)


@dataclass
class BasketPage:
    """The basket as a page shows it. `quote` covers the chosen lines that can be bought."""

    groups: list["BasketGroup"] = field(default_factory=list)
    quote: Quote = field(default_factory=lambda: Quote([]))
    coupon_code: str = ""
    coupon_error: str = ""
    coupon_note: str = ""
    coupon_scope: str = ""
    offer_hint: str = ""

    @property
    def lines(self) -> list[BasketLine]:
        """Every line."""
        return [line for group in self.groups for line in group.lines]

    @property
    def payable_fen(self) -> int:
        """What the chosen goods cost after discounts, without freight."""
        return self.quote.goods_fen - self.quote.discount_fen

    @property
    def is_empty(self) -> bool:
        """Whether there is no line at all."""
        return not self.groups

    @property
    def all_chosen(self) -> bool:
        """Whether every line that can be bought is chosen."""
        able = [line for line in self.lines if line.can_buy]
        return bool(able) and all(line.chosen for line in able)


@dataclass
class BasketGroup:
    """One supplier's lines, and what its freight would be."""

    supplier_id: int
    name: str
    slug: str
    lines: list[BasketLine]
    to_free_fen: int | None = None
    is_free: bool = False

    @property
    def all_chosen(self) -> bool:
        """Whether every line that can be bought is chosen, and there is one."""
        able = [line for line in self.lines if line.can_buy]
        return bool(able) and all(line.chosen for line in able)


def find_basket(*, user: Any = None, basket_id: int | None = None) -> Basket | None:
    """Return the visitor's open basket, or None; nothing is made."""
    opened = Basket.objects.filter(status=Basket.OPEN)
    if user is not None:
        return opened.filter(owner=user).first()
    return opened.filter(pk=basket_id, owner=None).first() if basket_id else None


def _open_lines(**whose: Any) -> QuerySet[Any]:
    rows = Line.objects.filter(basket__status=Basket.OPEN, **whose).order_by("-pk")
    return rows.values_list("line_reference", "quantity", "price_incl_tax", "basket_id")


_OWN_LINES = Prepared(lambda user_id: _open_lines(basket__owner=user_id))
_GUEST_LINES = Prepared(lambda basket_id: _open_lines(basket=basket_id, basket__owner=None))


def _lines_of(user: Any, basket_id: int | None) -> list[Any]:
    if user is not None:
        return _OWN_LINES(user.pk)
    return _GUEST_LINES(basket_id) if basket_id else []


def read_basket(*, user: Any = None, basket_id: int | None = None) -> tuple[int | None, list[BasketLine]]:
    """Return the visitor's open basket's id and lines, newest first. Two queries, whatever the number."""
    found = _lines_of(user, basket_id)
    specs = specifications_for_sale(int(row[0]) for row in found)
    lines = [
        BasketLine(spec=specs[int(reference)], quantity=quantity, was_fen=to_fen(price))
        for reference, quantity, price, _basket in found
        if int(reference) in specs
    ]
    return (found[0][3] if found else None), lines


def count_pieces(*, user: Any = None, basket_id: int | None = None) -> int:
    """Return how many pieces the visitor's basket holds. One query."""
    return sum(row[1] for row in _lines_of(user, basket_id))


def basket_page(
    *,
    at: datetime,
    user: Any = None,
    basket_id: int | None = None,
    left_out: Collection[int] = (),
    coupon_code: str = "",
    destination: str = "",
) -> BasketPage:
    """Return the visitor's basket, priced. `left_out` are specifications not chosen; `destination` a division code.

    Queries: two for the lines, one for freight, one for offers, two for lots; coupons and offers that exist add a few.
    """
    _found, lines = read_basket(user=user, basket_id=basket_id)
    for line in lines:
        line.chosen = line.can_buy and line.spec.specification_id not in left_out
    Promises([line for line in lines if line.chosen], at)
    page = BasketPage(coupon_code=clean_coupon(coupon_code))
    page.quote, found = price_lines(
        [PricedLine(line.spec, line.quantity, line.spec.price_fen) for line in lines if line.chosen],
        page.coupon_code,
        user,
        destination,
        at,
    )
    page.coupon_error, page.coupon_note, page.offer_hint = found.coupon_error, found.coupon_note, found.hint
    page.coupon_scope = found.coupon_scope
    discounts = {line.spec.specification_id: line.discount_fen for line in page.quote.lines}
    priced = {group.supplier_id: group for group in page.quote.groups}
    for line in lines:
        line.discount_fen = discounts.get(line.spec.specification_id, 0)
        group = next((each for each in page.groups if each.supplier_id == line.spec.supplier_id), None)
        if group is None:
            name = in_reader_language(line.spec.supplier_name_zh, line.spec.supplier_name_en)
            group = BasketGroup(line.spec.supplier_id, name, line.spec.supplier_slug, [])
            if known := priced.get(group.supplier_id):
                group.to_free_fen = known.freight.to_free_fen
                group.is_free = known.freight.served and known.freight.fen == 0
            page.groups.append(group)
        group.lines.append(line)
    return page


class Promises:
    """What lines are promised of their dates if all are bought now: two queries once it is asked, one without lots."""

    def __init__(self, lines: Sequence[BasketLine], at: datetime) -> None:
        self._lines, self._at = lines, at
        for line in lines:
            line.promises = self

    def of(self, line: BasketLine) -> LinePromise:
        """Return what one of the lines is promised."""
        return self._found[line.spec.specification_id]

    @cached_property
    def _found(self) -> dict[int, LinePromise]:
        promised = line_promises(self._lines, at=self._at)
        return {line.spec.specification_id: each for line, each in zip(self._lines, promised, strict=True)}


def price_lines(
    lines: list[PricedLine], coupon_code: str, user: Any, destination: str, at: datetime
) -> tuple[Quote, Discounts]:
    """Return what `lines` cost to `destination`, and what applied and why the coupon did not, if it did not.

    Two queries, and a few more where there are offers or a coupon.
    """
    refusal, code, coupon, whose = "", "", None, Whose.of(user)
    try:
        coupon = find_coupon(coupon_code, at=at, whose=whose)
    except DomainError as refused:
        refusal, code = str(refused.message), refused.code
    discounts = apply_discounts(lines, at=at, coupon=coupon, whose=whose)
    discounts.coupon_error = refusal or discounts.coupon_error
    discounts.is_coupon_unproved = code == PhoneUnproved.code
    groups = group_by_supplier(lines)
    if groups:
        add_freight(groups, freight_of(line.spec.freight_template_id for line in lines), destination)
    return Quote(groups, discounts.applied), discounts
