"""Goods that go back take their discount along, whoever paid for it; the freight stays with its supplier."""

from itertools import count
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oscar.apps.offer.models import ConditionalOffer

from shop.core import ledger
from shop.core.money import to_fen
from shop.core.projections import run_all
from shop.sales.models import LineDiscount, OfferConsent, OrderFacts
from shop.sales.offers import apply_discounts
from shop.sales.operations.aftersales import open_after_sale
from shop.sales.operations.closing import cancel_order, cancel_purchase
from shop.sales.operations.funding import answer_consent, renew_consent
from shop.sales.queries.funding import Cost, cost_of
from shop.sales.queries.seller import settlement
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import asked_to_fund, lines_for
from tests.sales.selling import buy, come_back, lines_of, pay, receive, ship
from tests.sales.test_offers import placed

pytestmark = pytest.mark.django_db
_numbers = count(1)


def wrong() -> list[Any]:
    return [found for _name, found in run_all() if found]


def give_back(order: OrderFacts, line_id: int, pieces: int) -> None:
    line = next(each for each in lines_of(order) if each.pk == line_id)
    amount = line.refundable_fen(pieces)
    case = open_after_sale(
        line_id=line_id, kind="return", quantity=pieces, amount_fen=amount, reason="不合适", actor=None, at=AT
    )
    come_back(case)


def payable(order: OrderFacts) -> int:
    return ledger.balance(f"supplier:{order.supplier_id}:payable") + ledger.balance(
        f"supplier:{order.supplier_id}:held"
    )


@pytest.mark.parametrize(("goods", "subsidy", "freight"), [(4740, 384, 700), (3160, 294, 600), (3280, 301, 600)])
def test_only_the_freight_is_left_with_a_supplier_once_all_its_goods_came_back(
    goods: int, subsidy: int, freight: int
) -> None:
    listing = make_listing(price_fen=goods // 2, stock=9, is_fresh=False)
    purchase = buy((listing, 2), discounts={listing.pk: subsidy}, freight={listing.supplier_id: freight})
    pay(purchase)
    order = receive(ship(OrderFacts.objects.get(purchase=purchase)))
    assert payable(order) == goods + freight
    for _n in range(2):
        give_back(order, lines_of(order)[0].pk, 1)
    order.refresh_from_db()
    assert (order.refunded_fen, payable(order)) == (goods - subsidy, freight)
    assert ledger.balance("platform:discounts") == 0
    [row] = settlement(order.supplier_id).page.object_list
    # What the order's page calls given back is what the settlement calls so.
    assert (row["paid"], row["subsidy"], row["back"], row["payable"]) == (
        goods - subsidy + freight, 0, goods - subsidy, freight,
    )  # fmt: skip
    assert wrong() == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    goods=st.lists(st.tuples(st.integers(1, 3), st.integers(100, 999), st.integers(0, 95)), min_size=1, max_size=3),
    freight=st.sampled_from([0, 1, 700]), data=st.data(),
)  # fmt: skip
def test_a_supplier_keeps_its_freight_and_the_price_of_what_was_kept(
    goods: list[tuple[int, int, int]], freight: int, data: st.DataObject
) -> None:
    supplier, number = make_supplier(), next(_numbers)
    wanted, discounts = [], {}
    for pieces, price, percent in goods:
        listing = make_listing(price_fen=price, stock=9, supplier=supplier, is_fresh=False)
        wanted.append((listing, pieces))
        discounts[listing.pk] = price * pieces * percent // 100
    purchase = buy(*wanted, discounts=discounts, freight={supplier.pk: freight}, key=f"p{number}")
    pay(purchase)
    order = receive(ship(OrderFacts.objects.get(purchase=purchase), number=f"SF{number:013d}"))
    pieces = [line.pk for line in lines_of(order) for _n in range(line.ordered)]
    kept = {line.pk: line.ordered for line in lines_of(order)}
    back = data.draw(st.permutations(pieces))[: data.draw(st.integers(0, len(pieces)))]
    for line_id in back:
        give_back(order, line_id, 1)
        kept[line_id] -= 1
    assert payable(order) == freight + sum(line.unit_price_fen * kept[line.pk] for line in lines_of(order))
    assert wrong() == []


def funded(supplier: Any, asked: OfferConsent, pieces: int = 2, other: int = 1) -> tuple[Any, OrderFacts]:
    """Place 122.00 apiece less 15 % at the supplier's cost, with another supplier's goods; not paid."""
    own, second = (
        make_listing(price_fen=12_200, supplier=each, stock=50, is_fresh=False) for each in (supplier, make_supplier())
    )
    lines = lines_for((spec_of(own), pieces), (spec_of(second), other))
    found = apply_discounts(lines, at=AT)
    purchase = placed(lines, found.applied, key=f"f{next(_numbers)}")
    return purchase, OrderFacts.objects.get(purchase=purchase, supplier=supplier)


def agreed(member: Any = None) -> tuple[Any, OfferConsent]:
    supplier = make_supplier(member=member) if member else make_supplier()
    asked = asked_to_fund(supplier)
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    return supplier, asked


def taken(asked: OfferConsent) -> tuple[int, int]:
    """What counts within the consent and within the offer's own bound."""
    asked.refresh_from_db()
    return asked.spent_fen, to_fen(ConditionalOffer.objects.get(pk=asked.offer_id).total_discount)


def test_an_offer_costs_its_supplier_what_was_paid_and_not_given_back() -> None:
    supplier, asked = agreed()
    purchase, order = funded(supplier, asked)
    # It is kept free within the consent until it is paid or closed, but has cost nothing.
    assert (cost_of(asked), taken(asked)) == (Cost(0, 3660), (3660, 3660))
    pay(purchase)
    assert (cost_of(asked), taken(asked)) == (Cost(3660, 0), (3660, 3660))
    order = receive(ship(OrderFacts.objects.get(pk=order.pk)))
    give_back(order, lines_of(order)[0].pk, 1)
    assert (cost_of(asked), taken(asked)) == (Cost(1830, 0), (1830, 1830))
    give_back(order, lines_of(order)[0].pk, 1)
    assert (cost_of(asked), taken(asked)) == (Cost(0, 0), (0, 0))
    assert wrong() == []


def test_what_is_cancelled_is_free_again_within_the_consent() -> None:
    supplier, asked = agreed()
    first, order = funded(supplier, asked)
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert (cost_of(asked), taken(asked)) == (Cost(0, 0), (0, 0))
    # The other supplier's order is paid all the same.
    pay(first)
    second, _order = funded(supplier, asked)
    cancel_purchase(purchase=second, actor=None, at=AT)
    assert (cost_of(asked), taken(asked)) == (Cost(0, 0), (0, 0))
    third, order = funded(supplier, asked)
    pay(third)
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert (cost_of(asked), taken(asked)) == (Cost(0, 0), (0, 0))
    assert set(LineDiscount.objects.values_list("amount_fen", "returned_fen")) == {(3660, 3660)}
    assert wrong() == []


def test_what_is_given_back_is_free_within_the_version_that_counts_now() -> None:
    supplier, asked = agreed()
    purchase, _order = funded(supplier, asked)
    ConditionalOffer.objects.filter(pk=asked.offer_id).update(exclusive=False)
    anew = renew_consent(offer_id=asked.offer_id, actor=None, at=AT)
    assert anew is not None
    assert anew.spent_fen == 3660
    cancel_purchase(purchase=purchase, actor=None, at=AT)
    assert taken(anew) == (0, 0)
    assert wrong() == []


def test_offers_settlement_lines_and_api_say_the_same_cost() -> None:
    """They said 63.78, 8.22 and 36.00 of one offer."""
    member = make_user()
    supplier, asked = agreed(member)
    funded(supplier, asked, pieces=1)
    purchase, order = funded(supplier, asked)
    pay(purchase)
    order = receive(ship(OrderFacts.objects.get(pk=order.pk)))
    give_back(order, lines_of(order)[0].pk, 1)
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    for address, testid in [
        ("/seller/offers/", "offer-spent"),
        (f"/seller/offers/{asked.pk}/", "offer-spent"),
        ("/seller/settlement/", "own-discounts"),
    ]:
        text = client.get(address).content.decode()
        assert text.split(f'data-testid="{testid}">')[1].startswith("¥18.30<"), address
    lines = client.get(f"/seller/offers/{asked.pk}/").content.decode()
    assert lines.count('data-testid="funded-line"') == 1
    assert "−¥18.30" in lines
    assert "−¥18.30" in client.get("/seller/settlement/").content.decode()
    assert settlement(supplier.pk).given_fen == cost_of(asked).cost_fen == 1830
    assert wrong() == []
