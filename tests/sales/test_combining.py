"""Which offers apply together, and how a line's pieces add up: the cases that went wrong, and every generated one."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.sales import combining, rules
from shop.sales.combining import Gives, Goods, Needs, Terms
from shop.sales.models import LineFacts
from tests.cases.reading import entries
from tests.sales.offered import baskets, check_basket, check_return, make_stall, returned_lines

CASES = entries("money.json")


def terms(pk: int, goods: list[Goods], places: frozenset[int] | None = None, **facts: Any) -> Terms:
    everything = frozenset(range(len(goods))) if places is None else places
    values = {"needs": Needs.VALUE, "threshold": 0, "gives": Gives.FIXED, "value": 0, "together": frozenset()}
    return Terms(pk=pk, counted=everything, reduced=everything, **(values | facts))


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] == "returns"])
def test_returning_piece_by_piece_gives_all_of_it_back(case: dict[str, Any]) -> None:
    given_back = 0
    for pieces in case["returns"]:
        given_back += rules.line_refundable(
            case["unit_price_fen"], pieces, case["pieces"], case["discount_fen"], given_back
        )
    assert given_back == case["refunds_sum_fen"]


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] == "discounts"])
def test_recorded_discounts_are_what_was_taken_off(case: dict[str, Any]) -> None:
    goods = [Goods(each["fen"], 1) for each in case["goods"]]
    offers = [
        terms(
            number,
            goods,
            frozenset(place for place, each in enumerate(case["goods"]) if offer["of"] in ("all", each["supplier"])),
            threshold=offer["from_fen"],
            gives=Gives.FIXED if offer["takes"] == "fen" else Gives.PERCENT,
            value=offer["value"] if offer["takes"] == "fen" else offer["value"] * 100,
        )
        for number, offer in enumerate(case["offers"])
    ]
    found = combining.best(offers, goods)
    assert [taken.fen for taken in found.taken] == case["discounts_fen"]
    assert sum(taken.fen for taken in found.taken) == case["discounts_sum_fen"]
    assert sum(found.left) == case["paid_for_goods_fen"]


def test_the_better_of_two_that_exclude_each_other_is_chosen() -> None:
    goods = [Goods(12_000, 1)]
    small = terms(1, goods, value=500, together=None)
    large = terms(2, goods, value=1000, together=None)
    assert [taken.terms.pk for taken in combining.best([small, large], goods).taken] == [2]


def test_what_excludes_each_other_shares_the_goods_where_that_saves_more() -> None:
    goods = [Goods(6000, 1), Goods(4000, 1)]
    site = terms(1, goods, gives=Gives.PERCENT, value=1000, together=None)
    half = terms(2, goods, frozenset({0}), gives=Gives.PERCENT, value=5000, together=None)
    found = combining.best([site, half], goods)
    assert {taken.terms.pk: taken.parts for taken in found.taken} == {2: (3000, 0), 1: (0, 400)}


def test_only_what_is_said_to_combine_does_where_one_names_its_partners() -> None:
    goods = [Goods(10_000, 1)]
    one = terms(1, goods, value=1000, together=frozenset({3}))
    other = terms(2, goods, value=900)
    third = terms(3, goods, value=100)
    assert {taken.terms.pk for taken in combining.best([one, other, third], goods).taken} == {1, 3}


def test_every_full_hundred_takes_off_again_within_what_the_offer_may_cost() -> None:
    goods = [Goods(8750, 4)]
    offer = terms(1, goods, threshold=10_000, value=1000, times=10, most_fen=2500)
    found = combining.best([offer], goods)
    assert [(taken.times, taken.fen) for taken in found.taken] == [(3, 2500)]


def test_of_three_the_cheapest_is_free_once_for_each_three() -> None:
    goods = [Goods(500, 2), Goods(300, 4)]
    offer = terms(1, goods, needs=Needs.PIECES, threshold=3, gives=Gives.CHEAPEST, times=10)
    assert combining.best([offer], goods).left == (1000, 600)


@pytest.mark.parametrize(
    ("needs", "threshold", "rest"), [(Needs.VALUE, 2000, 400), (Needs.PIECES, 6, 2), (Needs.KINDS, 3, 1)]
)
def test_what_is_missing_is_counted_as_the_offer_counts(needs: Needs, threshold: int, rest: int) -> None:
    goods = [Goods(500, 2), Goods(300, 2)]
    offer = terms(1, goods, needs=needs, threshold=threshold, value=100)
    assert combining.missing(offer, goods) == rest
    assert not combining.best([offer], goods).taken


goods_lists = st.lists(st.builds(Goods, st.integers(1, 9999), st.integers(1, 9)), min_size=1, max_size=4)


@given(goods_lists, st.data())
def test_no_combination_takes_more_than_the_goods_cost_and_one_more_offer_never_takes_less(
    goods: list[Goods], data: st.DataObject
) -> None:
    places = st.frozensets(st.integers(0, len(goods) - 1))
    offers = [
        Terms(
            pk=number,
            needs=data.draw(st.sampled_from(Needs)),
            threshold=data.draw(st.integers(0, 9000)) if number % 2 else data.draw(st.integers(0, 4)),
            gives=data.draw(st.sampled_from(Gives)),
            value=data.draw(st.integers(0, 10_000)),
            counted=data.draw(places),
            reduced=data.draw(places),
            times=data.draw(st.integers(0, 3)),
            together=data.draw(st.sampled_from([None, frozenset(), frozenset({0, 1})])),
        )
        for number in range(4)
    ]
    saved = [combining.best(offers[:count], goods).saved for count in range(5)]
    assert saved == sorted(saved)
    found = combining.best(offers, goods)
    assert all(left >= 0 for left in found.left)
    assert sum(found.left) + found.saved == sum(line.fen for line in goods)


@given(returned_lines())
def test_pieces_given_back_in_any_portions_add_up_to_the_line(line: Any) -> None:
    check_return(*line)


@pytest.mark.django_db
def test_for_every_basket_the_sums_are_exact_and_no_coupon_makes_it_dearer() -> None:
    stall = make_stall()

    @settings(max_examples=150, suppress_health_check=list(HealthCheck), database=None)
    @given(baskets(stall))
    def for_each(basket: Any) -> None:
        check_basket(stall, *basket)

    for_each()


@given(returned_lines(), st.integers(0, 10**6), st.integers(0, 5))
def test_pieces_of_a_weighed_line_add_up_to_what_was_paid_for_its_weight(line: Any, light: int, unsent: int) -> None:
    unit, sent, discount, portions, _partly = line
    ordered = sent + unsent
    facts = LineFacts(unit_price_fen=unit, ordered=ordered, discount_fen=discount, shipped=sent)
    facts.refunded_fen = facts.refundable_fen(unsent, sent=False) if unsent else 0
    facts.cancelled = unsent
    facts.weighed_back_fen = min(light, facts.paid_fen - facts.refunded_fen)
    facts.refunded_fen += facts.weighed_back_fen
    for portion in portions:
        facts.refunded_fen += facts.refundable_fen(portion)
    assert facts.refunded_fen == facts.paid_fen
