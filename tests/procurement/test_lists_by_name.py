"""Lists that call goods by their names, and have columns of their own: matched, chosen, remembered, given back."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from catalog.operations.cards import rebuild_cards
from catalog.rules.naming import says, wider_names
from procurement.models import ListHeading, PurchaseRequest, ShoppingList
from procurement.operations.lists import forget_lists
from procurement.rules.lists import Known, Named, check_rows
from procurement.rules.tables import Columns, Role, read_rows
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, spec_of

from .offices import as_, make_office, ordered
from .shopping import held, list_url, new_list, take, ticked, verdicts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=10_000_000)


def on_sale(name, **facts):
    listing = make_listing(name, **facts)
    rebuild_cards(at=AT)
    return listing


@pytest.fixture
def rice():
    return on_sale("连山大米", price_fen=500, stock=150)


@pytest.fixture
def potato():
    return on_sale("威宁土豆", price_fen=300, stock=90)


def a_file(*rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("十二月 采购单.xlsx", target.getvalue())


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("精品土豆（5斤装）", ["精品土豆（5斤装）", "精品土豆", "土豆"]),
        ("大米", ["大米"]),
        ("鸡蛋 30枚", ["鸡蛋 30枚", "鸡蛋"]),
        ("rice 5kg", ["rice 5kg", "rice"]),
        ("", []),
    ],
)
def test_what_is_looked_for_gets_wider(name, found):
    assert list(wider_names(name)) == found


@pytest.mark.parametrize(
    ("name", "spec", "is_only", "said"),
    [
        ("连山大米", "10 斤/袋", False, True),
        ("连山大米10斤／袋", "", False, True),
        ("连山 大米", "", True, True),
        ("连山大米", "", False, False),
        ("大米", "10 斤/袋", True, False),
        ("连山大米", "5 斤/袋", True, False),
    ],
)
def test_a_name_says_goods_word_for_word_or_not(name, spec, is_only, said):
    assert says(name, spec, known_name="连山大米", known_spec="10 斤/袋", is_only=is_only) is said


def test_a_name_alone_is_matched_where_it_says_one_thing_and_chosen_where_not(office, rice, potato):
    client = as_(office.buyer)
    other = on_sale("高山土豆", price_fen=280, stock=40)
    page = client.post(
        new_list(client),
        {
            "file": a_file(
                ["食材", "规格", "数量"],
                ["连山大米", None, "20件"],
                ["土豆", "", 30],
                ["合计", "", 50],
                ["鲍鱼", "", 2],
            )
        },
    )
    assert verdicts(page) == ["good", "choose", "unknown_name", "sum"]
    text = page.content.decode()
    assert ("连山大米" in text, "¥5.00" in text, ticked(page)) == (True, True, ["2"])
    options = re.findall(r'<option value="(\d+)"', text[text.index("goods-3") :].split("</select>")[0])
    wanted = spec_of(potato).specification_id
    assert {int(each) for each in options} == {wanted, spec_of(other).specification_id}
    assert take(client, page, **{"goods-3": str(wanted)}).status_code == 302
    assert held() == {spec_of(rice).specification_id: 20, wanted: 30}
    again = client.get(list_url(page))
    assert verdicts(again) == ["taken", "taken", "unknown_name", "sum"]
    # Neither a second press nor the list sent anew doubles anything.
    take(client, page, **{"goods-3": str(wanted)})
    assert held() == {spec_of(rice).specification_id: 20, wanted: 30}


def test_a_name_beside_a_code_that_nothing_has_is_chosen_and_never_taken_by_itself(office, rice):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": "编码\t品名\t数量\nX-1\t连山大米\t3"})
    assert (verdicts(page), ticked(page)) == (["choose"], [])


def test_goods_chosen_for_a_row_are_one_of_its_candidates(office, rice, potato):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": "品名\t数量\n土豆\t3"})
    take(client, page, **{"goods-2": str(spec_of(rice).specification_id)})
    assert verdicts(client.get(list_url(page))) == ["choose"]
    assert not PurchaseRequest.objects.filter(lines__isnull=False).exists()


def test_what_was_not_ticked_is_not_spoken_of_and_what_was_chosen_says_its_own_reason(office, rice, potato):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": "品名\t数量\n连山大米\t2箱\n土豆\t3\n连山大米\t5"})
    assert (verdicts(page), ticked(page)) == (["other_unit", "choose", "good"], ["4"])
    text = page.content.decode()
    assert ('name="was-2"' in text, 'name="goods-2"' in text, 'name="instead-4"' in text) == (True, True, True)
    rice_id, potato_id = spec_of(rice).specification_id, spec_of(potato).specification_id
    kept = {"was-2": str(rice_id), "goods-2": str(rice_id), "instead-4": str(rice_id)}
    said = client.post(list_url(page), {"take": "1", "row": "4", **kept}, follow=True).content.decode()
    assert ("已收 1 行" in said, "没有收" in said, "第 2 行" in said) == (True, False, False)
    # A row that nobody ticked stays, whatever stands in its choice.
    other = client.post(new_list(client), {"text": "品名\t数量\n连山大米\t7"})
    refused = client.post(list_url(other), {"take": "1", "instead-2": str(rice_id)})
    assert (refused.status_code, "请至少勾选一行" in refused.content.decode()) == (422, True)
    chosen = client.post(list_url(page), {"take": "1", "goods-2": str(potato_id), "was-2": str(rice_id)}, follow=True)
    assert "第 2 行没有收" in chosen.content.decode()
    assert "不是按件" in chosen.content.decode()
    assert client.post(list_url(page), {"take": "1", "row": "99"}).status_code == 422


@pytest.mark.parametrize("head", ["-1", "1e3", "", "9" * 26, "999"])
def test_a_head_s_row_that_is_no_number_is_refused(office, rice, head):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": f"编码\t数量\n{spec_of(rice).sku}\t3"})
    said = {"columns": "1", "head": head, "column-0": "code", "column-1": "quantity"}
    answer = client.post(list_url(page), said)
    assert (answer.status_code, "表头所在的行号" in answer.content.decode()) == (422, True)
    assert client.post(list_url(page), said | {"head": "１"}).status_code == 302


def test_two_rows_that_mean_the_same_goods_count_once():
    rice = Known(1, True, 99, listing_id=1)
    cells = read_rows([["编码", "品名", "数量"], ["A", "", 3], ["", "连山大米", 4]]).cells
    rows = check_rows(cells, {"A": rice}, named={3: Named((rice,), rice)})
    assert [(row.verdict.value, row.same_as, row.becomes) for row in rows] == [("good", 0, 3), ("duplicate", 2, 3)]


def test_columns_that_nobody_knows_are_named_once_and_remembered(office, rice):
    client, code = as_(office.buyer), spec_of(rice).sku
    rows = [["粮油单"], ["物码", "什么", "要几个"], [code, "米", 12]]
    path = new_list(client)
    page = client.post(path, {"file": a_file(*rows)})
    # Without a head that is known the first two columns would be read: a name is no number of pieces.
    assert "good" not in verdicts(page)
    url = list_url(page)
    said = {"columns": "1", "head": "2", "column-0": "code", "column-2": "quantity"}
    assert client.post(url, said | {"column-2": "code"}).status_code == 422
    assert client.post(url, {"columns": "1", "head": "2", "column-0": "code"}).status_code == 422
    assert client.post(url, said | {"head": "99"}).status_code == 422
    assert client.post(url, said)["Location"] == url
    assert verdicts(client.get(url)) == ["good"]
    heads = {row.head: row.role for row in ListHeading.objects.all()}
    assert heads == {"物码": "code", "什么": "", "要几个": "quantity"}
    assert verdicts(client.post(path, {"file": a_file(*rows)})) == ["good"]
    # Another unit's words are its own; a program of the unit is read by them too.
    other = as_(make_office().buyer)
    assert "good" not in verdicts(other.post(new_list(other), {"file": a_file(*rows)}))
    text = f"物码\t什么\t要几个\n{code}\t米\t12"
    made = program_of(office.buyer).post("/units/requests", {"text": text}, key="l1").data
    assert ([line["quantity"] for line in made["lines"]], made["refused_rows"]) == ([12], [])


def test_a_list_without_clear_columns_shows_them_and_why(office, rice):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": f"编码\t需求数量\t采购数量\n{spec_of(rice).sku}\t3\t4"})
    text = page.content.decode()
    assert (page.status_code, "两列都是数量" in text, verdicts(page)) == (422, True, [])
    assert 'data-testid="list-mapping" open' in " ".join(text.split()).replace(" data", "  data").replace(
        "  ", " "
    ) or ("<details" in text)
    url = re.search(r'action="([^"]*/list/\d+/)"', text).group(1)
    client.post(url, {"columns": "1", "head": "1", "column-0": "code", "column-2": "quantity"})
    page = client.get(url)
    assert (verdicts(page), 'name="row" value="2" checked' in page.content.decode()) == (["good"], True)


def test_a_head_can_be_said_to_be_none():
    listed = read_rows([["LB-1", "3"], ["YY-2", "4"]], None, Columns({Role.CODE: 0, Role.QUANTITY: 1}, 0))
    assert [(cell.number, cell.code, cell.quantity) for cell in listed.cells] == [(1, "LB-1", "3"), (2, "YY-2", "4")]


def test_what_was_not_taken_comes_back_as_a_file_that_can_be_sent_again(office, rice):
    client, code = as_(office.buyer), spec_of(rice).sku
    rows = [
        ["十二月"],
        ["编码", "品名", "数量"],
        [code, "米", 5],
        ["Z9", "=1", 2],
        [code, "米", "3箱"],
        ["合计", "", 10],
    ]
    page = client.post(new_list(client), {"file": a_file(*rows)})
    take(client, page)
    answer = client.get(f"{list_url(page)}refused.xlsx")
    sheet = load_workbook(io.BytesIO(b"".join(answer) if answer.streaming else answer.content)).active
    found = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert found[0] == ["编码", "品名", "数量", "未收原因"]
    assert [row[:3] for row in found[1:]] == [["Z9", "=1", "2"], [code, "米", "3箱"]]
    assert all(row[3] for row in found[1:])
    again = client.post(new_list(client), {"file": a_file(*[[*row[:2], "3", row[3]] for row in found])})
    assert "no_quantity" not in verdicts(again)


def test_the_template_names_what_was_bought_and_is_read_as_it_is(office, rice):
    ordered(office, (rice, 2))
    client = as_(office.buyer)
    answer = client.get("/units/requests/list-template.xlsx")
    book = load_workbook(io.BytesIO(answer.content))
    rows = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert rows[0] == ["商品编码", "商品名称", "规格", "单价（元）", "供应商", "数量"]
    assert rows[1][0] == spec_of(rice).sku
    assert float(rows[1][3]) == 5.0
    page = client.post(new_list(client), {"file": a_file(rows[0], [*rows[1][:5], 7], [*rows[1][:5], None])})
    assert verdicts(page) == ["good", "duplicate"]
    blank = client.post(new_list(client), {"file": a_file(*rows)})
    assert verdicts(blank) == ["no_quantity"]
    assert 'data-testid="left-out"' in blank.content.decode()


def test_a_list_is_its_requests_alone_and_forgotten_in_time(office, rice, django_assert_max_num_queries):
    client = as_(office.buyer)
    page = client.post(new_list(client), {"text": f"{spec_of(rice).sku}\t3"})
    url = list_url(page)
    assert as_(make_office().buyer).get(url).status_code == 404
    assert client.get(url.replace(str(ShoppingList.objects.get().pk), "999999")).status_code == 404
    with django_assert_max_num_queries(60):
        client.get(url)
    # One that was sent anew takes the place of one that nobody took anything of.
    client.post(url.rsplit("/", 2)[0] + "/", {"text": f"{spec_of(rice).sku}\t4"})
    assert ShoppingList.objects.count() == 1
    ShoppingList.objects.update(created_at=AT)
    forget_lists(at=AT.replace(year=AT.year + 1))
    assert ShoppingList.objects.count() == 0


def test_a_program_reads_names_and_says_what_they_may_mean(office, rice, potato):
    program = program_of(office.buyer)
    body = {"text": "品名\t数量\n连山大米\t3\n土豆\t4"}
    made = program.post("/units/requests", body, key="l1").data
    assert [line["quantity"] for line in made["lines"]] == [3]
    (refused,) = made["refused_rows"]
    assert (refused["row"], refused["name"], refused["verdict"]) == (3, "土豆", "choose")
    (meant,) = refused["candidates"]
    wanted = spec_of(potato).specification_id
    assert (meant["specification_id"], meant["code"], meant["price"]) == (wanted, spec_of(potato).sku, "3.00")
    chosen = body | {"choices": [{"row": 3, "specification_id": wanted}], "version": made["version"]}
    taken = program.post(f"/units/requests/{made['number']}/list", chosen, key="l2").data
    assert ([line["quantity"] for line in taken["lines"]], taken["refused_rows"]) == ([3, 4], [])
