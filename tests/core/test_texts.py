"""Texts without what nobody can see; joined emoji and joined letters stay whole."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.texts import MOST_MARKS, is_seen, many_lines, one_line
from tests.cases.reading import rows

CASES = rows("chat.csv", "input", "shown")


@pytest.mark.parametrize("case", CASES, ids=[case["note"] for case in CASES])
def test_a_line_is_shown_as_its_case_says(case: dict[str, str]) -> None:
    assert one_line(case["input"]) == unicodedata.normalize("NFC", case["shown"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("王\u202e明\u202c", "王明"),
        ("王\u200b明\ufeff", "王明"),
        ("石潭\ufffe土鸡蛋\U0010ffff", "石潭土鸡蛋"),
        ("\u3000王　小\t明\r\n", "王 小 明"),
        ("\u2066ab\u2069c\u061c", "abc"),
        ("ㅤ\u115fﾠ", ""),
        ("e\u0301", "é"),
        ("王\u200d明", "王明"),
        ("a\ufe0f\ufe0fb", "a\ufe0fb"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f", None),
        ("a\U000e0067b", "ab"),
        ("米\x07\x1b[31m", "米[31m"),
        ("阿卜杜拉·买买提", None),
    ],
)
def test_a_line_holds_what_can_be_seen(text: str, shown: str | None) -> None:
    assert one_line(text) == (text if shown is None else shown)


def test_paragraphs_keep_lines_tabs_and_indents() -> None:
    text = "　　第一段\u202e  \r\n\r\n第二\u2028段\t3 斤\x0b\n"
    assert many_lines(text) == "　　第一段\n\n第二\n段\t3 斤"


@given(st.text(max_size=60))
def test_cleaning_again_changes_nothing_and_leaves_nothing_unseen(text: str) -> None:
    line = one_line(text.replace("\0", ""))
    assert one_line(line) == line
    assert is_seen(line)
    assert line.isprintable() or any(unicodedata.category(sign) in {"Cf", "Mn", "Co", "Cn"} for sign in line)
    assert not any(sign in line for sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff\n\t")
    block = many_lines(text)
    assert many_lines(block) == block
    line.encode()


@given(st.text(alphabet="ae\u0301\u0300\u0489\ufe0f\u200d\u200c👩🌾ن", max_size=30))
def test_piles_of_marks_are_cut_however_they_are_mixed(text: str) -> None:
    line, row = one_line(text), 0
    assert one_line(line) == line
    for sign in line:
        row = row + 1 if unicodedata.category(sign) in {"Mn", "Me"} else 0
        assert row <= MOST_MARKS, line
