"""What of a discount goes back: never less for more, all of it with the last of the goods, nothing with the freight."""

from hypothesis import given
from hypothesis import strategies as st

from shop.sales.discount_rules import discount_back, shares
from shop.sales.rules import pieces_paid


@st.composite
def lines(draw: st.DrawFn) -> tuple[int, int, int]:
    price, pieces = draw(st.integers(1, 5000)), draw(st.integers(1, 12))
    return price, pieces, draw(st.integers(0, price * pieces))


@given(lines())
def test_what_was_kept_is_worth_its_price_whatever_number_of_pieces_went_back(line: tuple[int, int, int]) -> None:
    price, pieces, discount = line
    paid = price * pieces - discount
    for gone in range(pieces + 1):
        refunded = pieces_paid(price, gone, pieces, discount)
        kept = paid - refunded + discount - discount_back(price, pieces, discount, refunded, gone)
        assert kept == price * (pieces - gone)


@given(lines(), st.data())
def test_more_money_or_more_pieces_never_take_less_of_a_discount_back(
    line: tuple[int, int, int], data: st.DataObject
) -> None:
    price, pieces, discount = line
    paid = price * pieces - discount
    money = sorted(data.draw(st.lists(st.integers(0, paid), min_size=2, max_size=6)))
    gone = data.draw(st.integers(0, pieces))
    found = [discount_back(price, pieces, discount, each, gone) for each in [0, *money, paid]]
    assert found == sorted(found)
    assert found[-1] == (discount if paid else found[0])
    assert discount_back(price, pieces, discount, paid, pieces) == discount
    counts = [discount_back(price, pieces, discount, money[0], each) for each in range(pieces + 1)]
    assert counts == sorted(counts)
    assert 0 <= found[0] <= found[-1] <= discount


@given(st.lists(st.integers(1, 400), min_size=1, max_size=5))
def test_shares_add_up_and_never_shrink(amounts: list[int]) -> None:
    before = shares(amounts, 0)
    for part in range(1, sum(amounts) + 1):
        now = shares(amounts, part)
        assert sum(now) == part
        assert all(one <= other for one, other in zip(before, now, strict=True))
        before = now
    assert before == amounts
    assert shares([], 0) == []
