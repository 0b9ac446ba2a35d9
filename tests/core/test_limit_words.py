"""What forms say of too little and too long is said in the shop's words, in both languages, with the unit."""

from decimal import Decimal

import pytest
from django import forms
from django.utils.translation import override

from shop.core.fields import LineField, NumberField


class Bounds(forms.Form):
    kilograms = NumberField(min_value=Decimal("0.001"), max_value=9, max_digits=5, decimal_places=3, unit="kg")
    pieces = forms.IntegerField(min_value=1, max_value=5)
    name = LineField(max_length=3, min_length=2)


@pytest.mark.parametrize(
    ("language", "typed", "said"),
    [
        ("zh-hans", ("0", "0", "四个字符"), ("请填不小于 0.001 kg 的数。", "请填不小于 1 的数。", "太长了：最多 3 个字，现有 4 个。")),
        ("zh-hans", ("10", "6", "一"), ("请填不大于 9 kg 的数。", "请填不大于 5 的数。", "太短了：至少 2 个字，现有 1 个。")),
        ("zh-hans", ("1.2345", "1", "一二"), ("小数点后最多 3 位。", "", "")),
        ("en", ("0", "0", "four"), (
            "Enter 0.001 kg or more.", "Enter 1 or more.", "Too long: at most 3 characters, this has 4.",
        )),
    ],
)  # fmt: skip
def test_a_bound_is_told_in_the_words_of_the_shop(language, typed, said):
    with override(language):
        form = Bounds(dict(zip(("kilograms", "pieces", "name"), typed, strict=True)))
        found = tuple(" ".join(form.errors.get(name, [])) for name in ("kilograms", "pieces", "name"))
    assert found == said


def test_a_unit_of_one_field_is_not_that_of_another():
    class Plain(forms.Form):
        count = NumberField(min_value=1)

    with override("en"):
        assert Plain({"count": "0"}).errors["count"] == ["Enter 1 or more."]
