"""A kitchen's own file: titles above the head, several sheets, numbers as people write them; one draft of one list."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from procurement.models import PurchaseRequest
from tests.api.conftest import program_of
from tests.factories import AT, spec_of

from .offices import as_, make_office
from .shopping import new_list, take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def sku(listing):
    return spec_of(listing).sku


def a_file(*sheets):
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    sheet = book.worksheets[0]
    sheet.merge_cells("A1:C1")
    target = io.BytesIO()
    book.save(target)
    return SimpleUploadedFile("单.xlsx", target.getvalue())


def test_a_file_with_a_title_is_read_and_its_other_sheets_are_offered(office, listing):
    client, code = as_(office.buyer), sku(listing)
    path = new_list(client)
    title = [["朝霞小学采购单"], [], ["编码", "品名", "数量"], [code, "柚", "二十"], ["Z9", "", "2箱"]]
    page = client.post(
        path, {"file": a_file(("十一月", title), ("工会", [["编码", "数量"], [code, 3]]))}
    ).content.decode()
    assert ("十一月" in page, "第 1 行" in page or "：1" in page, page.count('data-testid="other-sheet"')) == (
        True,
        True,
        1,
    )
    assert 'data-verdict="good"' in page
    assert page.count('data-testid="list-row"') == 2
    other = client.post(path, {"text": f"{code}\t3"}).content.decode()
    assert 'data-verdict="good"' in other


def test_boxes_are_refused_beside_their_row(office, listing):
    client, code = as_(office.buyer), sku(listing)
    page = client.post(new_list(client), {"text": f"{code}\t2箱"}).content.decode()
    assert ('data-verdict="other_unit"' in page, "不是按件" in page) == (True, True)


def test_each_press_on_import_takes_up_the_same_empty_draft(office, listing):
    client = as_(office.buyer)
    assert len({new_list(client) for _ in range(3)}) == 1
    assert PurchaseRequest.objects.count() == 1
    as_(office.buyer).post("/units/requests/new/", {"how": "empty"})
    assert PurchaseRequest.objects.count() == 1


def test_the_same_list_makes_one_draft_and_is_not_added_twice(office, listing):
    client, code = as_(office.buyer), sku(listing)
    page = client.post(new_list(client), {"text": f"{code}\t4"})
    first = take(client, page)["Location"]
    again = client.post(new_list(client), {"text": f"{code}\t4"})
    assert take(client, again)["Location"] == take(client, page)["Location"] == first
    (line,) = PurchaseRequest.objects.get(lines__isnull=False).lines.all()
    assert line.quantity == 4


def test_pieces_in_full_width_are_pieces(office, listing):
    client, spec = as_(office.buyer), spec_of(listing)
    path = new_list(client).replace("list/", "add/")
    client.post(path, {f"pieces-{spec.specification_id}": "１２"})
    assert PurchaseRequest.objects.get().lines.get().quantity == 12


def test_a_program_is_told_which_rows_stand_above_the_head(office, listing):
    body = {"text": f"采购单\n编码\t数量\n{sku(listing)}\t24件"}
    made = program_of(office.buyer).post("/units/requests", body, key="l1").data
    assert (made["skipped_rows"], made["refused_rows"], len(made["lines"])) == ([1], [], 1)
    assert AT
