import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import CertifiedYear, Stock
from catalog.operations.output import CertificateExpired, OutputExceeded, record_certificate
from catalog.queries.sale import pieces_for_sale
from catalog.templatetags.catalog import kilograms
from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.models import Purchase
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order, expire_purchase
from shop.sales.operations.shipping import cancel_rest
from tests.factories import AT, make_certificate, make_listing, make_supplier, spec_of
from tests.sales.selling import buy, come_back, lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


@pytest.fixture
def pomelo(monkeypatch):
    """A listing whose certificate's year allows ten pieces of it, in that year."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    listing = make_listing(stock=50, price_fen=1000, is_fresh=False)
    net = spec_of(listing).net_grams
    make_certificate(listing, yearly_output_grams=net * 10)
    return listing


def left(listing) -> int:
    """Return the pieces that the certificate still allows this year."""
    balance = CertifiedYear.objects.get(year=AT.year).account.balance
    return balance // spec_of(listing).net_grams


def nothing_is_wrong() -> bool:
    return [found for _name, found in run_all() if found] == []


def test_placing_draws_and_expiry_gives_back(pomelo):
    purchase = buy((pomelo, 4))
    assert (left(pomelo), spec_of(pomelo).available) == (6, 6)
    assert nothing_is_wrong()
    expire_purchase(purchase_id=purchase.pk, at=AT + timedelta(hours=1))
    assert (left(pomelo), spec_of(pomelo).available) == (10, 10)
    assert nothing_is_wrong()


def test_no_door_passes_it_and_nothing_remains_of_the_try(pomelo):
    buy((pomelo, 7))
    with pytest.raises(OutputExceeded):
        buy((pomelo, 4), key="k2")
    assert (Purchase.objects.count(), Stock.objects.get().reserved, left(pomelo)) == (1, 7, 3)
    buy((pomelo, 3), key="k3")
    assert (left(pomelo), spec_of(pomelo).available) == (0, 0)


def test_a_cancelled_order_gives_back_once(pomelo):
    order = paid((pomelo, 4))
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert left(pomelo) == 10
    assert nothing_is_wrong()


def test_what_is_not_sent_or_not_accepted_goes_back(pomelo):
    order = paid((pomelo, 6))
    line = lines_of(order)[0].pk
    ship(order, {line: 4})
    cancel_rest(order_id=order.pk, actor=None, at=AT)
    assert left(pomelo) == 6
    accept_order(order_id=order.pk, accepted={line: 3}, actor=None, at=AT)
    assert left(pomelo) == 7
    assert nothing_is_wrong()


def test_a_return_goes_back_and_damage_does_not(pomelo):
    order = receive(ship(paid((pomelo, 4))))
    line = lines_of(order)[0]
    for kind, pieces, expected in (("damaged", 1, 6), ("return", 2, 8)):
        case = open_after_sale(
            line_id=line.pk, kind=kind, quantity=pieces, amount_fen=500 * pieces, reason="压坏了", uploads=[photo()],
            actor=None, at=AT,
        )  # fmt: skip
        if kind == "return":
            come_back(case)
        else:
            decide_after_sale(case_id=case.pk, approve=True, amount_fen=500 * pieces, answer="", actor=None, at=AT)
        assert left(pomelo) == expected
    assert nothing_is_wrong()


def test_a_certificate_that_ended_at_midnight_is_refused_with_a_basket_open(pomelo):
    spec = spec_of(pomelo)
    after = AT.replace(year=AT.year + 10)
    assert spec.is_certified_on(after.date()) is False
    with pytest.raises(CertificateExpired) as refused:
        buy((pomelo, 1), at=after)
    assert "柚" in str(refused.value.message) or pomelo.name_zh in str(refused.value.message)


def test_a_certificate_is_of_its_holders_products_and_its_days_in_order():
    facts = {"kind": "gi", "number": "GI-1", "issuer_zh": "国家知识产权局", "scope_zh": "金柚", "actor": None, "at": AT}
    today = AT.date()
    with pytest.raises(InvalidInput) as refused:
        record_certificate(
            **facts, holder=make_supplier("别家"), listings=[make_listing()], valid_from=today, valid_until=today
        )
    assert refused.value.field == "listings"
    with pytest.raises(InvalidInput) as refused:
        record_certificate(
            **facts, holder=make_supplier("某家"), valid_from=today, valid_until=today - timedelta(days=1)
        )
    assert refused.value.field == "valid_until"


def test_without_a_stated_output_nothing_is_drawn():
    listing = make_listing(stock=5)
    make_certificate(listing, yearly_output_grams=None)
    buy((listing, 5))
    assert ledger.balances("certificate:") == {}
    assert nothing_is_wrong()


@given(pieces=st.integers(0, 10**6), grams=st.integers(0, 10**9), net=st.integers(1, 10**5))
def test_what_can_be_sold_never_passes_stock_or_output(pieces, grams, net):
    sold = pieces_for_sale(pieces, grams, net)
    assert 0 <= sold <= pieces
    assert sold * net <= grams or sold == 0
    assert sold == pieces or (sold + 1) * net > grams


@pytest.mark.parametrize(("grams", "words"), [(900_000, "900 kg"), (37_500, "37.5 kg"), (862_500, "862.5 kg"),
                                              (1_850, "1.85 kg"), (1_234_567, "1,234.567 kg"), (32_000_000, "32 t"),
                                              (1_234_500_000, "1,234.5 t"), (0, "0 kg")])  # fmt: skip
def test_weights_of_a_certificate_are_written_to_the_gram(grams, words):
    assert kilograms(grams) == words


@pytest.mark.parametrize("net", [2500, 1850, 333])
def test_what_a_certificates_page_shows_as_sold_and_left_adds_up(client, monkeypatch, net):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    listing = make_listing(specs=({"stock": 50, "net_grams": net, "price_fen": 1000},))
    certificate = make_certificate(listing, yearly_output_grams=900_000)
    paid((listing, 15))
    page = client.get(f"/shop/certificates/{certificate.number}/").content.decode()
    shown = {
        name: float(re.search(f'output-{name}">([\\d,.]+) kg', page)[1].replace(",", ""))
        for name in ("sold", "left", "certified")
    }
    assert shown["certified"] == 900
    assert round(shown["sold"] * 1000) == 15 * net
    assert round(shown["sold"] * 1000) + round(shown["left"] * 1000) == 900_000
