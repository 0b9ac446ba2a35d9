"""Reports count what was weighed of goods charged by weight: in the table, the lines behind it, files and the API."""

from io import BytesIO

import openpyxl
import pytest

from shop.sales.models import LineFacts
from shop.sales.operations.acceptance import accept_order
from shop.sales.queries.reports import EVERYTHING, behind, lines_behind
from tests.api.conftest import program_of
from tests.sales.reporting import staff
from tests.sales.selling import lines_of, paid
from tests.sales.test_money_trails import as_
from tests.sales.test_reports import YEAR, read
from tests.sales.test_weighing import NET, hens, send

pytestmark = pytest.mark.django_db


def grams() -> tuple[int, int, int]:
    """Return the grams of the table, of the figure behind it, and of its lines together."""
    table = read("county").total.grams
    one = behind(dimension="county", key="", period=YEAR, scope=EVERYTHING)
    _count, lines = lines_behind(dimension="county", key="", period=YEAR, scope=EVERYTHING)
    assert sum(each.grams for each in lines) == sum(each.grams for each in one.page.object_list)
    return table, one.figures.grams, sum(each.grams for each in one.page.object_list)


def test_what_is_not_packed_yet_counts_with_its_net_weight() -> None:
    paid((hens(), 2))
    assert grams() == (2 * NET,) * 3


def test_what_was_weighed_counts_as_it_weighed_and_the_rest_with_its_net_weight() -> None:
    order = paid((hens(), 3))
    send(order, (1360, 1420), pieces=2)
    assert grams() == (2780 + NET,) * 3
    # What is above a piece's weight was sold as well.
    send(order, (1600,), pieces=1, number="SF1234567890124")
    line = LineFacts.objects.get()
    assert (line.weighed_grams, line.heavy_grams) == (2780 + NET, 100)
    assert grams() == (2780 + 1600,) * 3


def test_a_rejected_piece_takes_its_share_of_what_was_weighed_away() -> None:
    order = paid((hens(), 3))
    send(order, (1360, 1420, 1341))
    (line,) = lines_of(order)
    accept_order(order_id=order.pk, accepted={line.pk: 2}, actor=None, at=order.shipped_at)
    # 4121 g × 2 ÷ 3, truncated to the gram.
    assert grams() == (2747,) * 3


def test_page_file_and_api_tell_the_weighed_kilograms_and_the_rule_says_so() -> None:
    order = paid((hens(), 2))
    send(order, (1360, 1420))
    client = as_(staff())
    asked = {"since": "2026-01-01", "until": "2026-12-31"}
    page = client.get("/reports/county/", asked).content.decode()
    assert ("2.78" in page, "打包时称得的重量计" in page) == (True, True)
    answer = program_of(staff()).get("/reports/sales?by=county&since=2026-01-01&until=2026-12-31")
    assert answer.data["total"]["grams"] == 2780
    file = client.get("/reports/county/table.xlsx", asked)
    body = b"".join(file.streaming_content) if file.streaming else file.content
    cells = [cell.value for sheet in openpyxl.load_workbook(BytesIO(body)).worksheets for row in sheet for cell in row]
    assert (2.78 in [float(each) for each in cells if isinstance(each, int | float)], "2026-12.2" in cells) == (
        True,
        True,
    )
