"""Two hundred buyers race for fifty pieces through the pages, as browsers would."""

from django.db import connection

from catalog.models import Stock
from shop.sales.models import OrderFacts, Purchase
from tests.drill.buyers import race
from tests.drill.conftest import Say
from tests.factories import make_division, make_listing, spec_of
from tests.plugins.servers import StartSite

BUYERS, STOCK, ROUNDS, WORKERS = 200, 50, 10, 4


def test_two_hundred_buyers_through_http(on_postgres: None, real_db: str, start_site: StartSite, say: Say) -> None:
    make_division()
    site = start_site(workers=WORKERS)
    rounds = []
    for _ in range(ROUNDS):
        spec = spec_of(make_listing(stock=STOCK))
        before = Purchase.objects.count()
        connection.close()
        outcomes, taken = race(site.url, specification=spec.specification_id, buyers=BUYERS)
        assert outcomes == {"placed": STOCK, "409": BUYERS - STOCK}
        assert Purchase.objects.count() - before == STOCK
        assert Stock.objects.values_list("on_hand", "reserved").get(pk=spec.stock_id) == (STOCK, STOCK)
        rounds.append(f"{STOCK} in {taken:.1f} s")
    assert OrderFacts.objects.count() == STOCK * ROUNDS
    say(
        f"{BUYERS} buyers through HTTP for {STOCK} pieces, {WORKERS} servers, {ROUNDS} rounds: {', '.join(rounds)}; no 5xx"
    )


def test_the_same_with_the_lock_off_oversells(on_postgres: None, real_db: str, start_site: StartSite, say: Say) -> None:
    make_division()
    site = start_site(workers=WORKERS, settings_module="tests.drill.unlocked.settings")
    spec = spec_of(make_listing(stock=STOCK))
    connection.close()
    race(site.url, specification=spec.specification_id, buyers=BUYERS)
    sold = Purchase.objects.count()
    assert sold > STOCK
    say(f"control through HTTP, lock off: {sold} sold of {STOCK}")
