"""Every door says the same of a line's dates: what is promised, or why nothing can be."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Listing
from catalog.states import Undated
from shop.core.times import full_day
from shop.sales.models import LineFacts, OrderFacts
from tests.api.conftest import program_of
from tests.factories import AT, make_freight, make_user, spec_of
from tests.procurement.offices import as_, make_office, ordered
from tests.traceability.growing import GRAMS, make_grown, make_lot, pack, paid_order, send
from traceability.operations.recording import close_lot

pytestmark = pytest.mark.django_db
FOUND = re.compile(r'data-testid="(promised|undated)"[^>]*>\s*(.*?)\s*</p>', re.DOTALL)


@pytest.fixture(autouse=True)
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT)


@pytest.fixture
def member() -> Any:
    return make_user()


@pytest.fixture
def listing(member: Any) -> Listing:
    listing = make_grown(member, stock=50, price_fen=100)
    make_freight(listing.supplier)
    return listing


def told(client: Client, path: str, **facts: Any) -> list[tuple[str, str]]:
    """Return what a page says of dates: (what kind of words, the words)."""
    page = client.get(path, facts).content.decode()
    return [(kind, " ".join(words.replace("Promised:", "").split())) for kind, words in FOUND.findall(page)]


def before_buying(listing: Listing, pieces: int) -> list[Any]:
    """Return what basket, checkout, basket's API and quote say of a line before it is bought."""
    spec = spec_of(listing).specification_id
    client, person = Client(), make_user()
    client.force_login(person)
    client.post("/en/shop/basket/add/", {"spec": spec, "quantity": pieces})
    program = program_of(person)
    quote = program.post("/checkout/quote", {"buy": {"specification_id": spec, "quantity": pieces}}).data
    rows = [program.get("/basket").data["lines"][0], quote["lines"][0]]
    pages = [
        told(client, "/en/shop/basket/"),
        told(client, "/en/shop/checkout/", s=spec),
        told(client, "/en/shop/checkout/", buy=f"{spec}:{pieces}"),
    ]
    assert [row["undated"] for row in rows] == [rows[0]["undated"]] * 2
    assert [bool(row["promised_from"]) for row in rows] == [bool(row["promise"]) and not row["undated"] for row in rows]
    kind = "undated" if rows[0]["undated"] else "promised"
    assert pages == [[(kind, rows[0]["promise"])] if rows[0]["promise"] else []] * 3
    return [rows[0]["undated"], rows[0]["promised_from"], rows[0]["promise"]]


def once_ordered(order: OrderFacts, client: Client, path: str, api: str, person: Any) -> tuple[Any, ...]:
    """Return what an order's page says of its only line, and its API."""
    row = program_of(person).get(api).data["lines"][0]
    return told(client, path), row["promised_from"], row["undated"]


def product(listing: Listing) -> dict[str, Any]:
    found = program_of(make_user()).get(f"/products/{listing.slug}").data
    page = Client().get(f"/en/shop/p/{listing.slug}/").content.decode()
    assert ('data-testid="undated"' in page) is bool(found["undated"])
    return dict(found)


def test_what_lots_cover_is_promised_a_date_at_every_door_and_what_they_do_not_is_not(listing, member):
    lot = make_lot(listing, pieces=6)
    page, day = product(listing), lot.harvested_on.isoformat()
    assert (page["produced_on"], page["dated_pieces"], page["undated"]) == (day, 6, "")
    words = f"Harvested {full_day(lot.harvested_on)} or later, best before {full_day(lot.best_before)} or later"
    assert before_buying(listing, 6) == ["", day, words]
    short = "No production date can be promised for so many pieces: lots cover only 6."
    assert before_buying(listing, 7) == ["beyond_lots", None, short]
    buyer = make_user()
    client = Client()
    client.force_login(buyer)
    for key, pieces, promised, said in (
        ("a", 7, None, ("undated", "No production date was promised: no lot covered all of these pieces.")),
        ("b", 6, day, ("promised", words)),
    ):
        order = paid_order(listing, pieces, key=key)
        order.purchase.user = buyer
        order.purchase.save(update_fields=["user"])
        number, why = order.order.number, "" if promised else "beyond_lots"
        seller = Client()
        seller.force_login(member)
        own = once_ordered(order, client, f"/en/account/orders/{number}/", f"/orders/{number}", buyer)
        sold = once_ordered(order, seller, f"/en/seller/orders/{number}/", f"/seller/orders/{number}", member)
        assert own == sold == ([said], promised, why)
        order.lines.update(cancelled=pieces)
    assert LineFacts.objects.filter(promised_from=None).count() == 1


def test_a_units_order_says_what_its_goods_are_promised(listing):
    lot = make_lot(listing, pieces=6)
    office = make_office(budget_fen=10_000_000)
    covered, more = (ordered(office, (listing, pieces))[0] for pieces in (5, 3))
    seen = []
    for order in (covered, more):
        number = order.order.number
        client = as_(office.buyer)
        seen.append(once_ordered(order, client, f"/en/units/orders/{number}/", f"/units/orders/{number}", office.buyer))
    words = f"Harvested {full_day(lot.harvested_on)} or later, best before {full_day(lot.best_before)} or later"
    short = "No production date was promised: no lot covered all of these pieces."
    assert seen == [
        ([("promised", words)], lot.harvested_on.isoformat(), ""),
        ([("undated", short)], None, "beyond_lots"),
    ]


def test_a_product_without_lots_says_nothing_at_any_door(listing):
    assert product(listing)["undated"] == ""
    assert before_buying(listing, 2) == ["", None, ""]


def test_a_harvest_that_is_not_packed_yet_is_said_at_every_door(listing):
    lot = make_lot(listing, pieces=6, packed=False)
    words = "No production date can be promised: what was harvested is not packed yet."
    found = product(listing)
    assert (found["produced_on"], found["undated"]) == (None, "not_packed")
    assert found["delivery"]["arrives_by"] is not None
    assert before_buying(listing, 2) == ["not_packed", None, words]
    pack(lot)
    assert product(listing)["undated"] == ""


def test_lots_that_have_ended_or_are_used_up_wait_for_a_harvest_at_every_door(listing):
    lot = make_lot(listing, pieces=6)
    paid_order(listing, 4, key="a")
    rest = paid_order(listing, 2, key="b")
    words = "No production date can be promised: the next harvest is still to be recorded."

    def waits() -> None:
        found = product(listing)
        assert (found["undated"], found["delivery"]["arrives_by"]) == ("harvest_to_come", None)
        assert before_buying(listing, 1) == ["harvest_to_come", None, words]

    waits()
    send(rest)
    waits()
    close_lot(supplier_id=listing.supplier_id, lot_id=lot.pk, actor=None, at=AT, rest="gone", confirm=True)
    waits()


def test_lines_of_one_product_share_its_lots(listing):
    make_lot(listing, pieces=6)
    paid_order(listing, 4)
    assert before_buying(listing, 2)[0] == ""
    assert before_buying(listing, 3)[0] == Undated.BEYOND_LOTS
    assert spec_of(listing).net_grams == GRAMS
