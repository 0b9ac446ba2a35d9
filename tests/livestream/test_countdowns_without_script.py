"""Where no script counts, a countdown says until when, with the day: a clock alone reads as minutes and seconds."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from livestream.models import Drop
from shop.core import times
from shop.sales.models import OrderFacts
from tests.factories import make_listing, make_user
from tests.livestream.rooms import drop_of, make_session, put
from tests.sales.selling import buy
from tests.sales.test_money_trails import as_

pytestmark = pytest.mark.django_db


def said(page: str, testid: str) -> list[str]:
    return [each.strip() for each in re.findall(rf'data-testid="{testid}"[^>]*>([^<]*)</time>', page)]


@pytest.mark.parametrize(("language", "word"), [("", "至 {}"), ("/en", "until {}")])
def test_a_drop_says_until_when_in_room_sheet_and_console(language: str, word: str) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=50, price_fen=3280), host)
    drop_of(session, item, host)
    ends_at = timezone.now() + timedelta(hours=3)
    Drop.objects.update(ends_at=ends_at)
    with translation.override("en" if language else "zh-hans"):
        wanted = word.format(times.moment(ends_at))
    slug = session.room.slug
    assert said(Client().get(f"{language}/live/{slug}/").content.decode(), "drop-countdown") == [wanted]
    sheet = Client().get(f"{language}/live/{slug}/choose/{item.pk}/").content.decode()
    assert said(sheet, "price-until") == [wanted]
    console = as_(host).get(f"{language}/live/console/{session.pk}/").content.decode()
    assert said(console, "drop-countdown") == [wanted]


def test_an_unpaid_order_says_until_when_on_its_page_and_at_the_cashiers() -> None:
    buyer = make_user()
    purchase = buy((make_listing(stock=9), 1), user=buyer, at=timezone.now())
    order = OrderFacts.objects.select_related("order").get(purchase=purchase)
    wanted = [f"至 {times.moment(purchase.pay_by)}"]
    assert said(as_(buyer).get(f"/account/orders/{order.order.number}/").content.decode(), "pay-countdown") == wanted
    assert said(as_(buyer).get(f"/pay/{purchase.number}/").content.decode(), "countdown") == wanted
