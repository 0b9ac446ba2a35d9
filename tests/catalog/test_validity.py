"""Certificates end on their day: output by years of validity; cards, badges and doors look at the date as they are read."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from catalog.cardpress import changing, shown
from catalog.models import Certificate, CertifiedYear, ListingCard, Stock
from catalog.operations.cards import rebuild_cards, turn_cards
from catalog.operations.output import OutputExceeded
from catalog.queries.certificates import certificate_page
from catalog.queries.trade import listings_now
from catalog.rules.badges import Held, face_on, next_change, plain_kind
from catalog.rules.output import DAY, anniversary, output_years
from shop.config.pagecache import seconds_of_the_day_left
from shop.core import outbox
from shop.core.projections import run_all
from shop.sales.operations.closing import cancel_order
from tests.factories import AT, make_certificate, make_listing, spec_of
from tests.sales.selling import buy, paid

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


def spans(valid_from: date, valid_until: date, grams: int) -> list[tuple[str, str, int]]:
    return [
        (str(each.starts_on), str(each.ends_on), each.grams) for each in output_years(valid_from, valid_until, grams)
    ]


def test_a_one_year_certificate_has_one_balance_over_two_calendar_years():
    assert spans(date(2026, 6, 1), date(2027, 5, 31), 900) == [("2026-06-01", "2027-05-31", 900)]


def test_longer_ones_have_one_for_each_year_and_the_rest_its_share_by_days():
    assert spans(date(2026, 1, 1), date(2028, 12, 31), 900) == [
        ("2026-01-01", "2026-12-31", 900), ("2027-01-01", "2027-12-31", 900), ("2028-01-01", "2028-12-31", 900),
    ]  # fmt: skip
    assert spans(date(2026, 6, 1), date(2027, 6, 1), 3650) == [
        ("2026-06-01", "2027-05-31", 3650), ("2027-06-01", "2027-06-01", 9),
    ]  # fmt: skip
    assert spans(date(2026, 3, 1), date(2026, 12, 31), 900) == [("2026-03-01", "2026-12-31", 900)]
    assert spans(date(2024, 2, 29), date(2026, 2, 28), 900) == [
        ("2024-02-29", "2025-02-28", 900), ("2025-03-01", "2026-02-28", 900),
    ]  # fmt: skip


@given(DAYS, st.integers(0, 3000), st.integers(1, 10**9))
def test_years_follow_each_other_and_never_open_more_than_the_days_allow(first, length, grams):
    last = first + timedelta(days=length)
    years = output_years(first, last, grams)
    assert (years[0].starts_on, max(each.ends_on for each in years) <= last) == (first, True)
    assert all(after.starts_on == before.ends_on + DAY for before, after in pairwise(years))
    assert len({each.starts_on.year for each in years}) == len(years)
    whole = [each for number, each in enumerate(years, 1) if each.ends_on == anniversary(first, number) - DAY]
    assert all(each.grams == grams for each in whole)
    assert sum(each.grams for each in years) <= grams * max(1, len(whole)) + (grams if len(years) > len(whole) else 0)


@pytest.mark.django_db
class TestOutput:
    def test_what_is_sold_in_december_is_not_sold_again_in_january(self):
        listing = make_listing(stock=50, price_fen=1000)
        net = spec_of(listing).net_grams
        make_certificate(
            listing, yearly_output_grams=net * 10, valid_from=date(2026, 6, 1), valid_until=date(2027, 5, 31)
        )
        assert CertifiedYear.objects.count() == 1
        december, january = AT.replace(month=12, day=20), AT.replace(year=2027, month=1, day=5)
        buy((listing, 7), at=december)
        with pytest.raises(OutputExceeded):
            buy((listing, 4), at=january, key="k2")
        buy((listing, 3), at=january, key="k3")
        assert CertifiedYear.objects.get().account.balance == 0
        assert [found for _name, found in run_all() if found] == []

    def test_what_is_given_back_after_new_year_goes_where_it_came_from(self):
        listing = make_listing(stock=50, price_fen=1000)
        net = spec_of(listing).net_grams
        make_certificate(
            listing, yearly_output_grams=net * 10, valid_from=date(2026, 1, 1), valid_until=date(2027, 12, 31)
        )
        order = paid((listing, 4))
        cancel_order(order_id=order.pk, actor=None, at=AT.replace(year=2027, month=1, day=5))
        left = CertifiedYear.objects.order_by("starts_on").values_list("account__balance", flat=True)
        assert list(left) == [net * 10, net * 10]

    def test_its_page_shows_the_running_year_of_validity(self):
        listing = make_listing()
        certificate = make_certificate(
            listing, yearly_output_grams=365_000, valid_from=date(2025, 6, 1), valid_until=date(2026, 12, 31)
        )
        page = certificate_page(certificate.number, date(2026, 11, 29))
        assert page is not None
        assert (page.shown.year_from, page.shown.year_until) == (date(2026, 6, 1), date(2026, 12, 31))
        assert (page.shown.year_grams, page.shown.left_grams) == (214_000, 214_000)


# What a day makes of a card.


HELD = Held("green", date(2026, 1, 1), date(2026, 11, 30), is_revoked=False, limits=True)


def test_a_badge_and_the_sale_end_with_the_certificate():
    facts = {"held": [HELD], "season": (None, None), "is_preorder": False}
    assert face_on(date(2026, 11, 30), **facts).kind == "green"
    after = face_on(date(2026, 12, 1), **facts)
    assert (after.kind, after.is_lapsed) == (None, True)
    assert next_change(date(2026, 11, 29), **facts) == (date(2026, 12, 1), after)
    assert next_change(date(2026, 12, 1), **facts) is None


def test_a_season_changes_a_card_on_the_first_of_a_month():
    found = next_change(date(2026, 11, 29), [], (12, 2), is_preorder=False)
    assert found is not None
    assert (found[0], found[1].waits) == (date(2026, 12, 1), False)
    found = next_change(date(2026, 12, 1), [], (12, 2), is_preorder=False)
    assert found is not None
    assert (found[0], found[1].waits) == (date(2027, 3, 1), True)


def test_a_card_is_read_as_its_day_makes_it():
    card = changing("今天", date(2026, 12, 1), "以后")
    assert shown([card, "不变"], date(2026, 11, 30)) == ["今天", "不变"]
    assert shown([card, "不变"], date(2026, 12, 1)) == ["以后", "不变"]


def test_typed_words_never_look_verified():
    assert [plain_kind(kind) for kind in ("proven", "limited", "neutral")] == ["neutral", "limited", "neutral"]


@pytest.fixture
def pomelo(db):
    listing = make_listing(stock=5)
    make_certificate(listing, yearly_output_grams=10**9, valid_until=AT.date())
    rebuild_cards(at=AT)
    return listing


TOMORROW = AT + timedelta(days=1)


def test_at_midnight_the_card_loses_badge_and_button_and_is_built_anew(pomelo):
    card = ListingCard.objects.get()
    assert (card.certified, card.in_stock, card.changes_on) == (True, True, TOMORROW.date())
    today, then = (shown([card.html_zh], day)[0] for day in (AT.date(), TOMORROW.date()))
    assert ("绿色食品" in today, "card-add" in today) == (True, True)
    assert ("绿色食品" in then, "card-add" in then) == (False, False)
    assert turn_cards(at=AT) == 0
    assert turn_cards(at=TOMORROW) == 1
    card.refresh_from_db()
    assert (card.certified, card.in_stock, card.changes_on) == (False, False, None)
    assert turn_cards(at=TOMORROW) == 0
    outbox.drain(at=TOMORROW)


def test_an_expired_or_revoked_certificate_takes_the_buttons_off_the_page(pomelo):
    today = timezone.localdate()
    Certificate.objects.update(valid_until=today)
    page = Client().get(f"/shop/p/{pomelo.slug}/").content.decode()
    assert ('data-testid="buy-now"' in page, 'data-testid="bar-buy"' in page) == (True, True)
    for change in ({"valid_until": today - timedelta(days=1)}, {"valid_until": today, "is_revoked": True}):
        Certificate.objects.update(**change)
        page = Client().get(f"/shop/p/{pomelo.slug}/").content.decode()
        assert 'data-testid="certificate-lapsed"' in page
        assert ('data-testid="buy-now"' in page, 'data-testid="bar-buy"' in page) == (False, False)
        assert 'data-testid="certificate"' not in page
        assert spec_of(pomelo).available == 0
        assert listings_now([pomelo.pk])[pomelo.pk].available == 0
        sent = {"specification": spec_of(pomelo).specification_id, "quantity": 1}
        answer = Client().post("/shop/basket/add/", sent, headers={"x-requested-with": "fetch"})
        words = "它的认证已被撤销" if "is_revoked" in change else "认证今天不在有效期内"
        assert words in answer.content.decode()


def test_no_kept_page_outlives_its_day():
    assert 0 < seconds_of_the_day_left() <= 86_400


def test_nothing_is_promised_where_nothing_can_be_bought(pomelo):
    def told() -> tuple[str, str, object]:
        page = Client().get(f"/shop/p/{pomelo.slug}/", headers={"accept-language": "zh-CN"}).content.decode()
        line = page.split('data-testid="arrives-by">')[1].partition("</span>")[0]
        promises = page.split('data-testid="promises"')[1].partition("</a>")[0]
        delivery = Client().get(f"/api/v1/products/{pomelo.slug}").json()["delivery"]
        words = Client().get(f"/shop/p/{pomelo.slug}/delivery/").json()
        assert words["promised"] is (delivery["arrives_by"] is not None)
        return line, "恢复销售后" in promises, delivery["arrives_by"]

    Certificate.objects.update(valid_until=timezone.localdate())
    line, again, day = told()
    assert ("现在下单" in line, again, day is None) == (True, False, False)
    for change in ("revoked", "expired", "sold out"):
        facts = {"is_revoked": change == "revoked", "valid_until": timezone.localdate()}
        if change == "expired":
            facts["valid_until"] -= timedelta(days=1)
        Certificate.objects.update(**facts)
        if change == "sold out":
            Stock.objects.update(on_hand=0)
        assert told() == ("目前不能购买", True, None), change


def test_an_expired_certificate_was_sold_under(pomelo):
    Certificate.objects.update(valid_until=timezone.localdate() - timedelta(days=1))
    number = Certificate.objects.get().number
    page = Client().get(f"/shop/certificates/{number}/", headers={"accept-language": "zh-CN"}).content.decode()
    assert "以它销售的商品" not in page
    assert "曾凭它销售" in page
