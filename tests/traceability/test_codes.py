"""Trace codes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traceability.rules.codes import ALPHABET, cleaned, grouped, is_code, new_code


def test_codes_are_new_each_time_and_survive_typing() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    for code in codes:
        assert is_code(code)
        assert cleaned(f" {grouped(code).lower()} ") == code


@given(st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found(place: int, character: str) -> None:
    code = new_code()
    wrong = code[:place] + character + code[place + 1 :]
    assert is_code(wrong) == (wrong == code)


@given(st.integers(0, 9))
def test_two_exchanged_characters_are_found(place: int) -> None:
    code = new_code()
    wrong = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert is_code(wrong) == (wrong == code)


@pytest.mark.parametrize("text", ["", "ABC", "0" * 12, "柚" * 12, "A" * 300])
def test_nonsense_is_no_code(text: str) -> None:
    assert not is_code(cleaned(text))
