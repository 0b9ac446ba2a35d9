"""What offers take off is the most that they can: against every way there is, and one more piece never costs the others."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shop.sales import combining
from shop.sales.combining import Combination, Gives, Goods, Needs, Terms
from tests.sales.test_combining import terms

goods_lists = st.lists(st.builds(Goods, st.integers(1, 60), st.integers(1, 4)), min_size=1, max_size=4)
small_lists = st.lists(st.builds(Goods, st.integers(1, 9), st.integers(1, 2)), min_size=1, max_size=4)


def one_more(goods: Sequence[Goods], place: int) -> list[Goods]:
    """Return the goods with one more piece of a line."""
    return [Goods(line.unit_fen, line.pieces + (number == place)) for number, line in enumerate(goods)]


def of_three_one_free(goods: list[Goods], **facts: Any) -> Terms:
    plain = terms(1, goods, needs=Needs.PIECES, threshold=3, gives=Gives.CHEAPEST, times=10)
    return replace(plain, **facts)


def test_a_cheap_fourth_piece_leaves_the_third_of_the_dear_ones_free() -> None:
    dear = [Goods(1000, 3)]
    with_cheap = [*dear, Goods(100, 1)]
    assert combining.best([of_three_one_free(dear)], dear).left == (2000,)
    assert combining.best([of_three_one_free(with_cheap)], with_cheap).left == (2000, 100)


def test_groups_of_three_are_made_as_suits_the_buyer() -> None:
    goods = [Goods(900, 2), Goods(800, 1), Goods(300, 1), Goods(200, 1), Goods(100, 2)]
    found = combining.best([of_three_one_free(goods)], goods)
    assert found.left == (1800, 0, 300, 200, 100)
    assert [(taken.times, taken.fen) for taken in found.taken] == [(2, 900)]


def test_the_first_of_the_groups_counts_where_an_offer_applies_once() -> None:
    goods = [Goods(900, 3), Goods(100, 3)]
    found = combining.best([of_three_one_free(goods, times=1)], goods)
    assert found.left == (1800, 300)


def test_a_free_piece_of_other_goods_is_the_dearest_that_each_group_can_bring() -> None:
    goods = [Goods(500, 7), Goods(300, 1), Goods(200, 1), Goods(100, 5)]
    offer = of_three_one_free(goods, counted=frozenset({0}), reduced=frozenset({1, 2, 3}))
    assert combining.best([offer], goods).left == (3500, 0, 0, 500)


def test_a_further_piece_keeps_what_is_off_the_dearest_where_an_offer_reduces_few() -> None:
    goods = [Goods(1000, 1), Goods(10, 4)]
    half = terms(1, goods, gives=Gives.PERCENT, value=5000, most_pieces=1)
    amount = terms(1, goods, gives=Gives.FIXED, value=700, most_pieces=1)
    each = terms(1, goods, gives=Gives.PER_PIECE, value=300, most_pieces=2)
    assert [combining.best([offer], goods).saved for offer in (half, amount, each)] == [500, 700, 310]


def test_what_another_offer_paid_already_is_not_chosen_as_the_free_piece() -> None:
    goods = [Goods(500, 1), Goods(400, 1), Goods(300, 4)]
    whole = terms(2, goods, frozenset({0}), gives=Gives.PERCENT, value=10_000)
    assert combining.best([whole, of_three_one_free(goods)], goods).left == (0, 400, 600)


def test_two_sizes_of_one_product_are_one_of_the_different_products() -> None:
    goods = [Goods(500, 1, product=7), Goods(900, 1, product=7)]
    offer = terms(1, goods, needs=Needs.KINDS, threshold=2, value=100)
    assert combining.missing(offer, goods) == 1
    assert not combining.best([offer], goods).taken
    assert combining.best([terms(1, goods, needs=Needs.KINDS, threshold=1, value=100)], goods).saved == 100


def every_grouping(goods: Sequence[Goods], offer: Terms) -> int:
    """Return the most that free pieces come to over every way to make groups of these goods."""
    pieces = [
        (line.unit_fen, number in offer.counted, number in offer.reduced)
        for number, line in enumerate(goods)
        for _piece in range(line.pieces)
    ]

    def groups(left: frozenset[int]) -> dict[frozenset[int], int]:
        found: dict[frozenset[int], int] = {}
        for group in combinations([n for n in sorted(left) if pieces[n][1]], offer.threshold):
            with_others = [group, *((*group, n) for n in left if pieces[n][2] and not pieces[n][1])]
            for each in with_others:
                if free := [pieces[n][0] for n in each if pieces[n][2]]:
                    found[frozenset(each)] = min(free)
        return found

    @cache
    def most(left: frozenset[int], times: int) -> int:
        if times == 0:
            return 0
        return max((fen + most(left - group, times - 1) for group, fen in groups(left).items()), default=0)

    return most(frozenset(range(len(pieces))), min(offer.times, len(pieces)))


@settings(max_examples=80, deadline=None)
@given(small_lists, st.data())
def test_the_cheapest_free_takes_what_the_best_of_all_groupings_takes(goods: list[Goods], data: st.DataObject) -> None:
    places = st.frozensets(st.integers(0, len(goods) - 1), min_size=1)
    counted = data.draw(places)
    offer = of_three_one_free(
        goods, threshold=data.draw(st.integers(1, 4)), times=data.draw(st.integers(1, 3)),
        counted=counted, reduced=data.draw(st.one_of(st.just(counted), places)),
    )  # fmt: skip
    assert combining.best([offer], goods).saved == every_grouping(goods, offer)


@st.composite
def offers_on(draw: st.DrawFn, lines: int, most: int = 4) -> list[Terms]:
    """Return up to `most` offers of every kind on some of so many lines."""
    places = st.frozensets(st.integers(0, lines - 1), min_size=1)
    found = []
    for pk in range(draw(st.integers(1, most))):
        needs = draw(st.sampled_from(Needs))
        gives = draw(st.sampled_from(Gives))
        counted = draw(places)
        found.append(
            Terms(
                pk=pk,
                needs=needs,
                threshold=draw(st.integers(0, 120 if needs == Needs.VALUE else 4)),
                gives=gives,
                value=draw(st.integers(1, 10_000 if gives == Gives.PERCENT else 40)),
                counted=counted,
                reduced=draw(st.one_of(st.just(counted), places)),
                times=draw(st.integers(1, 3)),
                most_fen=draw(st.none() | st.integers(1, 100)),
                most_pieces=draw(st.none() | st.integers(1, 3)),
                together=draw(st.sampled_from([None, frozenset(), frozenset(), frozenset({0, 1})])),
            )
        )
    return found


@st.composite
def with_offers(draw: st.DrawFn, most: int = 4) -> tuple[list[Goods], list[Terms], int]:
    """Return goods, offers on them, and the line that gets one more piece."""
    goods = draw(goods_lists)
    # A line without pieces is what a new one is added to.
    goods.append(Goods(draw(st.integers(1, 60)), 0))
    return goods, draw(offers_on(len(goods), most)), draw(st.integers(0, len(goods) - 1))


def best_of(offers: Sequence[Terms], goods: Sequence[Goods]) -> Combination:
    """Return the best for those lines that have pieces."""
    had = frozenset(place for place, line in enumerate(goods) if line.pieces)
    return combining.best(
        [replace(offer, counted=offer.counted & had, reduced=offer.reduced & had) for offer in offers], goods
    )


@settings(max_examples=120, deadline=None)
@given(with_offers())
def test_one_more_piece_never_takes_less_off(basket: tuple[list[Goods], list[Terms], int]) -> None:
    goods, offers, place = basket
    assert best_of(offers, one_more(goods, place)).saved >= best_of(offers, goods).saved


@settings(max_examples=50, deadline=None)
@given(with_offers())
def test_no_order_of_the_offers_takes_more_off(basket: tuple[list[Goods], list[Terms], int]) -> None:
    goods, offers, _place = basket
    most = 0
    for order in permutations(offers):
        state = combining.nothing_taken(goods)
        for offer in order:
            state = combining.take(offer, state, goods) or state
            most = max(most, state.saved)
    assert combining.best(offers, goods).saved == most


@pytest.mark.parametrize("count", [6, 12])
def test_many_offers_on_the_same_goods_are_looked_at_within_bounds(count: int) -> None:
    goods = [Goods(100 + 7 * number, 3) for number in range(12)]
    some = [frozenset(range(number, 12, 1 + number % 3)) for number in range(count)]
    offers = [
        terms(
            number,
            goods,
            places,
            gives=Gives.PERCENT,
            value=700 + 311 * number,
            together=None if number % 2 else frozenset(),
        )
        for number, places in enumerate(some)
    ]
    searched = combining.best(offers, goods)
    assert searched.saved >= max(combining.best([offer], goods).saved for offer in offers)
