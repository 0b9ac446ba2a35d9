import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from procurement.models import PurchaseRequest, QuotaDeclaration, UnitOrder
from procurement.operations.requests import put_lines, start_request
from shop.core import ledger
from tests.factories import AT, make_listing, make_user, spec_of
from tests.sales.selling import lines_of, ship

from .offices import YEAR, approved, as_, ask, declared, figure, make_office, ordered, submitted
from .shopping import take

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def test_home_shows_the_ledgers_figures(office, listing):
    orders = [ordered(office, (listing, 100))[0], ordered(office, (listing, 40))[0]]
    ship(orders[0])
    page = as_(office.buyer).post(
        f"/units/orders/{orders[0].order.number}/accept/",
        {"receiver": "何师傅", f"accepted-{lines_of(orders[0])[0].pk}": 99},
    )
    assert page.status_code == 302

    home = as_(office.buyer).get("/units/")

    assert figure(home, "quota-reserved") == "¥42,000.00"
    assert figure(home, "quota-committed") == "¥4,000.00"
    assert figure(home, "quota-fulfilled") == "¥9,900.00"
    assert figure(home, "quota-remaining") == "¥28,100.00"
    assert figure(home, "fulfilment-rate") == "23.57 %"
    for language in ("", "/en"):
        text = as_(office.buyer).get(f"{language}/units/").content.decode()
        assert '<svg class="pace-field"' in text
        assert ("落后" in text or "慢" in text) == (language == "")


def test_each_page_opens_in_both_languages_for_each_role(office, listing):
    (order,) = ordered(office, (listing, 2))
    ship(order)
    request = submitted(office, (listing, 1))
    done = PurchaseRequest.objects.get(state="ordered").number
    number = order.order.number
    pages = [
        "", "declaration/", "settings/", "requests/", "requests/?state=all", f"requests/{request.number}/",
        f"requests/{request.number}/paper/", f"requests/{request.number}/add/", f"requests/{request.number}/list/",
        "orders/", "orders/?kind=committed", "orders/?kind=reversed", f"orders/{number}/", f"orders/{number}/accept/",
        "payments/", f"payments/{done}/",
    ]  # fmt: skip
    for user in (office.buyer, office.approver, office.finance):
        for language in ("", "/en"):
            for page in pages:
                assert as_(user).get(f"{language}/units/{page}").status_code == 200, page


def test_strangers_see_nothing_of_it(office, listing):
    (order,) = ordered(office, (listing, 2))
    request = PurchaseRequest.objects.get()
    stranger = make_office()
    number = order.order.number
    for path in (f"requests/{request.number}/", f"requests/{request.number}/paper/", f"requests/{request.number}/add/",
                 f"requests/{request.number}/list/", f"orders/{number}/", f"orders/{number}/accept/",
                 f"payments/{request.number}/", f"board/{office.unit.pk}/orders/"):  # fmt: skip
        assert as_(stranger.buyer).get(f"/units/{path}").status_code == 404, path
    for path in ("change", "facts", "submit", "take-back", "give-up", "decide", "order"):
        assert as_(stranger.approver).post(f"/units/requests/{request.number}/{path}/").status_code == 404
    assert as_(make_user()).get("/units/").status_code == 403
    assert Client().get("/units/").status_code == 302


def test_a_sister_unit_sees_nothing_the_supervising_unit_does(office, listing):
    (order,) = ordered(office, (listing, 2))
    sister = make_office(office.above.unit)
    assert as_(sister.buyer).get(f"/units/orders/{order.order.number}/").status_code == 404
    page = as_(office.above.buyer).get(f"/units/orders/{order.order.number}/")
    assert page.status_code == 200
    assert "go-accept" not in page.content.decode()
    assert as_(office.above.buyer).get(f"/units/orders/{order.order.number}/accept/").status_code == 404


def test_from_catalogue_to_orders_through_the_pages(office, listing):
    buyer, approver = as_(office.buyer), as_(office.approver)
    started = buyer.post("/units/requests/new/", {"how": "empty"})
    request = PurchaseRequest.objects.get()
    spec = spec_of(listing)
    assert started.url == f"/units/requests/{request.number}/add/"
    base = f"/units/requests/{request.number}/"

    added = buyer.post(base + "add/", {f"pieces-{spec.specification_id}": "3"})
    assert added.status_code == 302
    request.refresh_from_db()
    assert buyer.post(base + "submit/", {"version": request.version}).status_code == 302
    page = approver.get(base)
    assert "人民币叁佰元整" in page.content.decode()
    assert ">300<" in page.content.decode()

    stale = approver.post(base + "decide/", {"version": request.version - 1, "decision": "approve"})
    assert stale.status_code == 409
    silent = approver.post(base + "decide/", {"version": request.version, "decision": "return", "reason": ""})
    assert silent.status_code == 422
    assert "请写明要改什么" in silent.content.decode()
    own = buyer.post(base + "decide/", {"version": request.version, "decision": "approve"})
    assert own.status_code == 403
    assert approver.post(base + "decide/", {"version": request.version, "decision": "approve"}).status_code == 302
    assert buyer.post(base + "order/").status_code == 302
    assert UnitOrder.objects.filter(request=request).count() == 1


def test_an_approver_sees_what_changed(office, listing):
    other = make_listing("连山大米", price_fen=500)
    request = submitted(office, (listing, 3))
    buyer = as_(office.buyer)
    base = f"/units/requests/{request.number}/"
    buyer.post(base + "take-back/")
    buyer.post(
        base + "change/",
        {f"pieces-{spec_of(listing).specification_id}": "5", f"pieces-{spec_of(other).specification_id}": "2"},
    )
    request.refresh_from_db()
    buyer.post(base + "submit/", {"version": request.version})

    text = as_(office.approver).get(base).content.decode()

    assert "3 → <strong>5</strong>" in text
    assert "连山大米" in text


def test_words_in_a_quantity_are_refused_and_nothing_is_lost(office, listing):
    request = ask(office, (listing, 3))
    page = as_(office.buyer).post(
        f"/units/requests/{request.number}/change/",
        {f"pieces-{spec_of(listing).specification_id}": "很多", "version": request.version},
    )
    assert page.status_code == 422
    assert request.lines.get().quantity == 3


def workbook(rows):
    book = Workbook()
    for row in rows:
        book.active.append(row)
    data = io.BytesIO()
    book.save(data)
    return SimpleUploadedFile("清单.xlsx", data.getvalue())


def test_a_list_says_each_rows_reason_and_good_rows_go_alone(office, listing):
    other = make_listing("连山大米", price_fen=500, stock=9)
    good, few = spec_of(listing).sku, spec_of(other).sku
    request = ask(office)
    base = f"/units/requests/{request.number}/list/"
    rows = [["编码", "数量"], [good, 12], [good, 1], ["NOPE", 3], [few, "=5+5"], [few, "若干"], [few, 10], [few, "4"]]

    page = as_(office.buyer).post(base, {"file": workbook(rows)})

    text = page.content.decode()
    verdicts = re.findall(r'data-verdict="(\w+)"', text)
    assert verdicts == ["good", "duplicate", "unknown", "formula", "not_a_number", "too_few_left", "good"]
    assert "和第 2 行是同一商品" in text
    taken = take(as_(office.buyer), page)
    assert taken.status_code == 302
    assert [(line.sku, line.quantity) for line in request.lines.all()] == [(good, 12), (few, 4)]


@pytest.mark.parametrize(
    "data", [b"", b"\x00\x01\x02binary", b"PK\x03\x04 no archive", b"\xff\xfe\x00", b"x" * 2_100_000]
)
def test_what_is_no_list_is_refused_clearly(office, listing, data):
    request = ask(office)
    page = as_(office.buyer).post(
        f"/units/requests/{request.number}/list/", {"file": SimpleUploadedFile("a.xlsx", data)}
    )
    assert page.status_code == 422
    assert "field-error" in page.content.decode() or "notice-error" in page.content.decode()


def test_pasted_lines_work_too(office, listing):
    request = ask(office)
    sku = spec_of(listing).sku
    page = as_(office.buyer).post(f"/units/requests/{request.number}/list/", {"text": f"{sku}\t7\nX1,2"})
    assert re.findall(r'data-verdict="(\w+)"', page.content.decode()) == ["good", "unknown"]


def test_declaring_and_returning_through_the_pages(office):
    unit = make_office(office.above.unit)
    path = f"/units/declaration/?year={YEAR}"
    wrong = as_(unit.buyer).post(path, {"version": 0, "canteen": "own", "contact_name": "李", "contact_phone": "123"})
    assert wrong.status_code == 422
    given = {
        "version": 0,
        "canteen": "own",
        "canteen_spend": "100000.00",
        "contact_name": "李文静",
        "contact_phone": "13800002046",
    }
    assert as_(unit.buyer).post(path, given).status_code == 302
    declaration = QuotaDeclaration.objects.get(unit=unit.unit)
    assert declaration.reserved_fen == 3_000_000
    decide = f"/units/declarations/{declaration.pk}/"

    assert as_(unit.approver).get(decide).status_code == 404
    assert as_(make_office(kind="supervising").buyer).get(decide).status_code == 404
    above = as_(office.above.buyer)
    assert above.post(decide, {"version": 1, "decision": "return"}).status_code == 422
    assert above.post(decide, {"version": 1, "decision": "return", "reason": "少报了"}).status_code == 302
    assert "少报了" in as_(unit.buyer).get(path).content.decode()
    assert as_(unit.buyer).post(path, given | {"version": 1, "canteen_spend": "200000"}).status_code == 302
    assert above.post(decide, {"version": 1, "decision": "approve"}).status_code == 409
    assert above.post(decide, {"version": 2, "decision": "approve"}).status_code == 302
    assert ledger.balance(f"quota:{unit.unit.pk}:{YEAR}:canteen:reserved") == 6_000_000


def test_a_board_sums_its_tree_and_each_figure_opens_to_its_orders(office, listing):
    top = make_office(kind="finance_office")
    middle = make_office(top.unit, kind="supervising")
    first, second = make_office(middle.unit, budget_fen=9_000_000), make_office(middle.unit, budget_fen=9_000_000)
    for each in (first, second):
        declared(each, 10_000_000, by=middle.approver)
    ordered(first, (listing, 7))
    ordered(second, (listing, 5))
    ordered(office, (listing, 1))

    page = as_(top.buyer).get("/units/board/")

    assert figure(page, "quota-reserved") == "¥60,000.00"
    assert figure(page, "quota-committed") == "¥1,200.00"
    orders = as_(top.buyer).get(f"/units/board/{middle.unit.pk}/orders/?kind=committed")
    assert figure(orders, "figure") == "¥1,200.00"
    assert orders.content.decode().count('data-testid="unit-order"') == 2
    assert as_(top.buyer).get(f"/units/board/{office.unit.pk}/orders/").status_code == 404
    assert as_(first.buyer).get("/units/board/").status_code == 404
    assert as_(top.buyer).get("/units/").status_code == 302


def test_pages_ask_the_database_as_much_for_thirty_as_for_one(office, listing, django_assert_max_num_queries):
    def asked(client, path, most):
        with django_assert_max_num_queries(most):
            assert client.get(path).status_code == 200

    client = as_(office.buyer)
    ordered(office, (listing, 1))
    for _number in range(2):
        # Twelve of them: which parcels came, who shares the canteen, who wants to cancel, who has which role, what is
        # being paid back, which refunds wait for an account, and six of what came of each purchase and falls due.
        asked(client, "/units/", 31)
        asked(client, "/units/orders/", 17)
        asked(client, "/units/requests/?state=all", 12)
        for _each in range(29 if _number == 0 else 0):
            ordered(office, (listing, 1))
    assert approved(office, (listing, 1)).state == "approved"


def test_changing_the_address(office):
    buyer = as_(office.buyer)
    given = {"name": "李文静", "phone": "13800002046", "division": "440106", "street": "文明路 1 号"}
    assert buyer.post("/units/settings/", given).status_code == 302
    office.unit.refresh_from_db()
    assert office.unit.ship_street == "文明路 1 号"


def test_a_request_beyond_the_stock_says_so_before_it_is_submitted(office, listing):
    spec = spec_of(listing)
    request = start_request(unit_id=office.unit.pk, actor=office.buyer, at=AT)
    client = as_(office.buyer)
    for pieces, words in ((spec.available, None), (spec.available + 1, f"现在只剩 {spec.available} 件")):
        put_lines(request_id=request.pk, pieces={spec.specification_id: pieces}, actor=office.buyer, at=AT)
        page = client.get(f"/units/requests/{request.number}/").content.decode()
        assert ('data-testid="too-few"' in page) is (words is not None)
        assert words is None or words in page
