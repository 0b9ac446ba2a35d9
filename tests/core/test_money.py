from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.money import apportion, to_fen, to_yuan


@pytest.mark.parametrize(("yuan", "fen"), [("32.80", 3280), ("0.005", 1), ("0.004", 0), (Decimal("1e3"), 100000)])
def test_to_fen_rounds_half_up(yuan: str, fen: int) -> None:
    assert to_fen(yuan) == fen


@given(st.integers(min_value=0, max_value=10**12))
def test_fen_and_yuan_agree(fen: int) -> None:
    assert to_fen(to_yuan(fen)) == fen


@given(
    st.integers(min_value=-(10**9), max_value=10**9),
    st.lists(st.integers(min_value=0, max_value=10**7), min_size=1, max_size=12),
)
def test_apportion_adds_up_and_stays_within_one_fen(total: int, weights: list[int]) -> None:
    parts = apportion(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    if whole:
        assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))
        assert all(part == 0 for part, weight in zip(parts, weights, strict=True) if weight == 0)


def test_apportion_gives_the_odd_fen_to_the_largest_remainder() -> None:
    assert apportion(100, [1, 1, 1]) == [34, 33, 33]
    assert apportion(-100, [1, 1, 1]) == [-34, -33, -33]
    assert apportion(5, [0, 0]) == [5, 0]


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_apportion_refuses_what_it_cannot_split(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        apportion(1, weights)
