"""Sales by village, county, pairing, unit, campaign: exact figures, and rows that add up to the whole."""

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import Sum

from shop.core.models import Division
from shop.core.projections import run_all
from shop.core.regions import pairings_of
from shop.sales import periods
from shop.sales.deal import Attribution
from shop.sales.models import LineFacts, OrderAttribution
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.aftersales import open_after_sale
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import cancel_rest
from shop.sales.periods import Period
from shop.sales.queries.reports import (
    DIMENSIONS,
    EVERYTHING,
    NONE,
    Figures,
    Report,
    Scope,
    behind,
    lines_behind,
    report,
)
from shop.sales.states import Terms
from tests.factories import AT, make_listing, make_supplier
from tests.sales.reporting import GRAMS, WATCHED, order_of, random_orders, sell, two_counties
from tests.sales.selling import come_back, lines_of, pay, receive, ship

pytestmark = pytest.mark.django_db
ALLIANCE, UNIT = Attribution("alliance", "7", "市一中"), Attribution("unit", "7", "市一中")
YEAR = Period(date(2026, 1, 1), date(2026, 12, 31))


def read(dimension: str, *, scope: Scope = EVERYTHING, period: Period = YEAR, **filters: str) -> Report:
    return report(dimension=dimension, since=period.since, until=period.until, scope=scope, at=AT, **filters)


def net(found: Report) -> dict[str, int]:
    return {row.key: row.figures.net_fen for row in found.rows}


def test_one_purchase_of_every_fate() -> None:
    """Discounted, cancelled, short, waived, refunded, returned: what is left is the sale, to the 分 and the gram."""
    pomelo, goat = two_counties()
    both = sell((pomelo, 3), (goat, 2), key="both", discount_fen=100)
    pay(both)
    mei, duan = order_of(both, pomelo.supplier), order_of(both, goat.supplier)
    receive(ship(mei, number="SF1234567890124"))
    cancel_order(order_id=duan.pk, actor=None, at=AT)
    found = read("county")
    rows = {row.key: row for row in found.rows}
    assert rows["441403"].figures == Figures(orders=1, pieces=3, grams=3 * GRAMS, agreed_fen=2900)
    assert rows[WATCHED].figures == Figures(agreed_fen=2000, cancelled_fen=2000)
    assert (found.total.net_fen, found.total.orders, found.buyers) == (2900, 1, 1)
    assert [row.share_bp for row in found.rows] == [10_000, 0]
    # One of five is not sent, one of four arrives broken, and what was sent and kept is paid for.
    short = sell((goat, 5), key="short")
    pay(short)
    order = order_of(short)
    ship(order, {lines_of(order)[0].pk: 4})
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 3}, actor=None, at=AT)
    figures = {row.key: row.figures for row in read("county").rows}[WATCHED]
    assert figures == Figures(1, 3, 3 * GRAMS, 7000, 2000, 2000)
    assert [each for _name, each in run_all() if each] == []


def test_goods_first_count_since_they_were_received() -> None:
    pomelo, _goat = two_counties()
    purchase = sell((pomelo, 4), key="u", channel=ALLIANCE, also=(UNIT,), terms=Terms.POSTPAID)
    assert read("unit").total == Figures()
    order = ship(order_of(purchase))
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 3}, actor=None, at=AT)
    found = read("unit")
    assert [(row.key, row.name, row.figures) for row in found.rows] == [
        ("7", "市一中", Figures(1, 3, 3 * GRAMS, 4000, 0, 1000))
    ]
    # Paying it later moves nothing.
    pay(purchase, AT + timedelta(days=40))
    order.refresh_from_db()
    assert order.sold_at == AT
    assert net(read("unit")) == {"7": 3000}
    assert [each for _name, each in run_all() if each] == []


def test_what_is_neither_paid_nor_received_is_not_sold() -> None:
    pomelo, _goat = two_counties()
    sell((pomelo, 1), key="unpaid")
    dropped = sell((pomelo, 2), key="dropped", channel=ALLIANCE, terms=Terms.POSTPAID)
    cancel_order(order_id=order_of(dropped).pk, actor=None, at=AT)
    assert [read(code).total for code in DIMENSIONS] == [Figures()] * len(DIMENSIONS)
    assert [each for _name, each in run_all() if each] == []


def test_returned_pieces_are_not_sold() -> None:
    _pomelo, goat = two_counties()
    type(goat).objects.filter(pk=goat.pk).update(is_fresh=False)
    purchase = sell((goat, 3), key="r")
    pay(purchase)
    order = receive(ship(order_of(purchase)))
    line = lines_of(order)[0]
    case = open_after_sale(
        line_id=line.pk, kind="return", quantity=2, amount_fen=1500, reason="不合适", actor=None, at=AT
    )
    come_back(case)
    assert read("county").total == Figures(1, 1, GRAMS, 3000, 0, 1500)
    LineFacts.objects.filter(pk=line.pk).update(returned=1)
    assert [str(row) for _name, rows in run_all() for row in rows] == [
        f"returned pieces of line {line.pk}: stored 1, its entries say 2"
    ]


def test_every_door_and_source_has_its_row() -> None:
    pomelo, goat = two_counties()
    campaign, session, need = (
        Attribution("campaign", "3", "冬令"),
        Attribution("session", "5", "果园里"),
        Attribution("need", "breakfast", "早餐"),
    )
    live, pledge = Attribution("live", "room", "果园"), Attribution("pledge", "9", "小学")
    for key, channel, also in (
        ("a", None, ()),
        ("b", campaign, ()),
        ("c", live, (session, campaign)),
        ("d", pledge, (need,)),
    ):
        pay(sell((pomelo, 1), key=key, channel=channel, also=also))
    pay(sell((goat, 1), key="e"))
    assert net(read("campaign")) == {"3": 2000, NONE: 3000}
    assert net(read("session")) == {"5": 1000, NONE: 4000}
    assert net(read("need")) == {"breakfast": 1000, NONE: 4000}
    assert net(read("channel")) == {"shop": 2000, "campaign": 1000, "live": 1000, "pledge": 1000}
    assert net(read("village")) == {str(pomelo.village_id): 4000, NONE: 1000}
    # The pairing with 河池 ended in 2025.
    assert net(read("pairing")) == {"4401-4414": 4000, NONE: 1000}
    assert net(read("watched")) == {WATCHED: 1000, NONE: 4000}
    assert net(read("county", channel="live")) == {"441403": 1000}
    assert net(read("county", province="45")) == {WATCHED: 1000}
    assert net(read("supplier", scope=Scope(suppliers=(goat.supplier_id,)))) == {str(goat.supplier_id): 1000}


def test_a_watched_county_that_sells_nothing_has_a_row() -> None:
    two_counties()
    found = read("watched")
    assert [(row.key, row.figures, row.share_bp) for row in found.rows] == [(WATCHED, Figures(), 0)]
    assert found.rows[0].trend == [0] * 12


def test_a_drops_own_session_stands_before_the_one_of_the_cookie() -> None:
    pomelo, _goat = two_counties()
    first, second = Attribution("session", "5", "这一场"), Attribution("session", "4", "上一场")
    sell((pomelo, 1), key="a", channel=Attribution("live", "room", "果园"), also=(first, second))
    assert OrderAttribution.objects.get(kind="session").ref == "5"


def test_a_pairing_is_kept_as_it_was() -> None:
    pomelo, goat = two_counties()
    sell((pomelo, 1), (goat, 1), key="now")
    sell((goat, 1), key="then", at=AT - timedelta(days=700))
    assert dict(LineFacts.objects.values_list("order__purchase__key", "pairing").filter(county_code=WATCHED)) == {
        "now": "",
        "then": "4401-4512",
    }
    assert LineFacts.objects.get(county_code="441403").pairing == "4401-4414"
    Division.objects.get(pk="4401")  # Two cities of one county stand together.
    from_both = pairings_of(["451228"], AT - timedelta(days=700))
    assert from_both == {"451228": "4401-4512"}


def test_the_period_is_of_days_here() -> None:
    """Half an hour after midnight in China is the evening before in Greenwich."""
    pomelo, _goat = two_counties()
    midnight = AT.replace(month=3, day=31, hour=16, minute=30)
    pay(sell((pomelo, 1), key="a", at=midnight), midnight)
    march, april = (Period(date(2026, 3, 1), date(2026, 3, 31)), Period(date(2026, 4, 1), date(2026, 4, 30)))
    assert (read("county", period=march).total.orders, read("county", period=april).total.orders) == (0, 1)
    assert read("county").trend.index(1000) == 3


@pytest.mark.parametrize("seed", range(4))
def test_rows_add_up_to_the_whole_whatever_happened(seed: int) -> None:
    """Of random orders: by every dimension, with "none", the rows, their trends and the lines behind give the same."""
    pomelo, goat = two_counties()
    other = make_listing("脐橙", supplier=make_supplier("脐橙社"), price_fen=700)
    random_orders(seed, [pomelo, goat, other], 25)
    lines = LineFacts.objects.filter(order__sold_at__isnull=False, order__placed_at__year=2026)
    agreed = sum(line.unit_price_fen * line.ordered - line.discount_fen for line in lines)
    taken = lines.aggregate(n=Sum("refunded_fen"))["n"] or 0
    for code in DIMENSIONS:
        found = read(code)
        added = sum((row.figures for row in found.rows), Figures())
        assert (found.total.agreed_fen, found.total.taken_fen) == (agreed, taken), code
        assert _but_orders(added) == _but_orders(found.total), code
        assert sum(found.trend) == agreed - taken, code
        for row in found.rows:
            shown = behind(dimension=code, key=row.key, period=YEAR, scope=EVERYTHING)
            assert shown.figures == row.figures, (code, row.key)
        count, listed = lines_behind(dimension=code, key=found.rows[0].key, period=YEAR, scope=EVERYTHING)
        every = list(listed)
        assert len(every) == count
        assert sum(line.net_fen for line in every) == found.rows[0].figures.net_fen


def _but_orders(figures: Figures) -> tuple[Any, ...]:
    return figures.pieces, figures.grams, figures.agreed_fen, figures.cancelled_fen, figures.reduced_fen


def test_a_file_of_many_lines_skips_and_repeats_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shop.sales.queries.reports.lines.BATCH", 7)
    random_orders(1, list(two_counties()), 20)
    count, lines = lines_behind(dimension="county", key="", period=YEAR, scope=EVERYTHING)
    listed = list(lines)
    assert (len(listed), listed) == (count, sorted(listed, key=lambda line: line.placed_at, reverse=True))
    assert count > 14


@pytest.mark.parametrize(
    ("name", "today", "since", "until"),
    [
        ("year", date(2026, 11, 29), date(2026, 1, 1), date(2026, 12, 31)),
        ("last_year", date(2026, 1, 1), date(2025, 1, 1), date(2025, 12, 31)),
        ("quarter", date(2026, 11, 29), date(2026, 10, 1), date(2026, 12, 31)),
        ("month", date(2028, 2, 3), date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_presets(name: str, today: date, since: date, until: date) -> None:
    assert periods.preset(name, today) == Period(since, until)


@pytest.mark.parametrize(
    ("days", "unit", "columns"), [(1, "day", 1), (35, "day", 35), (36, "week", 6), (121, "month", 5), (901, "year", 3)]
)
def test_a_period_is_cut_without_gaps(days: int, unit: str, columns: int) -> None:
    since = date(2026, 1, 1)
    found = periods.parts(Period(since, since + timedelta(days=days - 1)))
    assert ({part.unit for part in found}, len(found)) == ({unit}, columns)
    assert found[0].since == since
    assert found[-1].until == since + timedelta(days=days - 1)
    assert all(one.until + timedelta(days=1) == other.since for one, other in itertools.pairwise(found))


def test_shares_are_never_rounded_up() -> None:
    assert [periods.share_bp(*each) for each in ((99_999, 100_000), (1, 3), (0, 0), (5, 5))] == [9999, 3333, 0, 10_000]
