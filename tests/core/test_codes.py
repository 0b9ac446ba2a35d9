"""Codes that people type."""

import contextlib

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from shop.core import codes
from shop.core.fields import CreditCodeField, PhoneField


@pytest.mark.parametrize(
    "typed",
    [
        "13800002046",
        "138 0000 2046",
        "138-0000-2046",
        "+86 138 0000 2046",
        "+8613800002046",
        "008613800002046",
        "8613800002046",
        "１３８００００２０４６",
        " 138.0000.2046 ",
    ],
)
def test_every_spelling_of_a_phone_becomes_its_eleven_digits(typed: str) -> None:
    assert codes.clean_phone(typed) == "13800002046"
    assert codes.international_phone(typed) == "+8613800002046"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1380204", "4 short: enter all 11."),
        ("138000020461", "1 too many: enter 11."),
        ("23800002046", "Mobile numbers start with 13 to 19: check the first digits."),
        ("12800002046", "Mobile numbers start with 13 to 19: check the first digits."),
        ("138a0002046", "Digits only: enter the 11 digits of a mobile number."),
        ("", "Enter a mobile number of 11 digits."),
        ("+85291234567", "Only numbers of mainland China (+86) can be used here."),
    ],
)
def test_a_wrong_phone_says_the_fix(typed: str, said: str) -> None:
    with translation.override("en"), pytest.raises(codes.InvalidCode) as refusal:
        codes.clean_phone(typed)
    assert str(refusal.value.message) == said
    assert refusal.value.field == "phone"


def test_a_short_phone_says_the_fix_in_chinese() -> None:
    with translation.override("zh-hans"), pytest.raises(codes.InvalidCode) as refusal:
        codes.clean_phone("1380 204")
    assert str(refusal.value.message) == "少了 4 位，请填 11 位"


def test_a_postcode_has_six_digits() -> None:
    assert codes.clean_postcode("510 630") == "510630"
    for wrong in ("51063", "5106300", "abcdef", ""):
        with pytest.raises(codes.InvalidCode):
            codes.clean_postcode(wrong)


# The example of GB 32100-2015.
STANDARD_EXAMPLE = "91350100M000100Y43"


def test_the_check_character_is_that_of_gb_32100() -> None:
    assert codes.credit_code_check(STANDARD_EXAMPLE[:-1]) == "3"
    assert codes.clean_credit_code("9135 0100 m000100y43") == STANDARD_EXAMPLE


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("91350100M000100Y4", "1 short: enter all 18."),
        ("91350100M000100Y44", "One character is wrong: compare it with the licence."),
        (
            "9I350100M000100Y43",
            "“I” can't be in it: I and O are 1 and 0, and S, V, Z are never used.",
        ),
    ],
)
def test_a_wrong_credit_code_says_the_fix(typed: str, said: str) -> None:
    with translation.override("en"), pytest.raises(codes.InvalidCode) as refusal:
        codes.clean_credit_code(typed)
    assert str(refusal.value.message) == said


@given(st.text(alphabet=codes.CREDIT_CODE_ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.integers(1, 30))
def test_one_changed_character_of_a_credit_code_is_noticed(body: str, place: int, shift: int) -> None:
    right = body + codes.credit_code_check(body)
    assert codes.clean_credit_code(right) == right
    alphabet = codes.CREDIT_CODE_ALPHABET
    other = alphabet[(alphabet.index(right[place]) + shift) % 31]
    with pytest.raises(codes.InvalidCode):
        codes.clean_credit_code(right[:place] + other + right[place + 1 :])


@pytest.mark.parametrize("gtin", ["4006381333931", "04006381333931", "036000291452", "96385074"])
def test_gtins_are_padded_to_fourteen(gtin: str) -> None:
    assert codes.clean_gtin(gtin) == gtin.zfill(14)


@given(st.integers(0, 10**13 - 1), st.integers(0, 12), st.integers(1, 9))
def test_one_changed_digit_of_a_gtin_is_noticed(number: int, place: int, shift: int) -> None:
    body = f"{number:013d}"
    right = body + codes.gtin_check(body)
    wrong = f"{right[:place]}{(int(right[place]) + shift) % 10}{right[place + 1 :]}"
    assert codes.clean_gtin(right) == right
    with pytest.raises(codes.InvalidCode):
        codes.clean_gtin(wrong)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("440000", "44"), ("441400", "4414"), ("441403", "441403"), ("44", "44"), ("441403102000", "441403102000")],
)
def test_a_division_code_loses_the_zeros_that_fill_it(typed: str, code: str) -> None:
    assert codes.clean_division_code(typed) == code


@given(st.text(max_size=60))
def test_no_text_makes_a_code_function_fail_otherwise(text: str) -> None:
    for clean in (
        codes.clean_phone,
        codes.clean_postcode,
        codes.clean_credit_code,
        codes.clean_gtin,
        codes.clean_division_code,
    ):
        with contextlib.suppress(codes.InvalidCode):
            clean(text)


def test_form_fields_show_the_same_words() -> None:
    from django.core.exceptions import ValidationError  # reason: only here

    assert PhoneField().clean("+86 138 0000 2046") == "13800002046"
    assert CreditCodeField(required=False).clean("") == ""
    with translation.override("en"), pytest.raises(ValidationError, match=r"4 short: enter all 11\."):
        PhoneField().clean("1380204")
