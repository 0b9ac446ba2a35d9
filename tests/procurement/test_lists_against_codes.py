"""A code and a name that say different goods wait for the buyer's choice; heads in two rows lose no column silently."""

import re

import pytest

from catalog.models import Specification
from catalog.operations.cards import rebuild_cards
from catalog.rules.naming import differ_in_measure, names_same
from procurement.rules.tables import Missing, Role, read_rows
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, spec_of

from .offices import as_, make_office
from .shopping import held, list_url, new_list, ticked, verdicts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=10_000_000)


@pytest.fixture
def goods():
    sausage = make_listing("东陂腊味风干腊肠", price_fen=5_000, stock=90)
    greens = make_listing("连州菜心", price_fen=1_000, stock=90)
    rebuild_cards(at=AT)
    return spec_of(greens), spec_of(sausage)


def sent(client, text):
    return client.post(new_list(client), {"text": text})


@pytest.mark.parametrize(
    ("name", "known", "same"),
    [
        ("东陂腊味 风干腊肠", "连州菜心", False),
        ("菜心", "连州菜心", True),
        ("精品连州菜心", "连州菜心", True),
        ("新鲜菜心（5斤装）", "连州菜心", True),
    ],
)
def test_a_typed_name_is_told_apart_from_other_goods(name, known, same):
    assert names_same(name, known) is same


@pytest.mark.parametrize(
    ("typed", "known", "differs"),
    [
        ("5 斤", "3 斤", True),
        ("5斤", "2.5kg/箱", False),
        ("500g*2袋", "1kg", False),
        ("2×500克", "1公斤", False),
        ("500ml", "3 斤", False),
        ("", "3 斤", False),
        ("箱", "3 斤", False),
        ("1L", "500毫升", True),
    ],
)
def test_two_measures_differ_where_no_weight_or_volume_is_the_same(typed, known, differs):
    assert differ_in_measure(typed, known) is differs


def test_a_row_whose_name_is_not_its_codes_waits_for_the_buyers_choice(office, goods):
    greens, sausage = goods
    client = as_(office.buyer)
    text = f"编码\t品名\t规格\t数量\n{greens.sku}\t东陂腊味风干腊肠\t\t5\n{sausage.sku}\t东陂腊味\t\t6"
    page = sent(client, text)
    html = page.content.decode()
    assert (verdicts(page), ticked(page)) == (["code_or_name", "good"], ["3"])
    assert "编码对应的是 连州菜心" in html
    choices = re.findall(r'<option value="(\d+)"', html.split('name="goods-2"')[1].split("</select>")[0])
    assert choices == [str(greens.specification_id), str(sausage.specification_id)]

    client.post(list_url(page), {"take": "1", "row": ["2", "3"], "goods-2": ""})
    assert held() == {sausage.specification_id: 6}
    client.post(list_url(page), {"take": "1", "goods-2": str(greens.specification_id)})
    assert held() == {sausage.specification_id: 6, greens.specification_id: 5}


def test_the_api_takes_a_contradictory_row_once_it_is_said_which_is_meant(office, goods):
    greens, sausage = goods
    text = f"编码\t品名\t数量\n{greens.sku}\t东陂腊味风干腊肠\t5"
    buyer = program_of(office.buyer)
    made = buyer.post("/units/requests", {"text": text}, key="c1").data
    (row,) = made["refused_rows"]
    assert (made["lines"], row["verdict"]) == ([], "code_or_name")
    assert [each["specification_id"] for each in row["candidates"]] == [
        greens.specification_id, sausage.specification_id,
    ]  # fmt: skip
    chosen = {"text": text, "choices": [{"row": 2, "specification_id": sausage.specification_id}]}
    made = buyer.post("/units/requests", chosen, key="c2").data
    assert [(line["sku"], line["quantity"]) for line in made["lines"]] == [(sausage.sku, 5)]
    assert made["refused_rows"] == []


def test_another_weight_than_the_codes_waits_too_with_its_name_or_without(office):
    listing = make_listing("连州菜心", price_fen=1_000, stock=90)
    Specification.objects.filter(pk=spec_of(listing).specification_id).update(text_zh="3 斤", text_en="1.5 kg")
    rebuild_cards(at=AT)
    code = spec_of(listing).sku
    client = as_(office.buyer)
    for head, said, verdict in (
        ("编码\t品名\t规格\t数量", f"{code}\t菜心\t5 斤\t5", "code_or_name"),
        ("编码\t规格\t数量", f"{code}\t5 斤\t5", "code_or_name"),
        ("编码\t品名\t数量", f"{code}\t菜心 5斤装\t5", "code_or_name"),
        ("编码\t品名\t规格\t数量", f"{code}\t菜心\t1.5kg\t5", "good"),
        ("编码\t品名\t规格\t数量", f"{code}\t时令蔬菜某某\t\t5", "good"),
    ):
        assert verdicts(sent(client, f"{head}\n{said}")) == [verdict], said


TWO_ROWS = [
    ["序号", "商品编码", "名称", "采购数量（件）", None, "合计"],
    [None, None, None, "第一周", "第二周"],
    [1, "LB-1", "菜心", 5, 6, 11],
]


def test_a_quantity_that_is_parted_below_asks_which_column_counts():
    listed = read_rows(TWO_ROWS)
    assert (listed.cells, listed.missing, listed.head) == ([], Missing.CLEAR_QUANTITY, 2)
    known = {"第一周": Role.QUANTITY, "第二周": None}
    listed = read_rows(TWO_ROWS, known)
    assert [(cell.number, cell.code, cell.name, cell.quantity) for cell in listed.cells] == [(3, "LB-1", "菜心", "5")]
    boxes = [["编码", "数量（箱）", None], [None, "第一周", "第二周"], ["LB-1", 5, 6]]
    assert [cell.quantity for cell in read_rows(boxes, known).cells] == ["5箱"]


def test_a_row_of_goods_below_a_head_is_no_second_head():
    rows = [["编码", "名称", "数量", None], [None, "散装", "约", "件"], ["LB-1", "菜心", 5, None]]
    assert [cell.number for cell in read_rows(rows).cells] == [2, 3]
    rows = [["编码", "数量", None], [None, 5, 6], ["LB-1", 5, 6]]
    assert [cell.number for cell in read_rows(rows).cells] == [2, 3]


def test_the_page_asks_which_week_counts_names_what_is_not_read_and_remembers_it(office, goods):
    greens, _sausage = goods
    client = as_(office.buyer)
    text = f"商品编码\t名称\t采购数量\t\t合计\n\t\t第一周\t第二周\t\n{greens.sku}\t菜心\t5\t6\t11"
    page = sent(client, text)
    html = page.content.decode()
    assert (page.status_code, verdicts(page), 'data-testid="list-mapping"' in html) == (422, [], True)
    address = re.search(r'action="([^"]*/list/\d+/)"', html)[1]
    columns = {"columns": "1", "head": "2", "column-0": "code", "column-1": "name", "column-2": "quantity"}
    page = client.post(address, columns, follow=True)
    html = page.content.decode()
    assert (verdicts(page), ticked(page)) == (["good"], ["3"])
    unread = re.search(r'data-testid="columns-unread">\s*(.*?)\s*</p>', html, re.DOTALL)[1]
    assert unread == "未读取的列：D 第二周 · E 合计"
    assert "C 第一周" in html
    assert verdicts(sent(client, text)) == ["good"]


def test_english_heads_above_chinese_ones_are_heads_of_the_same_columns():
    listed = read_rows([["Item code", "Item", "Quantity"], ["商品编码", "商品名称", "数量"], ["LB-1", "菜心", 20]])
    assert [(cell.number, cell.code, cell.name, cell.quantity) for cell in listed.cells] == [(3, "LB-1", "菜心", "20")]
    listed = read_rows([["Code", "Wares", "Qty"], ["编码", "品名", "数量"], ["LB-1", "菜心", 20]])
    assert [(cell.number, cell.name) for cell in listed.cells] == [(3, "菜心")]


def test_a_requested_quantity_in_two_languages_is_a_quantity():
    listed = read_rows(
        [["序号 No.", "商品编码 Code", "名称 Name", "申请数量 Requested", "实发数量 Issued"], [1, "LB-1", "菜心", 5, 6]]
    )
    assert [(cell.code, cell.name, cell.quantity) for cell in listed.cells] == [("LB-1", "菜心", "5")]
