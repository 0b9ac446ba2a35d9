"""A sold-out drop leaves its product to the shop; a session's figures are of what is paid; who watched sees its end."""

import pytest
from django.test import Client
from django.utils import timezone

from livestream.models import Drop
from livestream.operations import sessions, tray
from livestream.queries.console import numbers
from livestream.sockets import _enter
from livestream.tailing import _look
from shop.sales.operations.payments import capture_payment, start_payment
from tests.factories import AT, make_freight, make_listing
from tests.livestream.rooms import drop_of, make_session, put
from tests.livestream.test_drops import buy_drop

pytestmark = pytest.mark.django_db
PART = {"X-Requested-With": "fetch"}


def test_a_sold_out_drop_leaves_its_product_to_the_shop(client: Client) -> None:
    now = timezone.now()
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, price_fen=3280, stock=50), host)
    tray.pin(session_id=session.pk, version=session.version, item_id=item.pk, actor=host, at=AT)
    drop = drop_of(session, item, host, pieces=2, price_fen=2980, at=now)
    sheet = f"/live/songyuan/choose/{item.pk}/"
    assert 'data-testid="drop-form"' in client.get(sheet, headers=PART).content.decode()
    buy_drop(drop, 2, at=now)
    part = client.get(sheet, headers=PART).content.decode()
    assert 'data-testid="drop-form"' not in part
    assert 'data-testid="buy-now"' in part
    assert "disabled" not in part.partition('data-testid="buy-now"')[2][:20]
    page = client.get("/live/songyuan/").content.decode()
    assert 'data-testid="drop-sold-out"' in page
    assert 'data-testid="buy-pinned"' in page
    assert 'data-testid="tray-buy"' in page

    # Whoever watches gets the room anew when the last piece goes, and when one comes back; not each time one is sold.
    def look(known: int) -> set[str]:
        _news, parts, _left = _look(session.pk, session.last_seq + 9, {"zh-hans"}, {drop.pk: known})
        return set(parts)

    assert (look(1), look(0)) == ({"zh-hans"}, set())


def test_figures_count_what_is_paid_without_its_freight() -> None:
    session, host = make_session()
    listing = make_listing(supplier=session.room.supplier, price_fen=3280, stock=50)
    make_freight(session.room.supplier)
    drop = drop_of(session, put(session, listing, host), host, price_fen=2980)
    purchase = buy_drop(drop, 3)
    found = numbers(session, at=AT)
    assert (found.orders, found.pieces, found.fen, found.drop_sold, found.drop_left) == (0, 0, 0, 0, 7)
    payment, _created = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    found = numbers(session, at=AT)
    assert (found.orders, found.pieces, found.fen, found.drop_sold) == (1, 3, 3 * 2980, 3)


def test_who_watched_sees_that_it_is_over_not_the_next_session(client: Client) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=50), host)
    drop = drop_of(session, item, host, at=timezone.now())
    following, _ = make_session(session.room, host=host, live=False, planned_at=timezone.now())
    sessions.end_session(session_id=session.pk, version=session.version, actor=host, at=timezone.now())
    page = client.get(f"/live/songyuan/?session={session.pk}").content.decode()
    assert 'data-testid="session-over"' in page
    assert 'data-testid="following"' in page
    assert client.get("/live/songyuan/").context["session"] == following
    # A socket that comes back belongs to the session that was watched, and so does what was bought or said late.
    assert _enter("songyuan", "", str(session.pk))[0] == session.pk
    assert _enter("songyuan", "", "")[0] == following.pk
    answer = client.post(f"/live/songyuan/buy/?session={session.pk}", {"drop": drop.pk, "quantity": "1"})
    assert (answer.status_code, answer.context["session"]) == (409, session)
    assert Drop.objects.get().state == "ended"
