"""Reports as pages and files: who may read whose orders, few queries, nothing that a spreadsheet would run."""

import csv
import io

import pytest
from django.test import Client
from openpyxl import load_workbook

from procurement.operations.cancelling import ask_cancel, decide_cancel
from shop.accounts import roles
from shop.accounts.operations.groups import give_role
from shop.core.spreadsheets import inert
from shop.sales.deal import Attribution
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.queries.reports import DIMENSIONS
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_user
from tests.procurement.offices import join, make_office, ordered
from tests.sales.reporting import WATCHED, random_orders, reader, sell, staff, two_counties
from tests.sales.selling import lines_of, pay, ship

pytestmark = pytest.mark.django_db
SECRETS = ("周敏不给看", "龙口西路 8 号 1202", "13800002046")


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def as_(user) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def text_of(answer) -> str:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8-sig")


def rows_of(answer) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text_of(answer))))


def sold_by_each() -> tuple:
    """Sell goods of two suppliers in the shop, and to units of two trees."""
    pomelo, goat = two_counties()
    pay(sell((pomelo, 2), (goat, 1), key="shop", channel=Attribution("campaign", "3", "冬令"), discount_fen=100))
    offices = []
    for listing in (pomelo, goat):
        above = make_office(kind="supervising")
        office = make_office(above.unit, budget_fen=1_000_000)
        (order,) = ordered(office, (listing, 5))
        ship(order, number=f"SF12345678901{len(offices)}0")
        accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 4}, actor=None, at=AT)
        offices.append((above, office))
    return pomelo, goat, offices


def overseer(office) -> Client:
    user = join(office.unit.organisation, "member")
    give_role(user=user, role=roles.SUPERVISING, actor=None, at=AT)
    return as_(user)


def test_strangers_sign_in_and_buyers_are_refused() -> None:
    assert Client().get("/reports/").headers["Location"].startswith("/account/login/?next=")
    office = make_office()
    for user in (make_user(), office.buyer, office.finance):
        for address in ("/reports/", "/reports/unit/orders/", "/reports/unit/table.csv", "/reports/unit/orders.xlsx"):
            assert as_(user).get(address).status_code == 403
    assert 'data-testid="reports"' not in as_(make_user()).get("/account/").content.decode()


@pytest.mark.parametrize(
    "role", [roles.PLATFORM_ADMIN, roles.CAMPAIGN_STAFF, roles.COUNTY_REVIEWER, roles.PLATFORM_REVIEWER]
)
def test_platform_staff_and_reviewers_read_all(role: str) -> None:
    two_counties()
    browser = as_(reader(role))
    assert browser.get("/reports/").status_code == 200
    assert 'data-testid="reports"' in browser.get("/account/").content.decode()


def test_every_dimension_opens_to_lines_that_hide_the_person() -> None:
    sold_by_each()
    browser = as_(staff())
    for code in DIMENSIONS:
        page = browser.get(f"/reports/{code}/")
        # 1900 and 1000 in the shop, 4 of 5 pieces of 10 元 twice.
        assert page.context["total"].net_fen == 10_900
        row = page.context["page"].object_list[0]
        behind = browser.get(row["url"])
        assert behind.context["figures"] == row["figures"]
        assert not any(secret in behind.content.decode() for secret in SECRETS)
    assert browser.get("/reports/channel/orders/?only=taken").context["figures"].taken_fen == 2_000
    assert browser.get("/reports/nothing/").status_code == 404


def test_a_supplier_reads_its_own_orders_only() -> None:
    pomelo, goat, _offices = sold_by_each()
    member = make_user()
    goat.supplier.organisation.memberships.create(user=member, role="owner")
    browser = as_(member)
    assert browser.get("/reports/county/").context["total"].net_fen == 5_000
    # The other's rows by hand: nothing there, and its name is not told.
    for key, code in (("441403", "county"), (str(pomelo.supplier_id), "supplier")):
        found = browser.get(f"/reports/{code}/orders/?key={key}")
        assert found.status_code == 404
        assert "金柚" not in found.content.decode()
    assert [row[0] for row in rows_of(browser.get("/reports/supplier/table.csv"))[1:-1]] == ["都安社"]


def test_who_oversees_units_reads_only_those_below() -> None:
    _pomelo, _goat, ((above, office), (_other, foreign)) = sold_by_each()
    browser = overseer(above)
    found = browser.get("/reports/unit/")
    assert [(row["key"], row["figures"].net_fen) for row in found.context["page"].object_list] == [
        (str(office.unit.pk), 4_000)
    ]
    assert browser.get("/reports/county/").context["total"].net_fen == 4_000
    assert browser.get(f"/reports/unit/orders/?key={foreign.unit.pk}").status_code == 404
    name = foreign.unit.organisation.name_zh
    for address in (f"/reports/unit/orders/?key={foreign.unit.pk}", "/reports/unit/", "/reports/channel/orders/"):
        for prefix in ("", "/en"):
            assert name not in browser.get(prefix + address).content.decode()
    assert name not in text_of(browser.get("/reports/unit/table.csv"))
    # In the role, but over nobody.
    assert as_(reader(roles.FINANCE_OFFICE)).get("/reports/").context["total"].agreed_fen == 0


@pytest.mark.parametrize("who", ["staff", "overseer", "supplier"])
def test_pages_ask_the_database_little(who: str, django_assert_max_num_queries) -> None:
    pomelo, goat, ((above, _office), _rest) = sold_by_each()
    if who == "supplier":
        member = make_user()
        pomelo.supplier.organisation.memberships.create(user=member, role="owner")
    browsers = {"staff": lambda: as_(staff()), "overseer": lambda: overseer(above), "supplier": lambda: as_(member)}
    browser = browsers[who]()
    browser.get("/reports/")  # Once in five minutes the provinces are asked for.
    for number in range(2):
        for code in ("watched", "village", "unit"):
            for address in (f"/reports/{code}/", f"/reports/{code}/orders/?key={WATCHED}", f"/reports/{code}/orders/"):
                with django_assert_max_num_queries(8):
                    # A county's code is no village's.
                    assert browser.get(address).status_code in ((200,) if "key" not in address else (200, 404))
        if not number:
            random_orders(7, [pomelo, goat], 30)


def test_rows_are_sorted_by_link() -> None:
    sold_by_each()
    browser = as_(staff())
    names = [row["key"] for row in browser.get("/reports/?sort=net").context["page"].object_list]
    assert names == ["441403", WATCHED]
    assert [row["key"] for row in browser.get("/reports/?sort=net-up").context["page"].object_list] == names[::-1]
    page = browser.get("/reports/?sort=orders&period=year").content.decode()
    assert 'aria-sort="descending"' in page
    assert 'href="/reports/county/?sort=orders-up"' in page


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("since=2026-13-40&until=2026-01-02", "since"),
        ("period=custom&since=2026-02-01", "until"),
        ("period=custom&since=2026-02-02&until=2026-02-01", "until"),
        ("since=1999-01-01&until=2026-02-01", "since"),
        ("since=2020-01-01&until=2999-02-01", "until"),
        ("period=yesterday", "period"),
        ("province=99", "province"),
        ("channel=telepathy", "channel"),
    ],
)
def test_a_filter_that_makes_no_sense_is_said_beside_it(query: str, field: str) -> None:
    two_counties()
    answer = as_(staff()).get(f"/reports/?{query}")
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "has-error" in answer.content.decode()
    # Nor is a file made of other figures than those that were asked for.
    for file in ("table.csv", "table.xlsx", "orders.csv?key=", "orders.xlsx?key="):
        asked = f"/reports/county/{file}{'&' if '?' in file else '?'}{query}"
        refused = as_(staff()).get(asked)
        assert (refused.status_code, refused["Content-Type"].split(";")[0]) == (422, "text/html"), asked
        assert list(refused.context["form"].errors) == [field]


def test_filters_are_kept_on_the_way() -> None:
    sold_by_each()
    browser = as_(staff())
    page = browser.get("/reports/?since=2026-01-01&until=2026-11-30&province=45&channel=campaign")
    assert page.context["total"].net_fen == 1_000
    text = page.content.decode()
    kept = "since=2026-01-01&amp;until=2026-11-30&amp;province=45&amp;channel=campaign"
    assert f'href="/reports/village/?{kept}"' in text
    assert f"/reports/county/table.xlsx?{kept}" in text
    assert f"http://testserver/reports/county/?{kept}" in text


def test_a_range_without_its_name_is_shown_as_a_range() -> None:
    sold_by_each()
    page = as_(staff()).get("/reports/county/orders/?since=2026-03-01&until=2026-11-30").content.decode()
    assert '<option value="custom" selected>' in page
    assert 'value="2026-03-01"' in page


def test_what_was_never_paid_is_not_called_given_back_once_the_rest_is() -> None:
    _pomelo, _goat, ((_above, office), *_others) = sold_by_each()
    browser = as_(staff())
    address = "/reports/unit/orders/?only=taken"
    assert browser.get(address).content.decode().count("验收扣减") == 2
    purchase = OrderFacts.objects.get(of_unit__unit=office.unit).purchase
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", through="unit", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    page = browser.get(address).content.decode()
    assert page.count("验收扣减") == 2
    assert "已退款" not in page


def test_the_table_as_a_file_adds_up_and_says_how() -> None:
    sold_by_each()
    browser = as_(staff())
    answer = browser.get("/reports/county/table.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E6%8C%89%E5%8E%BF")
    head, *rows, whole = rows_of(answer)
    assert head[:3] == ["区县", "编码", "订单"]
    assert [row[1] for row in rows] == ["441403", WATCHED]
    assert whole[0] == "合计"
    for column in (3, 4, 5, 6, 7, 8):
        assert f"{sum(float(row[column]) for row in rows):.3f}" == f"{float(whole[column]):.3f}"
    book = load_workbook(io.BytesIO(browser.get("/en/reports/county/table.xlsx").content))
    sheet, how = book.worksheets
    assert (how.title, sheet["A1"].value, sheet.cell(sheet.max_row, 9).value) == ("How this was counted", "County", 109)
    assert ["Rule", "2026-12.2"] in [[cell.value for cell in row] for row in how.iter_rows()]


def test_no_cell_of_a_file_is_a_formula() -> None:
    pomelo, _goat = two_counties()
    type(pomelo).objects.filter(pk=pomelo.pk).update(name_zh="=HYPERLINK(1)")
    evil = Attribution("unit", "1", "+1+cmd|' /C calc'!A0")
    pay(sell((pomelo, 1), key="a", channel=Attribution("campaign", "8", "@SUM(1)"), also=(evil,)))
    LineFacts.objects.update(spec_zh="\t=1")
    browser = as_(staff())
    lines = rows_of(browser.get("/reports/county/orders.csv"))
    assert lines[1][2:4] == ["'=HYPERLINK(1)", "'\t=1"]
    assert rows_of(browser.get("/reports/campaign/table.csv"))[1][0] == "'@SUM(1)"
    assert rows_of(browser.get("/reports/unit/table.csv"))[1][0] == "'+1+cmd|' /C calc'!A0"
    sheet = load_workbook(io.BytesIO(browser.get("/reports/county/orders.xlsx").content)).worksheets[0]
    # A workbook's cell is text by its kind, and says what was typed.
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("=HYPERLINK(1)", "s")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "\t1", "\r1", "＝1", "＋1", " =1", "\ufeff=1", "\n=1"])
def test_what_would_be_a_formula_is_inert(text: str) -> None:
    assert inert(text) == f"'{text}"


def test_other_cells_stay_as_they_are() -> None:
    assert [inert(each) for each in ("金柚", "a=b", -5, None, "a\x00b")] == ["金柚", "a=b", -5, None, "ab"]


def test_a_list_too_long_for_excel_is_refused_with_the_way_on(monkeypatch: pytest.MonkeyPatch) -> None:
    sold_by_each()
    monkeypatch.setattr("shop.sales.views.report_files.MOST_LINES", 3)
    browser = as_(staff())
    answer = browser.get("/reports/county/orders.xlsx")
    assert answer.status_code == 422
    assert "/reports/county/orders.csv" in answer.content.decode()
    assert len(rows_of(browser.get("/reports/county/orders.csv"))) == 5


def test_readers_of_english_read_no_chinese_frame() -> None:
    sold_by_each()
    browser = as_(staff())
    page = browser.get("/en/reports/unit/").content.decode()
    assert "Sales by budget unit" in page
    assert "School " in page  # Today's name in English, where the order keeps the Chinese one.
    assert "统计" not in page
    assert "Sales by" not in browser.get("/reports/unit/").content.decode()


@pytest.mark.parametrize("code", ["county", "village", "unit", "channel", "supplier", "campaign"])
def test_the_orders_of_a_row_that_is_not_there_are_not_found(code: str) -> None:
    sold_by_each()
    browser = as_(staff())
    for key in ("zzz", "999999", "²"):
        for name in ("orders/", "orders.csv", "orders.xlsx"):
            assert browser.get(f"/reports/{code}/{name}?key={key}").status_code == 404
    # A row that there is, in a time without sales.
    quiet = browser.get("/reports/channel/orders/?key=campaign&since=2024-01-01&until=2024-02-01")
    assert quiet.status_code == 200


@pytest.mark.parametrize(
    ("accepted", "said", "causes"),
    [
        (3, "未发部分取消", ["unsent"]),
        (2, "未发部分取消 · 验收扣减", ["unsent", "not_accepted"]),
    ],
)
def test_each_cause_of_a_deduction_is_named_by_itself(accepted: int, said: str, causes: list[str]) -> None:
    office = make_office(budget_fen=1_000_000)
    (order,) = ordered(office, (make_listing(price_fen=1_000), 5), terms="postpaid")
    (line,) = lines_of(order)
    ship(order, pieces={line.pk: 3}, number="SF1234567890123")
    wish = ask_cancel(order_id=order.pk, reason="断货", actor=office.buyer, at=AT)
    decide_cancel(wish_id=wish.pk, agree=True, actor=office.approver, at=AT)
    accept_order(order_id=order.pk, accepted={line.pk: accepted}, actor=None, at=AT)
    browser = as_(staff())
    assert f'<span class="hint">{said}</span>' in browser.get("/reports/unit/orders/?only=taken").content.decode()
    assert said in text_of(browser.get("/reports/unit/orders.csv?only=taken"))
    found = program_of(staff()).get("/reports/sales/lines?by=unit&only=taken").json()
    assert [each["why"] for each in found["items"]] == [causes]
