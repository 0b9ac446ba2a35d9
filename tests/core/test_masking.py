"""What others may see of a person."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.masking import mask_email, mask_name, mask_phone


@pytest.mark.parametrize(("name", "shown"), [("林小雨", "林**"), ("Zhou Min", "Z**"), ("", "**"), (None, "**")])
def test_a_name_keeps_its_first_character(name: str | None, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13800002046", "138****2046"), ("+8613800002046", "138****2046"), ("12345", "****45"), ("12", "****"), ("", "")],
)
def test_a_phone_loses_its_middle(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


def test_an_email_keeps_one_character_and_the_domain() -> None:
    assert mask_email("zhou.min@example.cn") == "z***@example.cn"
    assert mask_email(None) == ""


@given(st.text(min_size=2, max_size=20))
def test_a_masked_name_never_holds_the_whole_name(name: str) -> None:
    assert len(mask_name(name)) <= 3
