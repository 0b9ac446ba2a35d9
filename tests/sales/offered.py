"""A stall with every kind of offer and coupon, and baskets drawn from it: for properties that hold for all of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from oscar.apps.catalogue.models import Product
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from catalog.models import Specification, Supplier
from catalog.queries import Freight, SpecForSale, freight_of
from shop.core.money import to_yuan
from shop.sales import rules
from shop.sales.models import OfferApproval, OfferConsent, OfferFunding
from shop.sales.offer_parts import WITH
from shop.sales.offers import Discounts, apply_discounts
from shop.sales.operations.funding import answer_consent, renew_consent
from shop.sales.operations.offer_bounds import approve_offer
from shop.sales.pricing import PricedLine, Quote, add_freight, group_by_supplier
from shop.sales.queries.approving import sheets
from shop.sales.queries.funding import terms_now
from tests.factories import AT, make_freight, make_listing, make_supplier, spec_of

ENDS = AT + timedelta(days=30)


def make_range(*products: int) -> Range:
    """Make a range of these products; of all without any."""
    made = Range.objects.create(name=f"range {Range.objects.count()}", includes_all_products=not products)
    for product in Product.objects.filter(pk__in=products):
        made.add_product(product)
    return made


def make_offer(
    needs: tuple[str, Any] = (Condition.VALUE, 0),
    gives: tuple[str, Any] = (Benefit.FIXED, 10),
    *,
    products: Sequence[int] = (),
    supplier: Supplier | None = None,
    agreed: bool = True,
    most_pieces: int | None = None,
    **fields: Any,
) -> ConditionalOffer:
    """Make an offer of the site's on `products` (all without any); with `supplier` that one pays, as it `agreed`."""
    range_ = make_range(*products)
    values = {
        "name": f"满减 {ConditionalOffer.objects.count()}",
        "condition": Condition.objects.create(range=range_, type=needs[0], value=Decimal(needs[1])),
        "benefit": Benefit.objects.create(
            range=range_, type=gives[0], value=gives[1] and Decimal(gives[1]), max_affected_items=most_pieces
        ),
        "max_basket_applications": 1,
    }
    if supplier is not None:
        values |= {"max_discount": Decimal(100_000), "end_datetime": ENDS}
    offer = ConditionalOffer.objects.create(**(values | fields))
    if supplier is not None:
        OfferFunding.objects.create(offer=offer, funded_by=OfferFunding.FundedBy.SUPPLIER, supplier=supplier)
        asked = renew_consent(offer_id=offer.pk, actor=None, at=AT)
        if agreed:
            answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    return offer


def asked_to_fund(supplier: Supplier) -> OfferConsent:
    """Return what a supplier is asked to agree to: 15 % off its goods from 50 元, 80 元 at most."""
    offer = make_offer(
        (Condition.VALUE, 50), (Benefit.PERCENTAGE, 15), supplier=supplier, agreed=False, max_discount=Decimal(80)
    )
    return OfferConsent.objects.get(offer=offer)


def make_coupon(code: str, *offers: ConditionalOffer, usage: str = Voucher.MULTI_USE, **fields: Any) -> Voucher:
    """Make a coupon that turns `offers` on."""
    dates = {"start_datetime": AT - timedelta(days=1), "end_datetime": AT + timedelta(days=1)}
    voucher = Voucher.objects.create(name=code, code=code, usage=usage, **(dates | fields))
    ConditionalOffer.objects.filter(pk__in=[each.pk for each in offers]).update(offer_type=ConditionalOffer.VOUCHER)
    voucher.offers.add(*offers)
    for offer in offers:
        _agree_again(offer)
    return voucher


def approve_as_it_is(*offers: ConditionalOffer, beside: Sequence[ConditionalOffer] = ()) -> None:
    """Let a second person have approved offers as they are now, while those `beside` them were open."""
    rows = ConditionalOffer.objects.filter(pk__in=[each.pk for each in beside]).select_related("condition", "benefit")
    seen = {str(each.pk): terms_now(each) for each in rows}
    for offer in ConditionalOffer.objects.filter(pk__in=[each.pk for each in offers]):
        said = {"terms": terms_now(offer) | {WITH: seen}, "asked_at": AT, "approved_at": AT, "approved_by_id": 1}
        OfferApproval.objects.create(offer=offer, **said)


def seen_now(offer_id: int, at: datetime) -> str:
    """Return the fingerprint of an offer's terms as the page of who approves it shows them now."""
    rows = ConditionalOffer.objects.filter(pk=offer_id).select_related("condition", "benefit")
    return sheets(rows, at)[0].seen


def approve_read(*, offer_id: int, actor: Any, at: datetime) -> None:
    """Approve an offer on the terms that it has now."""
    approve_offer(offer_id=offer_id, seen=seen_now(offer_id, at), actor=actor, at=at)


def _agree_again(offer: ConditionalOffer) -> None:
    asked = renew_consent(offer_id=offer.pk, actor=None, at=AT)
    if asked is not None and asked.state == "asked":
        answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)


def lines_for(*wanted: tuple[SpecForSale, int]) -> list[PricedLine]:
    """Return lines of (specification, pieces) at their list prices."""
    return [PricedLine(spec, pieces, spec.price_fen) for spec, pieces in wanted]


@dataclass
class Stall:
    """What can be bought, and the offers and coupons that may be on."""

    specs: list[SpecForSale]
    offers: list[ConditionalOffer]
    coupons: list[Voucher]
    freights: dict[int | None, Freight] = field(default_factory=dict)

    def bare(self, wanted: Sequence[tuple[int, int]]) -> Quote:
        """Return what they cost without any offer."""
        groups = group_by_supplier(lines_for(*((self.specs[place], pieces) for place, pieces in wanted)))
        add_freight(groups, self.freights, "440106")
        return Quote(groups)

    def quote(self, wanted: Sequence[tuple[int, int]], coupon: Voucher | None) -> tuple[Quote, Discounts]:
        """Return what (place of a specification, pieces) cost, as the checkout works it out."""
        lines = lines_for(*((self.specs[place], pieces) for place, pieces in wanted))
        found = apply_discounts(lines, at=AT, coupon=coupon)
        groups = group_by_supplier(lines)
        add_freight(groups, self.freights, "440106")
        return Quote(groups, found.applied), found

    def turn_on(self, places: Sequence[int]) -> None:
        """Let only these offers of the site's be open."""
        on = [self.offers[place].pk for place in places]
        ConditionalOffer.objects.filter(pk__in=[each.pk for each in self.offers]).update(status="Suspended")
        ConditionalOffer.objects.filter(pk__in=on).update(status="Open")


def make_stall() -> Stall:
    """Make three suppliers of eight products, offers of every kind, three coupons."""
    suppliers = [make_supplier(f"合作社 {number}") for number in range(3)]
    for supplier, free_over in zip(suppliers, (9900, 5000, None), strict=True):
        make_freight(supplier, free_over_fen=free_over)
    prices = (1, 99, 333, 1980, 3333, 5800, 9950, 12345)
    specs = []
    for number, price in enumerate(prices):
        listing = make_listing(supplier=suppliers[number % 3], price_fen=price, stock=100_000, is_fresh=False)
        Specification.objects.filter(listing=listing).update(gross_grams=700 + 311 * number)
        specs.append(spec_of(listing))
    first, second, _third = suppliers
    of_first = [spec.product_id for spec in specs if spec.supplier_id == first.pk]
    few = [spec.product_id for spec in specs[2:6]]
    free = {"exclusive": False}
    offers = [
        make_offer((Condition.VALUE, 100), (Benefit.FIXED, 30), **free),
        make_offer((Condition.VALUE, 50), (Benefit.PERCENTAGE, 15), supplier=first, **free),
        make_offer((Condition.VALUE, 0), (Benefit.PERCENTAGE, "33.33"), products=few),
        make_offer((Condition.COUNT, 3), (Benefit.MULTIBUY, None), products=few),
        make_offer((Condition.COUNT, 2), (Benefit.FIXED_UNIT, "1.5"), supplier=second, most_pieces=3, **free),
        make_offer((Condition.COVERAGE, 2), (Benefit.FIXED, 7), products=of_first, supplier=first),
        make_offer((Condition.VALUE, "33.33"), (Benefit.FIXED, "3.33"), max_basket_applications=None),
        make_offer(
            (Condition.VALUE, 60), (Benefit.PERCENTAGE, 100), products=few, max_discount=Decimal("12.34"), **free
        ),
    ]
    coupons = [
        make_coupon("TEN", make_offer((Condition.VALUE, 90), (Benefit.FIXED, 10))),
        make_coupon("HALF", make_offer((Condition.VALUE, 0), (Benefit.PERCENTAGE, 50), supplier=second, **free)),
        make_coupon(
            "BOTH",
            make_offer((Condition.VALUE, 20), (Benefit.FIXED, 50), **free),
            make_offer((Condition.COUNT, 1), (Benefit.FIXED_UNIT, "0.01"), **free),
        ),
    ]
    stall = Stall(specs, offers, coupons)
    stall.freights = dict(freight_of(spec.freight_template_id for spec in specs))
    return stall


def baskets(stall: Stall) -> st.SearchStrategy[Any]:
    """Return a strategy of (specifications and pieces, offers that are on, coupon or None)."""
    places = st.integers(0, len(stall.specs) - 1)
    return st.tuples(
        st.dictionaries(places, st.integers(1, 9), min_size=1, max_size=5).map(lambda found: sorted(found.items())),
        st.lists(st.integers(0, len(stall.offers) - 1), unique=True, max_size=4),
        st.sampled_from(range(len(stall.coupons))),
    )


def check_basket(stall: Stall, wanted: Any, on: Any, coupon: int) -> None:
    """Check what holds for every basket: sums to the 分, who pays, no coupon or offer makes it dearer, returns add up."""
    bare = stall.bare(wanted)
    stall.turn_on(on)
    without, _none = stall.quote(wanted, None)
    with_, found = stall.quote(wanted, stall.coupons[coupon])
    assert with_.total_fen <= without.total_fen <= bare.total_fen == bare.goods_fen + bare.freight_fen
    used = any(each.voucher_id for each in with_.applied)
    assert used == (with_.total_fen < without.total_fen) == (not found.coupon_error and not found.coupon_note)
    check_one_more(stall, wanted, coupon, with_)
    suppliers = dict(OfferConsent.objects.values_list("pk", "supplier_id"))
    for quote in (without, with_):
        _check_sums(quote, suppliers)


def check_one_more(stall: Stall, wanted: Sequence[tuple[int, int]], coupon: int, before: Quote) -> None:
    """Check that one more piece, of one product or another, costs its price at most; the others get no dearer by it."""
    place = sum(place * pieces for place, pieces in wanted) % len(stall.specs)
    more = dict(wanted)
    more[place] = more.get(place, 0) + 1
    after, _found = stall.quote(sorted(more.items()), stall.coupons[coupon])
    assert after.discount_fen >= before.discount_fen
    assert after.goods_fen - after.discount_fen <= before.goods_fen - before.discount_fen + stall.specs[place].price_fen


def _check_sums(quote: Quote, suppliers: dict[int, int]) -> None:
    by_spec: dict[int, int] = {}
    funded: dict[int, int] = {}
    owner = {line.spec.specification_id: line.spec.supplier_id for line in quote.lines}
    for each in quote.applied:
        assert each.amount_fen > 0
        for specification_id, part in each.parts:
            by_spec[specification_id] = by_spec.get(specification_id, 0) + part
            if each.consent_id is not None:
                funded[specification_id] = funded.get(specification_id, 0) + part
                assert owner[specification_id] == each.supplier_id == suppliers[each.consent_id]
    for line in quote.lines:
        pk = line.spec.specification_id
        assert line.discount_fen == by_spec.get(pk, 0)
        assert line.discount_supplier_fen == funded.get(pk, 0)
        assert 0 <= line.discount_fen <= line.goods_fen
    goods = sum(line.unit_price_fen * line.quantity for line in quote.lines)
    assert sum(each.amount_fen for each in quote.applied) == quote.discount_fen
    assert quote.total_fen == goods + sum(group.freight.fen for group in quote.groups) - quote.discount_fen >= 0


@st.composite
def returned_lines(draw: st.DrawFn) -> tuple[int, int, int, list[int], list[int]]:
    """Return a line (unit price, pieces, discount) that goes back in portions, some of them asked for in part."""
    unit, pieces = draw(st.integers(1, 20_000)), draw(st.integers(1, 30))
    discount = draw(st.integers(0, unit * pieces))
    portions: list[int] = []
    while sum(portions) < pieces:
        portions.append(draw(st.integers(1, pieces - sum(portions))))
    return unit, pieces, discount, draw(st.permutations(portions)), draw(st.lists(st.integers(0, 500), max_size=2))


def check_return(unit: int, pieces: int, discount: int, portions: Sequence[int], partly: Sequence[int]) -> None:
    """Check that a line's portions add up to what was paid for it, whatever was given back for damage before."""
    paid = unit * pieces - discount
    given = 0
    for part in partly:
        given += min(part, paid - given)
    for portion in portions:
        back = rules.line_refundable(unit, portion, pieces, discount, given)
        assert 0 <= back <= unit * portion
        given += back
    assert given == paid, to_yuan(paid - given)
