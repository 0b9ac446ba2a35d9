"""What people type as a number is read by one rule, in every form."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from shop.core.fields import NumberField
from shop.core.numbers import plain_number

PACKAGES = ("shop", "catalog", "procurement", "traceability", "livestream")


@pytest.mark.parametrize(
    ("typed", "read"),
    [("12.5", "12.5"), (" 1,280.00 ", "1280.00"), ("１，２８０．５", "1280.5"), ("-3", "-3"), (".5", ".5")],
)
def test_a_number_is_read_as_it_is_meant(typed: str, read: str) -> None:
    assert plain_number(typed) == read


@pytest.mark.parametrize(
    "typed",
    ["", "600,5", "1e3", "4.5e1", "2_4", "1,2,3", "1.2.3", "--1", "NaN", "Infinity", "0x10", "12 5", "五", "9" * 41],
)
def test_what_can_be_read_in_two_ways_is_no_number(typed: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(typed)}$"):
        plain_number(typed)
    if typed:
        with pytest.raises(forms.ValidationError):
            NumberField().clean(typed)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_every_amount_is_read_back_with_and_without_groups(value: Decimal) -> None:
    assert Decimal(plain_number(f"{value:f}")) == value
    assert NumberField().clean(f"{value:,.2f}") == value


def test_no_form_reads_a_decimal_by_another_rule() -> None:
    found = [
        f"{path.relative_to(settings.BASE_DIR)}:{node.lineno}"
        for package in PACKAGES
        for path in (Path(settings.BASE_DIR) / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and node.attr in {"DecimalField", "FloatField"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "forms"
    ]
    # The class itself is one.
    assert [each.partition(":")[0] for each in found] == ["shop/core/fields.py"]
