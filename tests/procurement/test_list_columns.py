"""What a list's head, separators and units say is obeyed; what can be read in two ways is refused in words."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from procurement import lists
from procurement.models import PurchaseRequest
from procurement.rules.lists import Known, Verdict, check_rows
from procurement.rules.tables import read_rows, split_text
from shop.core.errors import InvalidInput
from shop.core.numbers import plain_number
from tests.api.conftest import program_of
from tests.factories import spec_of

from .offices import as_, make_office

KNOWN = {code: Known(number, True, 10**6) for number, code in enumerate(("LB-1", "YY-2", "LJ-3"), 1)}
HEAD = "编码,品名,数量\n"


def good(listed):
    return [
        (row.number, row.code, row.quantity) for row in check_rows(listed.cells, KNOWN) if row.verdict == Verdict.GOOD
    ]


def verdicts(listed):
    return [(row.number, row.verdict.value) for row in check_rows(listed.cells, KNOWN)]


def from_file(data):
    return lists.read("", SimpleUploadedFile("list.csv", data if isinstance(data, bytes) else data.encode())).listed


@pytest.mark.parametrize(
    ("rows", "missing"),
    [
        ([["序号", "数量"], [1, 20]], "code"),
        ([["十一月采购单", None], ["序号", "单价", "数量（件）"], [1, "30.00", 20]], "code"),
        ([["编码", "单价"], ["LB-1", 37]], "quantity"),
    ],
)
def test_a_head_without_one_of_the_two_columns_leaves_nothing_to_read(rows, missing):
    listed = read_rows(rows)
    assert (listed.cells, listed.missing) == ([], missing)


def test_a_list_without_codes_and_names_is_refused_in_one_sentence_on_every_door(db, listing):
    office = make_office()
    text = "序号\t数量\n1\t20"
    with pytest.raises(InvalidInput) as refused:
        lists.read(text, None)
    assert (refused.value.code, refused.value.field) == ("no_code_column", "text")
    client = as_(office.buyer)
    path = client.post("/units/requests/new/", {"how": "list"})["Location"]
    page = client.post(path, {"text": text})
    assert (page.status_code, 'data-testid="list-row"' in page.content.decode()) == (422, False)
    assert "没有商品编码" in page.content.decode()
    answer = program_of(office.buyer).post("/units/requests", {"text": text}, key="l1")
    assert (answer.status_code, answer.data["code"]) == (422, "no_code_column")
    assert not PurchaseRequest.objects.filter(lines__isnull=False).exists()


@pytest.mark.parametrize("row", [["LB-1", 37, 2], ["LB-1", "1", "200"], ["LB-1", "苹果", "20"], ["LB-1", 2, "¥30.00"]])
def test_two_numbers_without_a_head_are_read_as_neither(row):
    assert verdicts(read_rows([row])) == [(1, "two_numbers")]


def test_thousands_split_by_a_comma_are_neither_one_nor_two_hundred():
    assert verdicts(read_rows(split_text("YY-2,1,200"))) == [(1, "two_numbers")]
    assert verdicts(from_file("编码,数量\nYY-2,1,200\n")) == [(2, "two_numbers")]
    assert good(read_rows(split_text("YY-2\t1,200"))) == [(1, "YY-2", 1200)]
    assert good(from_file('编码,数量\nYY-2,"1,200"\n')) == [(2, "YY-2", 1200)]


def test_a_column_of_units_is_obeyed():
    listed = read_rows([["编码", "数量", "单位"], ["LB-1", 3, "箱"], ["YY-2", 4, "件"], ["LJ-3", 5, None]])
    assert verdicts(listed) == [(2, "other_unit"), (3, "good"), (4, "good")]
    assert verdicts(read_rows([["LB-1", 3, "箱"], ["YY-2", 3, "件"]])) == [(1, "other_unit"), (2, "good")]
    assert verdicts(read_rows(split_text("LB-1 3 箱\nYY-2 3 件"))) == [(1, "other_unit"), (2, "good")]


def test_a_repeated_code_with_a_bad_quantity_says_both(db, listing):
    cells = read_rows([["LB-1", 3], ["LB-1", "2箱"], ["Z9", "1.5"], ["LB-1", 4]]).cells
    rows = check_rows(cells, KNOWN)
    assert [(row.verdict.value, row.also and row.also.value, row.same_as) for row in rows] == [
        ("good", None, 0), ("duplicate", "other_unit", 1), ("unknown", "not_whole", 0), ("duplicate", None, 1),
    ]  # fmt: skip
    office, code = make_office(), spec_of(listing).sku
    client = as_(office.buyer)
    path = client.post("/units/requests/new/", {"how": "list"})["Location"]
    page = client.post(path, {"text": f"{code}\t3\n{code}\t2箱"}).content.decode()
    assert ("与第 1 行编码相同" in page or "第 1 行" in page, "“2箱”不是按件" in page) == (True, True)
    made = program_of(office.buyer).post("/units/requests", {"text": f"{code}\t3\n{code}\t2箱"}, key="l2").data
    assert made["refused_rows"] == [
        {
            "row": 2,
            "code": code,
            "name": "",
            "verdict": "duplicate",
            "also": "other_unit",
            "same_as": 1,
            "quantity": 0,
            "candidates": [],
            "left": 0,
        }
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEAD + 'LB-1,"红富士;礼盒装",10\nYY-2,大米,5\n', [(2, "LB-1", 10), (3, "YY-2", 5)]),
        (HEAD + "LB-1,红富士\t礼盒装,10\nYY-2,大米,5\n", [(2, "LB-1", 10), (3, "YY-2", 5)]),
        ("sep=,\r\n序号,编码,数量\r\n1,LB-1,10\r\n", [(3, "LB-1", 10)]),
        ("code,qty\rLB-1,10\rYY-2,5\r", [(2, "LB-1", 10), (3, "YY-2", 5)]),
        ("\ufeffLB-1,3\n\ufeffYY-2,4\n", [(1, "LB-1", 3), (2, "YY-2", 4)]),
        ("品名,\u200b编码,数量\n苹果,LB-1,3\n", [(2, "LB-1", 3)]),
        ("code\tqty\r\nLB-1\t3\r\n".encode("utf-16"), [(2, "LB-1", 3)]),
        ("SKU编码,品名,订购数量\nLB-1,苹果,20\n", [(2, "LB-1", 20)]),
    ],
)
def test_a_file_is_parted_by_what_stands_outside_of_quotes(text, found):
    assert good(from_file(text)) == found


def test_a_quote_that_never_ends_swallows_no_row():
    listed = from_file('code,qty\nLB-1,"10\nYY-2,5\nLJ-3,2\n')
    assert verdicts(listed) == [(2, "not_a_number"), (3, "good"), (4, "good")]
    assert verdicts(read_rows(split_text('LB-1,"10\nYY-2,5\nLJ-3,"2"'))) == [
        (1, "good"), (2, "good"), (3, "good"),
    ]  # fmt: skip


def test_a_pasted_cell_with_a_line_break_is_one_cell():
    text = '编码\t品名\t数量\nLB-1\t"红富士苹果\n5斤装"\t20\nYY-2\t大米\t5'
    assert good(read_rows(split_text(text))) == [(2, "LB-1", 20), (3, "YY-2", 5)]


@pytest.mark.parametrize("typed", ["1²", "²", "2₃", "①"])
def test_raised_lowered_and_circled_digits_are_no_pieces(typed):
    assert verdicts(read_rows([["编码", "数量"], ["LB-1", typed]])) == [(2, "not_a_number")]
    with pytest.raises(ValueError, match=typed):
        plain_number(typed)


def test_a_code_a_space_and_a_grouped_number_is_one_row():
    assert good(read_rows(split_text("YY-2 1,200\nLB-1 1,200件\n LJ-3  12,000,000"))) == [
        (1, "YY-2", 1200), (2, "LB-1", 1200),
    ]  # fmt: skip
    assert verdicts(read_rows(split_text("LJ-3 12,000,000"))) == [(1, "too_many")]
    # Cells that are empty stay where they are.
    assert split_text("YY-2\t\t\t1,200") == [["YY-2", "", "", "1,200"]]
    assert verdicts(read_rows(split_text("YY-2 1,20"))) == [(1, "unknown")]


def test_of_two_columns_of_quantities_the_one_in_pieces_counts():
    listed = read_rows([["编码", "数量(斤)", "件数"], ["LB-1", 200, 20]])
    assert good(listed) == [(2, "LB-1", 20)]
    assert read_rows([["编码", "需求数量", "采购数量"], ["LB-1", 200, 20]]).missing == "clear_quantity"
    with pytest.raises(InvalidInput) as refused:
        from_file("编码,数量,数量\nLB-1,3,4\n")
    assert (refused.value.code, refused.value.field) == ("no_clear_quantity_column", "file")
    # One column by weight alone is refused row by row.
    assert verdicts(read_rows([["编码", "数量(斤)"], ["LB-1", 200]])) == [(2, "other_unit")]


def test_text_and_file_together_are_answered_and_what_was_typed_stays(db, listing):
    client, code = as_(make_office().buyer), spec_of(listing).sku
    path = client.post("/units/requests/new/", {"how": "list"})["Location"]
    page = client.post(path, {"text": f"{code}\t3", "file": SimpleUploadedFile("a.csv", f"{code},4".encode())})
    assert page.status_code == 422
    assert f"{code}\t3</textarea>" in page.content.decode()
    assert "请清空文字" in page.content.decode()


def test_a_repeated_code_shows_what_the_request_comes_to():
    known = {"LB-1": Known(1, True, 50, there=7)}
    rows = check_rows(read_rows([["LB-1", 3], ["LB-1", ""], ["LB-1", 4]]).cells, known)
    assert [(row.verdict.value, row.also, row.there, row.becomes) for row in rows] == [
        ("good", None, 7, 3), ("duplicate", None, 7, 3), ("duplicate", None, 7, 3),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "head",
    [
        ["编码 Code", "品名 Name", "数量 Qty"],
        ["编码/Item code", "品名/Product name", "数量/Quantity"],
        ["商品编码(SKU)", "商品名称(Product)", "数量(Pieces)"],
        ["Code 编码", "Name 品名", "Qty 数量"],
        ["Code（编码）", "Name（品名）", "Quantity（数量）"],
        ["编码\nCode", "品名\nGoods", "采购数量\nQty"],
        ["编码 No.", "品名 Description of goods", "数量(件) Qty"],
    ],
)
def test_a_head_in_two_languages_is_a_head(head):
    listed = read_rows([head, ["LB-1", "萝卜", 5]])
    assert (listed.head, listed.missing, good(listed)) == (1, None, [(2, "LB-1", 5)])


@pytest.mark.parametrize("swapped", [False, True])
def test_a_head_that_is_said_again_below_in_another_language_is_no_row(swapped):
    heads = [["编码", "品名", "数量"], ["Code", "Name", "Qty"]]
    listed = read_rows([["采购单"], *(heads[::-1] if swapped else heads), ["LB-1", "萝卜", 5]])
    assert (listed.head, good(listed), listed.skipped) == (2, [(4, "LB-1", 5)], (1, 3))
    assert len(listed.cells) == 1


def test_a_quantity_in_boxes_under_a_head_in_two_languages_is_not_read_as_pieces():
    listed = read_rows([["编码 Code", "数量 boxes"], ["LB-1", 5]])
    assert (listed.head, listed.cells[0].quantity, good(listed)) == (1, "5boxes", [])
