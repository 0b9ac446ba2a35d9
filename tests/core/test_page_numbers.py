"""The number of a page in an address is plain digits; whatever else stands there is the first page."""

import pytest

from shop.core.paging import Pages


@pytest.mark.parametrize("text", ["1_2", "+12", " 12", "１２", "12.0", "x", "", None, "٣", "9" * 30])
def test_what_is_no_plain_number_is_the_first_page(text: str | None) -> None:
    assert Pages(range(100), 5).get_page(text).number == 1


def test_a_plain_number_is_that_page_and_one_beyond_the_last() -> None:
    pages = Pages(range(100), 5)
    assert [pages.get_page(asked).number for asked in ("12", 12, "012", "21", 21)] == [12, 12, 12, 20, 20]
