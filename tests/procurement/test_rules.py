from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.rules.amounts import in_capitals
from procurement.rules.lists import Known, Verdict, check_rows, read_quantity
from procurement.rules.quota import (
    Amounts,
    PaceState,
    add_up,
    counted_fen,
    elapsed_bp,
    fulfilment_rate,
    month_day,
    pace,
    reserved_fen,
)
from procurement.rules.tables import Cell, read_rows, rows_of, split_text
from procurement.states import CanteenMode

money = st.integers(min_value=0, max_value=10**14)


def test_the_rate_is_truncated_never_rounded_up():
    assert fulfilment_rate(11329, 188864) == Decimal("5.99")
    assert fulfilment_rate(59999, 45763) == Decimal("131.10")
    assert fulfilment_rate(99_999, 100_000) == Decimal("99.99")
    assert fulfilment_rate(0, 100) == Decimal(0)
    assert fulfilment_rate(-5, 100) == Decimal(0)
    assert fulfilment_rate(100, 0) is None


@given(money, st.integers(min_value=1, max_value=10**14))
def test_the_rate_is_the_largest_with_two_decimals_that_is_not_above_the_truth(traded, reserved):
    rate = fulfilment_rate(traded, reserved)

    assert rate is not None
    assert rate * reserved <= traded * 100
    assert (rate + Decimal("0.01")) * reserved > traded * 100
    assert (rate >= 100) == (traded >= reserved)


@given(money, st.integers(min_value=0, max_value=10_000))
def test_the_share_is_at_least_the_ratio_and_less_than_a_fen_above(spend, ratio):
    reserved = reserved_fen(CanteenMode.OWN, spend, ratio)

    assert 0 <= reserved * 10_000 - spend * ratio < 10_000


def test_who_has_no_canteen_reserves_nothing_who_outsources_does():
    assert reserved_fen(CanteenMode.NONE, 1_000_000, 3000) == 0
    assert reserved_fen(CanteenMode.SHARED, 1_000_000, 3000) == 0
    assert reserved_fen(CanteenMode.OUTSOURCED, 1_000_000, 3000) == 300_000


def test_what_counts_is_the_total_less_what_came_back_or_was_not_charged():
    assert counted_fen(10_000, 1_500, 500) == 8_000


END = date(2026, 12, 31)


def test_time_is_over_at_the_end_and_not_begun_before():
    assert elapsed_bp(date(2025, 12, 31), 2026, END) == 0
    assert elapsed_bp(date(2026, 1, 1), 2026, END) == 27
    assert elapsed_bp(END, 2026, END) == elapsed_bp(date(2027, 5, 1), 2026, END) == 10_000
    assert month_day(2026, "02-29") == date(2026, 2, 28)


def test_pace_says_who_is_behind_and_what_a_week_takes():
    late = pace(
        amounts=Amounts(reserved=100_000, fulfilled=40_000), recent_fen=9_000, today=date(2026, 11, 23), fulfil_by=END
    )

    assert (late.state, late.rate_bp, late.expected_bp, late.gap_bp) == (PaceState.BEHIND, 4000, 8958, -4958)
    assert (late.remaining_fen, late.days_left, late.weekly_fen) == (60_000, 38, 10_000)
    assert late.forecast_bp == 4380

    def state(traded):
        amounts = Amounts(reserved=100_000, fulfilled=traded)
        return pace(amounts=amounts, recent_fen=0, today=date(2026, 11, 23), fulfil_by=END).state

    assert state(100_000) == PaceState.DONE
    assert state(95_000) == PaceState.AHEAD
    assert state(85_000) == PaceState.ON_PACE
    assert pace(amounts=Amounts(fulfilled=5), recent_fen=0, today=END, fulfil_by=END).state == "nothing_reserved"


@given(money, money, money, st.integers(min_value=1, max_value=10**13), st.integers(min_value=0, max_value=364))
def test_weekly_amounts_fill_the_share_in_time(traded, committed, recent, reserved, day):
    today = date(2026, 1, 1) + timedelta(days=day)
    amounts = Amounts(reserved=reserved, committed=committed, fulfilled=traded)
    found = pace(amounts=amounts, recent_fen=recent, today=today, fulfil_by=END)

    weeks = max(1, -(-found.days_left // 7))
    assert found.weekly_fen * weeks >= found.remaining_fen == max(0, reserved - traded - committed)


@given(st.lists(st.builds(Amounts, reserved=money, committed=money, fulfilled=money)))
def test_what_a_sum_still_misses_is_the_sum_of_its_rows_whatever_others_bought_beyond_theirs(rows):
    assert add_up((row, True) for row in rows).counted.remaining == sum(row.remaining for row in rows)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (0, "零元整"), (1, "壹分"), (10, "壹角整"), (105, "壹元零伍分"), (123450, "壹仟贰佰叁拾肆元伍角整"),
        (100000, "壹仟元整"), (1000000, "壹万元整"), (10000500, "壹拾万零伍元整"), (100050000, "壹佰万零伍佰元整"),
        (10000000000, "壹亿元整"), (10000050000, "壹亿零伍佰元整"), (1010000, "壹万零壹佰元整"), (2000304, "贰万零叁元零肆分"),
        (-500, "负伍元整"),
    ],
)  # fmt: skip
def test_amounts_in_capital_figures(fen, words):
    assert in_capitals(fen) == f"人民币{words}"


def _back(words):
    """Read capital figures back into 分."""
    text = words.removeprefix("人民币").removesuffix("整")
    yuan, _, rest = text.partition("元") if "元" in text else ("", "", text)
    total = section = number = 0
    for sign in yuan:
        if sign in "零壹贰叁肆伍陆柒捌玖":
            number = "零壹贰叁肆伍陆柒捌玖".index(sign)
        elif sign in "拾佰仟":
            section += number * 10 ** ("拾佰仟".index(sign) + 1)
            number = 0
        else:
            total += (section + number) * {"万": 10**4, "亿": 10**8}[sign]
            section = number = 0
    fen = (total + section + number) * 100
    for sign, worth in (("角", 10), ("分", 1)):
        if sign in rest:
            fen += "零壹贰叁肆伍陆柒捌玖".index(rest[rest.index(sign) - 1]) * worth
    return fen


@given(st.integers(min_value=0, max_value=10**13))
def test_capital_figures_say_the_amount(fen):
    words = in_capitals(fen)

    assert _back(words) == fen
    assert "零零" not in words


KNOWN = {"A1": Known(11, True, 100), "B2": Known(22, True, 5), "C3": Known(33, False, 9)}


def test_each_row_gets_its_reason_and_good_ones_stand_alone():
    table = [["商品编码", "备注", "数量"], ["a1", "", 12], [], ["B2", "", "十二"], ["B2", "x", "6"], ["B2", "", "5.0"],
             ["A1", "", "1"], ["C3", "", 1], ["Z9", "", 1], ["", "", 3], ["A1", "", "=1+1"], ["=A1", "", 2]]  # fmt: skip

    rows = check_rows(rows_of(table), KNOWN)

    assert [(row.number, row.verdict.value, row.quantity) for row in rows] == [
        (2, "good", 12), (4, "too_few_left", 12), (5, "too_few_left", 6), (6, "good", 5), (7, "duplicate", 0),
        (8, "not_for_sale", 0), (9, "unknown", 0), (10, "no_code", 0), (11, "formula", 0), (12, "formula", 0),
    ]  # fmt: skip
    assert rows[4].same_as == 2
    assert rows[2].left == 5
    assert [row.specification_id for row in rows if row.verdict == Verdict.GOOD] == [11, 22]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("12", ("good", 12)), ("１２", ("good", 12)), ("1,200", ("good", 1200)), ("12.00", ("good", 12)), ("'7", ("good", 7)),
        ("", ("no_quantity", 0)), ("12箱", ("other_unit", 0)), ("2 箱", ("other_unit", 0)), ("24件", ("good", 24)), ("24 个", ("good", 24)), ("二十", ("good", 20)),
        ("十二", ("good", 12)), ("一百零五件", ("good", 105)), ("两百", ("good", 200)), ("二百五", ("not_a_number", 0)), ("约20", ("not_a_number", 0)),
        ("20-30", ("not_a_number", 0)), ("2×12", ("not_a_number", 0)), ("3公斤", ("other_unit", 0)), ("1e3", ("not_a_number", 0)), ("1,20", ("not_a_number", 0)),
        ("1.5", ("not_whole", 0)), ("0", ("not_whole", 0)), ("-3", ("not_whole", 0)), ("100000", ("too_many", 0)),
        ("9" * 400, ("too_many", 0)),
    ],
)  # fmt: skip
def test_numbers_as_people_type_them(text, found):
    verdict, quantity = read_quantity(text)
    assert (verdict.value, quantity) == found


@given(st.text(max_size=40))
def test_any_text_gets_some_verdict(text):
    for row in check_rows([Cell(1, "A1", text), Cell(2, text[:60], "1")], KNOWN):
        assert row.verdict in Verdict
        assert (row.quantity > 0) == (row.verdict in {Verdict.GOOD, Verdict.TOO_FEW_LEFT})


def test_pasted_lines_split_by_tab_comma_or_spaces():
    assert split_text('A1\t2\r\n"B2",3\nC3  4\n\nD4，5') == [["A1", "2"], ["B2", "3"], ["C3", "4"], [], ["D4", "5"]]


def test_a_head_below_a_title_is_found_and_what_stands_above_is_told():
    table = [
        ["朝霞小学 11 月采购单", None, None],
        [],
        ["经办：周敏", None],
        ["序号", "商品编码*", "数量（件）"],
        [1, "A1", "24件"],
    ]
    found = read_rows(table)
    assert (found.head, found.skipped) == (4, (1, 3))
    assert found.cells == [Cell(5, "A1", "24件")]


@pytest.mark.parametrize("head", ["数量（箱）", "数量/箱", "数量(公斤)"])
def test_a_head_that_measures_in_other_units_is_not_read_as_pieces(head):
    (cell,) = read_rows([["编码", head], ["A1", 3]]).cells
    assert check_rows([cell], KNOWN)[0].verdict == Verdict.OTHER_UNIT
