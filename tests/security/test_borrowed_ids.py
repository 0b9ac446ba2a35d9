"""Bodies that are right in every other way name a thing of somebody else's: refused, and nothing changes."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from livestream.models import LiveSession
from livestream.operations import tray
from shop.accounts.models import User
from tests.api.conftest import Program, program_of
from tests.factories import make_listing, spec_of
from tests.livestream.rooms import make_room, make_session
from tests.traceability.growing import AT, GRAMS, make_base

from .conftest import World
from .snapshots import tables

pytestmark = pytest.mark.django_db
WHEN = AT.isoformat()


@pytest.fixture
def thief(world: World) -> Program:
    """A program of seller B, who has everything that A has, of its own."""
    return program_of(User.objects.get(pk=world.people["seller_b"].pk), language="zh-hans")


def refused(program: Program, method: str, path: str, body: Any, *, codes: set[int]) -> None:
    before = tables()
    answer = program.send(method, path, body, key=f"borrowed{path}"[:80])
    assert answer.status_code in codes, (path, answer.status_code, answer.data)
    after = tables()
    assert {name for name in before if before[name] != after[name]} == set(), path


def test_a_supplier_uses_no_field_base_or_lot_of_another(world: World, thief: Program) -> None:
    own = make_listing(supplier=world.supplier_b, specs=({"stock": 9, "net_grams": GRAMS},))
    base = make_base(world.supplier_b, "乙园")
    foreign_base = make_base(world.supplier_a, "甲园")
    plot = foreign_base.plots.first()
    harvest = {"listing_id": own.pk, "base_id": base.pk, "grams": 1000, "occurred_at": WHEN}
    mix = {"listing_id": own.pk, "base_id": base.pk, "occurred_at": WHEN}
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("/seller/lots", harvest | {"base_id": foreign_base.pk}),
        ("/seller/lots", harvest | {"listing_id": world.listing_id}),
        ("/seller/mixed-lots", mix | {"sources": [{"lot_id": world.lot_id, "grams": 100}]}),
        ("/seller/mixed-lots", mix | {"base_id": foreign_base.pk, "sources": [{"lot_id": world.lot_id, "grams": 1}]}),
    ]
    if plot is not None:
        bodies.append(("/seller/lots", harvest | {"plot_id": plot.pk}))
    for path, body in bodies:
        refused(thief, "POST", path, body, codes={404, 409, 422})
    # A control: with its own things the same body is taken.
    assert thief.post("/seller/lots", harvest, key="own").status_code == 201
    test = {"kind": "own", "item": "农残", "result": "合格", "passed": False, "lab": "x", "occurred_at": WHEN}
    refused(thief, "POST", f"/seller/lots/{world.lot_id}/tests", test, codes={404})
    refused(thief, "POST", f"/seller/bases/{foreign_base.pk}", {"place": "别处", "contact": "x"}, codes={404})


def test_a_supplier_changes_no_stock_case_or_offer_of_another(world: World, thief: Program) -> None:
    spec, case, consent = world.specification_id, world.case.pk, world.consent_id
    order = world.purchase.orders.get()
    line = order.lines.get().pk
    number = order.order.number
    for method, path, body in (
        ("POST", f"/seller/goods/{spec}/stock/changes", {"pieces": -1, "reason": "spoiled", "note": "x"}),
        ("PUT", f"/seller/goods/{spec}/stock", {"counted": 1, "version": 0, "note": ""}),
        ("POST", f"/seller/after-sales/{case}/decision", {"approve": True, "amount": "1.00", "answer": "好"}),
        ("POST", f"/seller/offers/{consent}/answer", {"answer": "agree", "reason": ""}),
        ("POST", f"/seller/orders/{number}/parcels", {"carrier": "sf", "tracking_no": "SF1234567890123"}),
        (
            "PUT",
            f"/seller/orders/{number}/parcels/1/tracking",
            {"carrier": "sf", "tracking_no": "SF1234567890124", "reason": "x"},
        ),
        ("POST", f"/seller/orders/{number}/cancel", {"lines": [line], "reason": "out_of_stock"}),
    ):
        refused(thief, method, path, body, codes={404})


def test_the_same_on_the_pages(world: World) -> None:
    client: Client = world.browser("seller_b")
    spec, case, consent = world.specification_id, world.case.pk, world.consent_id
    number = world.purchase.orders.get().order.number
    before = tables()
    for path, body in (
        (f"/seller/goods/{spec}/stock/change/", {"change": "-1", "reason": "damaged", "key": "a"}),
        (f"/seller/goods/{spec}/stock/count/", {"pieces": "1", "version": "0", "key": "b"}),
        (f"/seller/after-sales/{case}/", {"decision": "approve", "answer": "好", "amount": "1"}),
        (f"/seller/offers/{consent}/answer/", {"answer": "yes"}),
        (f"/seller/orders/{number}/ship/", {"carrier": "sf", "tracking_no": "SF1234567890123"}),
        (f"/seller/orders/{number}/parcels/1/", {"carrier": "sf", "tracking_no": "SF1234567890124", "reason": "x"}),
        (f"/seller/lots/{world.lot_id}/pack/", {"kilograms": "1", "boxes": "1", "grade": "first"}),
    ):
        assert client.post(path, body).status_code in {302, 404, 405}, path
    after = tables()
    assert {name for name in before if before[name] != after[name]} == set()


def test_a_host_shows_nothing_of_another_room_or_supplier(world: World, thief: Program) -> None:
    host = User.objects.get(pk=world.people["seller_b"].pk)
    session, _host = make_session(make_room(world.supplier_b, host=host, slug="b"), host=host)
    foreign = make_listing(supplier=world.supplier_a)
    refused(
        thief,
        "POST",
        f"/live/host/sessions/{session.pk}/tray",
        {"version": session.version, "listing_id": foreign.pk},
        codes={404, 409, 422},
    )
    other = world.session_id
    owner = User.objects.get(pk=world.people["seller_a"].pk)
    version = LiveSession.objects.get(pk=other).version
    item_id = tray.add_item(
        session_id=other, version=version, listing_id=world.listing_id, actor=owner, at=timezone.now()
    ).pk
    drop = {
        "version": session.version,
        "item_id": item_id,
        "specification_id": spec_of(foreign).specification_id,
        "price": "1.00",
        "pieces": 1,
    }
    refused(thief, "POST", f"/live/host/sessions/{session.pk}/drops", drop, codes={404, 409, 422})
    pin = {"version": session.version, "item_id": item_id}
    refused(thief, "PUT", f"/live/host/sessions/{session.pk}/pin", pin, codes={404, 409, 422})


def test_a_checkout_takes_no_address_of_another(world: World) -> None:
    buyer = User.objects.get(pk=world.people["consumer"].pk)
    program = program_of(buyer, language="zh-hans")
    assert (
        program.post("/basket", {"specification_id": world.specification_id, "quantity": 1}, key="k").status_code < 300
    )
    answer = program.post("/checkout/quote", {"address_id": world.address.pk})
    assert (answer.status_code, "no_such_address" in str(answer.data)) == (422, True)


CASHIER = (
    ("", {"method": "demo"}),
    ("demo/", {"outcome": "paid"}),
    ("demo/", {"outcome": "fail"}),
    ("transfer/", {}),
    ("done/", {}),
    ("status/", {}),
    ("cancel/", {}),
    ("again/", {}),
    ("account/", {"holder": "贼", "bank": "某行", "number": "6222020000000000000"}),
)


@pytest.mark.parametrize("role", ["anonymous", "seller_a", "unit_a", "reviewer", "staff"])
def test_nobody_pays_cancels_or_reads_at_anothers_cashier(world: World, role: str) -> None:
    number = world.purchase.number
    client = world.browser(role)
    before = tables()
    for step, body in CASHIER:
        for answer in (client.get(f"/pay/{number}/{step}"), client.post(f"/pay/{number}/{step}", body)):
            led_above = answer.status_code == 302 and answer.headers["Location"] == f"/pay/{number}/"
            assert answer.status_code in {404, 405} or led_above, (step, answer.status_code)
    after = tables()
    assert {name for name in before if before[name] != after[name]} == set()
