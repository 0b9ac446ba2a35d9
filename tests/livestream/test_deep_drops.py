"""A refused flash sale stays about its product, and a deep cut is asked once more: on the page and by API."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from livestream.errors import DeepCut
from livestream.models import Drop, DropBounds, LiveSession, TrayItem
from livestream.operations import tray
from livestream.rules import Cut, deep_cut
from shop.core.errors import InvalidInput
from shop.sales.models import OrderFacts
from shop.sales.operations.payments import capture_payment, start_payment
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, spec_of
from tests.livestream.rooms import drop_of, make_session, put
from tests.livestream.test_drops import buy_drop

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def stage() -> tuple[LiveSession, Any, TrayItem, TrayItem, Client]:
    session, host = make_session()
    first = put(session, make_listing("金柚", supplier=session.room.supplier, price_fen=3280, stock=50), host)
    box = put(session, make_listing("礼盒", supplier=session.room.supplier, price_fen=12800, stock=50), host)
    tray.pin(session_id=session.pk, version=session.version, item_id=first.pk, actor=host, at=AT)
    session.refresh_from_db()
    client = Client()
    client.force_login(host, backend=BACKEND)
    return session, host, first, box, client


def send(client: Client, session: LiveSession, item: TrayItem, **fields: Any) -> Any:
    session.refresh_from_db()
    sent = {
        "action": "drop", "version": session.version, "item": item.pk, "price": "100.00", "pieces": "10",
        "specification": spec_of(item.listing).specification_id, "minutes": "5", **fields,
    }  # fmt: skip
    return client.post(f"/live/console/{session.pk}/act/", sent)


@pytest.mark.parametrize("wrong", [{"pieces": "51"}, {"minutes": "0.1"}, {"price": "x"}, {"version": 0}])
def test_a_refused_flash_sale_comes_back_for_its_own_product(stage, wrong: dict[str, Any]) -> None:
    session, _host, _first, box, client = stage
    page = send(client, session, box, **({"price": "15"} | wrong)).content.decode()
    assert f'<input type="hidden" name="item" value="{box.pk}">' in page
    assert f'id="drop-form-{box.pk}"' in page
    assert f'value="{wrong.get("price", "15")}"' in page
    assert Drop.objects.count() == 0


def test_what_was_typed_for_a_product_that_is_gone_is_not_shown_for_another(stage) -> None:
    session, host, first, box, client = stage
    tray.remove_item(session_id=session.pk, version=session.version, item_id=box.pk, actor=host, at=AT)
    page = send(client, session, box, price="15").content.decode()
    assert f'id="drop-form-{first.pk}"' in page
    assert 'value="15"' not in page


def test_a_deep_cut_is_asked_once_more_in_words_with_both_prices(stage) -> None:
    session, _host, _first, box, client = stage
    answer = send(client, session, box, price="15")
    page = answer.content.decode()
    assert (answer.status_code, Drop.objects.count()) == (409, 0)
    assert 'data-testid="deep-cut"' in page
    assert "¥15.00" in page
    assert "¥128.00" in page
    assert '<input type="hidden" name="confirm" value="1500">' in page
    # Another price than the one that was confirmed is asked again.
    assert send(client, session, box, price="14", confirm="1500").status_code == 409
    assert send(client, session, box, price="15", confirm="1500").status_code == 302
    assert Drop.objects.get().price_fen == 1500


def test_below_what_was_paid_lately_is_deep_and_older_sales_do_not_count(stage) -> None:
    session, host, first, _box, _client = stage
    drop = drop_of(session, first, host, price_fen=3000)
    purchase = buy_drop(drop, 2)
    payment, _created = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    Drop.objects.update(state="ended")
    # Nobody has paid yet: only what is traded counts.
    assert drop_of(session, first, host, price_fen=2999, confirmed_fen=None).number == 2
    Drop.objects.update(state="ended")
    capture_payment(payment_id=payment.pk, at=AT)
    with pytest.raises(DeepCut) as refused:
        drop_of(session, first, host, price_fen=2999, confirmed_fen=None)
    assert refused.value.details == {"confirm": "29.99", "shop_price": "32.80", "lowest_paid": "30.00"}
    assert "¥30.00" in str(refused.value.message)
    assert drop_of(session, first, host, price_fen=3000, confirmed_fen=None).number == 3
    Drop.objects.update(state="ended")
    OrderFacts.objects.update(sold_at=AT - timedelta(days=7, seconds=1))
    assert drop_of(session, first, host, price_fen=2999, confirmed_fen=None).number == 4


def test_the_bounds_are_dated_data(stage) -> None:
    session, host, _first, box, _client = stage
    DropBounds.objects.update(deep_percent=10)
    with pytest.raises(DeepCut):
        drop_of(session, box, host, price_fen=11500, confirmed_fen=None)
    DropBounds.objects.all().delete()
    with pytest.raises(DeepCut):
        drop_of(session, box, host, price_fen=12600, confirmed_fen=None)
    # The shop's own price is no flash price.
    with pytest.raises(InvalidInput):
        drop_of(session, box, host, price_fen=12800, confirmed_fen=None)
    assert drop_of(session, box, host, price_fen=12600, confirmed_fen=12600).price_fen == 12600


@pytest.mark.parametrize(
    ("price", "lowest", "found"),
    [(7681, None, None), (7680, None, Cut(7680, 12800, None)), (9999, 10000, Cut(9999, 12800, 10000)),
     (10000, 10000, None), (1500, 1000, Cut(1500, 12800, None))],
)  # fmt: skip
def test_deep_is_two_fifths_off_or_below_the_lowest_paid(price: int, lowest: int | None, found: Cut | None) -> None:
    assert deep_cut(price_fen=price, list_fen=12800, lowest_fen=lowest, percent=40) == found


def test_by_api_a_deep_cut_says_its_code_and_what_confirms_it(stage) -> None:
    session, host, _first, box, _client = stage
    session.refresh_from_db()
    desk = program_of(host)
    path = f"/live/host/sessions/{session.pk}/drops"
    body = {
        "version": session.version, "item_id": box.pk, "price": "15.00", "pieces": 5, "seconds": 300,
        "specification_id": spec_of(box.listing).specification_id,
    }  # fmt: skip
    refused = desk.post(path, body, key="deep-cut-1")
    assert (refused.status_code, refused.data["code"]) == (409, "deep_cut")
    assert refused.data["details"] == {"confirm": "15.00", "shop_price": "128.00", "lowest_paid": None}
    made = desk.post(path, {**body, "confirm": "15.00"}, key="deep-cut-2")
    assert (made.status_code, made.data["drop"]["price"]) == (201, "15.00")
