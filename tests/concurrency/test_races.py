"""Races with real processes on a real database, and the same with the lock off, which must go wrong."""

from pathlib import Path

from django.db import connection
from oscar.apps.basket.models import Basket, Line

from catalog.models import Stock
from catalog.operations.output import GRAMS
from shop.core import ledger
from shop.sales.models import OrderFacts, Payment, Purchase, Refund, Remittance
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.concurrency.races import race
from tests.factories import (
    AT,
    make_category,
    make_certificate,
    make_division,
    make_listing,
    make_supplier,
    make_user,
    spec_of,
)

BUYERS, STOCK, LISTINGS = 60, 15, 12


def _paid_order(price_fen: int = 10000) -> OrderFacts:
    make_division()
    spec = spec_of(make_listing(price_fen=price_fen, stock=10))
    purchase = place(
        actor=None,
        at=AT,
        lines=[PlaceLine(spec, 1, spec.price_fen)],
        buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
        key="setup",
    )
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    return OrderFacts.objects.get(purchase=purchase)


def test_exactly_the_stock_is_sold_and_the_rest_refused(real_db: str, tmp_path: Path) -> None:
    make_division()
    spec = spec_of(make_listing(stock=STOCK))
    connection.close()
    outcomes = race(
        "buy",
        database_url=real_db,
        folder=tmp_path / "on",
        attempts=BUYERS,
        specification=spec.specification_id,
    )
    assert outcomes == {"placed": STOCK, "refused out_of_stock": BUYERS - STOCK}
    assert (Purchase.objects.count(), OrderFacts.objects.count()) == (STOCK, STOCK)
    assert Stock.objects.values_list("on_hand", "reserved").get(pk=spec.stock_id) == (STOCK, STOCK)


def test_with_the_lock_off_more_is_sold_than_there_is(real_db: str, tmp_path: Path) -> None:
    make_division()
    spec = spec_of(make_listing(stock=STOCK))
    connection.close()
    race(
        "buy",
        database_url=real_db,
        folder=tmp_path / "off",
        attempts=BUYERS,
        lock=False,
        meet=f"stock:{spec.stock_id}",
        specification=spec.specification_id,
    )
    assert Purchase.objects.count() > STOCK


def _certified(tmp_path: Path, real_db: str, *, lock: bool) -> tuple[dict[str, int], int]:
    """Race for more stock than a certificate's year allows; return the outcomes and the pieces it was drawn for.

    Of many listings, so that no row of stock holds the buyers up before they meet at the certificate.
    """
    make_division()
    supplier, category = make_supplier(), make_category()
    listings = [make_listing(supplier=supplier, category=category, stock=BUYERS) for _ in range(LISTINGS)]
    spec = spec_of(listings[0])
    certificate = make_certificate(*listings, yearly_output_grams=spec.net_grams * STOCK)
    # Opened before: the others would wait for who opens it, and not meet.
    ledger.accounts([f"certificate:{certificate.pk}:{AT.year}:drawn"], asset=GRAMS)
    connection.close()
    outcomes = race(
        "buy", database_url=real_db, folder=tmp_path / "certified", attempts=BUYERS, lock=lock, meet="account",
        specifications=[spec_of(listing).specification_id for listing in listings],
    )  # fmt: skip
    drawn = ledger.balance(f"certificate:{certificate.pk}:{AT.year}:drawn")
    return dict(outcomes), drawn // spec.net_grams


def test_no_more_is_sold_than_the_certificate_allows(real_db: str, tmp_path: Path) -> None:
    outcomes, drawn = _certified(tmp_path, real_db, lock=True)
    assert (outcomes, drawn) == ({"placed": STOCK, "refused output_exceeded": BUYERS - STOCK}, STOCK)
    assert sum(Stock.objects.values_list("reserved", flat=True)) == STOCK


def test_with_the_lock_off_the_certificate_is_passed(real_db: str, tmp_path: Path) -> None:
    _outcomes, drawn = _certified(tmp_path, real_db, lock=False)
    assert drawn > STOCK


def test_many_clicks_on_one_basket_make_one_purchase_and_one_capture(real_db: str, tmp_path: Path) -> None:
    make_division()
    spec = spec_of(make_listing(stock=50))
    basket = Basket.objects.create()
    connection.close()
    outcomes = race(
        "same_key",
        database_url=real_db,
        folder=tmp_path / "clicks",
        attempts=12,
        specification=spec.specification_id,
        basket=basket.pk,
    )
    purchase = Purchase.objects.get()
    assert {name for name in outcomes if not name.startswith("refused wrong_state")} == {f"purchase {purchase.pk}"}
    assert Payment.objects.filter(state="succeeded").count() == 1
    assert ledger.balance("gateway:demo") == -purchase.total_fen
    assert Stock.objects.get(pk=spec.stock_id).reserved == 1


def _captured(real_db: str, folder: Path, *, times: int, lock: bool = True) -> dict[str, int]:
    make_division()
    spec = spec_of(make_listing(stock=10))
    purchase = place(
        actor=None,
        at=AT,
        lines=[PlaceLine(spec, 1, spec.price_fen)],
        buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"),
        key="setup",
    )
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=AT)
    connection.close()
    outcomes = race(
        "capture", database_url=real_db, folder=folder, attempts=times, lock=lock, meet="money", payment=payment.pk
    )
    return dict(outcomes)


def test_the_same_capture_many_times_books_once(real_db: str, tmp_path: Path) -> None:
    outcomes = _captured(real_db, tmp_path / "on", times=24)
    assert outcomes == {"captured True": 1, "captured False": 23}
    assert ledger.balance("gateway:demo") == -Purchase.objects.get().total_fen


def test_with_the_lock_off_a_capture_books_twice(real_db: str, tmp_path: Path) -> None:
    _captured(real_db, tmp_path / "off", times=2, lock=False)
    assert Remittance.objects.count() == 2


def test_eight_tabs_add_exactly_eight_pieces_to_one_basket(real_db: str, tmp_path: Path) -> None:
    user = make_user()
    spec = spec_of(make_listing(stock=50))
    connection.close()
    outcomes = race(
        "add",
        database_url=real_db,
        folder=tmp_path / "add",
        attempts=8,
        specification=spec.specification_id,
        user=user.pk,
    )
    basket = Basket.objects.get(owner=user, status="Open")
    assert outcomes == {f"basket {basket.pk}": 8}
    assert Line.objects.get(basket=basket).quantity == 8


def test_parallel_refunds_stay_within_what_was_paid(real_db: str, tmp_path: Path) -> None:
    order = _paid_order(price_fen=10000)
    connection.close()
    outcomes = race("refund", database_url=real_db, folder=tmp_path / "r", attempts=8, order=order.pk)
    assert outcomes == {"refunded": 3, "refused too_much": 5}
    assert sum(Refund.objects.values_list("amount_fen", flat=True)) == 9000
    assert ledger.balance("gateway:demo") == -1000
