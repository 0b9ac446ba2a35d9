"""Figures in files: yuan with two decimals, kilograms with three, as numbers; cards say what the tables below add up to."""

import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from shop.core.spreadsheets import csv_parts, write_xlsx
from shop.sales.report_shown import money, weight


@pytest.mark.parametrize(("fen", "shown"), [(0, "0.00"), (1250, "12.50"), (100, "1.00"), (-5, "-0.05")])
def test_yuan_in_a_file_have_two_decimals(fen, shown):
    assert "".join(csv_parts([[money(fen)]])).strip("\ufeff\r\n") == shown


def test_kilograms_in_a_file_are_to_the_gram():
    assert [str(weight(grams)) for grams in (0, 910_000, 1)] == ["0.000", "910.000", "0.001"]


def test_a_workbook_shows_as_many_decimals_as_a_number_has():
    target = io.BytesIO()
    write_xlsx(target, [("a", [["元", "公斤"], [money(1250), weight(8_024_375)]])])
    yuan, kilograms = load_workbook(io.BytesIO(target.getvalue())).worksheets[0][2]
    assert (yuan.value, yuan.number_format) == (12.5, "#,##0.00")
    assert (Decimal(str(kilograms.value)), kilograms.number_format) == (Decimal("8024.375"), "#,##0.000")
