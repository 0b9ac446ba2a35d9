"""Phones, codes and amounts as people type and paste them: read as what they mean, or refused in words."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from shop.core.codes import InvalidCode, clean_phone, packed_code
from shop.core.fields import PhoneField, YuanField
from shop.core.numbered import typed_number
from shop.core.numbers import plain_number, plain_yuan, read_id, whole_number
from shop.sales.queries.finding import fen_typed
from shop.sales.rules import clean_coupon
from tests.cases.reading import named, rows
from traceability.rules.codes import cleaned

PHONES = rows("phones.csv", "input")
CODES = rows("codes.csv", "input")
AMOUNTS = rows("amounts.csv")
UNSEEN = "\u200b\u200d\u200e\u202c\u202d\u2060\u2068\u2069\u00ad\ufe0d\ufeff"


@pytest.mark.parametrize("case", PHONES, ids=named(PHONES, "input"))
def test_a_phone_is_read_as_its_case_says(case: dict[str, str]) -> None:
    assert clean_phone(case["input"]) == case["phone"]
    assert PhoneField().clean(case["input"]) == case["phone"]


READERS = {"trace": cleaned, "coupon": clean_coupon, "order_number": typed_number, "one_time_code": packed_code}


@pytest.mark.parametrize("case", [case for case in CODES if case["kind"] in READERS and case["means"]])
def test_a_code_is_read_as_its_case_says(case: dict[str, str]) -> None:
    assert READERS[case["kind"]](case["input"]) == case["means"]


@pytest.mark.parametrize("case", AMOUNTS, ids=named(AMOUNTS, "field", "input"))
def test_an_amount_is_read_as_its_case_says(case: dict[str, str]) -> None:
    field = YuanField(max_digits=13, decimal_places=2)
    if not case["yuan"]:
        with pytest.raises(ValidationError):
            field.clean(case["input"])
        assert fen_typed(case["input"]) is None
        return
    assert field.clean(case["input"]) == Decimal(case["yuan"])
    assert fen_typed(case["input"]) == int(Decimal(case["yuan"]) * 100)


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("138 0000 2046", "13800002046"), ("138-0000-2046", "13800002046"), ("138.0000.2046", "13800002046"),
        ("＋８６ 138 0000 2046", "13800002046"), ("0086 138 0000 2046", "13800002046"), ("86-13800002046", "13800002046"),
        ("+86(138)00002046", "13800002046"), ("138—0000—2046", "13800002046"), ("138\u00a00000\u00a02046", "13800002046"),
        ("138\u30000000\u30002046", "13800002046"), ("\u206613800002046\u2069", "13800002046"), ("138\t00002046", "13800002046"),
        ("１３８-０００0-２０４６", "13800002046"), ("\u2060138\u206000002046", "13800002046"), ("138−0000−2046", "13800002046"),
        ("13800002046\n", "13800002046"), ("(138) 0000 2046", "13800002046"), ("+86\u00ad13800002046", "13800002046"),
        ("①③⑧００００２０４６", None), ("1380000204６\u200b", "13800002046"), ("138000020460", None), ("1380000204", None),
        ("+1 138 0000 2046", None), ("12800002046", None), ("0769-22220000", None), ("13800002046转9100", None),
        ("9" * 5000, None), ("1380000²046", None), ("O3800002046", None), ("l3800002046", None), ("", None), ("\u200b", None),
        ("+8613800002046", "13800002046"), ("8613800002046", "13800002046"), ("008613800002046", "13800002046"),
        ("٣٨٠٠٠٠٢٠٤٦1", None), ("一三八零零零零二零四六", None), ("138-0000-2046/13900001111", None),
        ("19900002046", "19900002046"), ("\u202a+86 199 0000 2046\u202c", "19900002046"),
    ],
)  # fmt: skip
def test_a_phone_of_our_own_is_read_or_refused(typed: str, phone: str | None) -> None:
    if phone is None:
        with pytest.raises(InvalidCode):
            clean_phone(typed)
    else:
        assert clean_phone(typed) == phone


@pytest.mark.parametrize(
    ("typed", "yuan"),
    [
        ("1280.5", "1280.5"), ("¥1,280.50", "1280.50"), ("￥1280", "1280"), ("1280元", "1280"), ("1280 元", "1280"),
        ("RMB 1280", "1280"), ("1280 CNY", "1280"), ("１２８０．５０", "1280.50"), ("1 280", None), ("1,28", None),
        ("12,34,567", None), ("1.280,50", None), ("1’280.50", None), ("1e3", None), ("1E3", None), ("0x10", None),
        ("1_000", None), ("--5", None), ("+5", "+5"), ("-5", "-5"), (".5", ".5"), ("5.", None), ("五", None), ("²", None),
        ("1²", None), ("①", None), ("٣", None), ("9" * 5000, None), ("NaN", None), ("Infinity", None), ("\u200b12.5", "12.5"),
        ("12.5\ufeff", "12.5"), ("12\u00ad.5", "12.5"), ("12。5元", "12.5"), ("¥ 12.50", "12.50"), ("¥¥5", None), ("元", None),
        ("¥", None), ("1280圆整", "1280"), ("人民币1280元", "1280"), ("1/2", None), ("12%", None), ("", None), ("\0", None),
    ],
)  # fmt: skip
def test_an_amount_of_our_own_is_read_or_refused(typed: str, yuan: str | None) -> None:
    if yuan is None:
        with pytest.raises(ValueError):  # reason: what is said of it is for the field
            plain_yuan(typed)
    else:
        assert plain_yuan(typed) == yuan


@given(
    fen=st.integers(0, 10**11), group=st.booleans(), wide=st.booleans(), sign=st.sampled_from(["", "¥", "￥", "RMB "])
)
def test_however_a_sum_is_written_it_is_the_same_sum(fen: int, group: bool, wide: bool, sign: str) -> None:
    text = f"{fen // 100:,}.{fen % 100:02}" if group else f"{fen // 100}.{fen % 100:02}"
    if wide:
        text = text.translate({ord(plain): ord(plain) + 0xFEE0 for plain in "0123456789.,"})
    assert Decimal(plain_yuan(sign + text)) == Decimal(fen) / 100


@given(text=st.text(max_size=30))
def test_no_text_breaks_a_reader_or_becomes_another_number(text: str) -> None:
    for read in (plain_number, plain_yuan):
        try:
            number = read(text)
        except ValueError:
            continue
        assert Decimal(number).is_finite()
        assert "e" not in number.lower()
    assert read_id(text) is None or (text.isascii() and str(int(text)) == (text.lstrip("0") or "0"))


@given(
    digits=st.integers(10**10, 2 * 10**10 - 1),
    places=st.lists(st.integers(0, 11), max_size=4),
    sign=st.sampled_from(UNSEEN),
)
def test_what_nobody_sees_changes_no_number(digits: int, places: list[int], sign: str) -> None:
    text = str(digits)
    for place in places:
        text = text[:place] + sign + text[place:]
    assert packed_code(text) == str(digits)
    assert whole_number(text) == digits


@pytest.mark.parametrize(
    "text", ["²", "٣", "①", "9" * 19, "9" * 5000, "-1", "+1", "1_0", " 1", "1 ", "", "１", "\0", "0x1"]
)
def test_what_no_program_writes_is_no_id(text: str) -> None:
    assert read_id(text) is None
