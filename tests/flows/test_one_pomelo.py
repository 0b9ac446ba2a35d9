"""One pomelo through every door: listed, approved, harvested; sold to a consumer, a unit, a donor and in a live drop; traced.

Everything that a person does is done on the pages of that person. At the end stock, certified output, quota, budget,
pledge, settlement and attributions agree to the piece and to the 分.
"""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from catalog.models import Listing, ListingProposal, Stock
from livestream.models import Drop, LiveSession
from procurement.models import GoodsAcceptance, Pledge, PurchaseRequest
from procurement.operations.pledging import Asked, publish_need
from shop.accounts.models import Message
from shop.core import ledger, outbox
from shop.sales.models import AfterSale, LineFacts, OrderAttribution, OrderFacts, Purchase, Shipment
from shop.sales.queries.attributions import sold_from
from shop.sales.queries.reports import EVERYTHING, report
from tests.campaigns.pages import block, make_page
from tests.catalog.listing import camera, make_reviewer
from tests.factories import (
    AT,
    make_address,
    make_category,
    make_certificate,
    make_freight,
    make_supplier,
    make_user,
    spec_of,
)
from tests.livestream.rooms import make_room
from tests.procurement.offices import YEAR, declared, join, make_office, make_organisation
from tests.sales.selling import photo
from tests.traceability.growing import make_base
from traceability.models import ParcelLot, ProduceLot, ProductionBase, TracedParcel

pytestmark = pytest.mark.django_db
PIECE, PRICE, DROP_PRICE, STOCK = 2500, 3280, 2980, 40
CERTIFIED = 40 * PIECE
CANTEEN_SPEND = 14_000_000


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


class Person:
    """Somebody with a browser of their own."""

    def __init__(self, user):
        self.user, self.client = user, Client()
        self.client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")

    def reads(self, path):
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.content.decode()

    def sends(self, path, **form):
        """Send a form; return where it leads. Names with a dash are written with two underscores."""
        answer = self.client.post(path, {name.replace("__", "-"): value for name, value in form.items()})
        assert answer.status_code == 302, (path, answer.status_code, answer.content.decode()[-3000:])
        return answer["Location"]


def freight(pieces):
    """Return 分: 6 元 for the first kilogram, 2 元 for each further; a piece weighs 2.775 kg with its box."""
    return 600 + 200 * (-(-2775 * pieces // 1000) - 1)


def pay(person, where):
    """Pay at the cashier that an order led to; return the purchase."""
    assert where.startswith("/pay/")
    person.sends(where, method="demo")
    person.sends(f"{where}demo/", outcome="paid")
    purchase = Purchase.objects.get(number=where.split("/")[2])
    assert purchase.state == "paid"
    return purchase


def harvest(seller, listing, kilograms, minute):
    """Record a harvest, its packing and its test; return the lot."""
    base = ProductionBase.objects.get()
    when = f"2026-11-20T07:{minute:02d}"
    where = seller.sends(
        "/seller/lots/new/", listing=listing.pk, place=f"{base.pk}-{base.plots.get().pk}", kilograms=kilograms,
        occurred_at=when, best_before=f"2027-01-{minute:02d}",
    )  # fmt: skip
    lot = ProduceLot.objects.latest("pk")
    assert where == f"/seller/lots/{lot.pk}/"
    # What this lot does not cover stays on the shelf: the next lots are of it.
    packing = {"kilograms": kilograms, "boxes": "4", "grade": "first", "occurred_at": when, "confirm": "on"}
    packing["harvest_by"] = timezone.localdate().isoformat()
    seller.sends(f"{where}pack/", **{f"pack__{name}": value for name, value in packing.items()})
    test = {"kind": "own", "item": "农残 4 项", "result": "均未检出", "passed": "1", "lab": "梅县农检站"}
    test["occurred_at"] = when
    seller.sends(f"{where}test/", **{f"test__{name}": value for name, value in test.items()})
    return lot


def list_pomelo(seller, reviewer, certificate):
    """Put the pomelo on sale: the seller proposes it from a phone, a reviewer reads it and approves."""
    proposed = {
        "key": "k1", "rows": "1", "category_id": make_category("柑橘柚类").pk, "name_zh": "梅县金柚",
        "ship_within_hours": "48", "certificate_id": certificate.pk, "is_fresh": "0", "specs-0-text_zh": "约 5 斤",
        "specs-0-weight": "5", "specs-0-unit": "jin", "specs-0-price": "32.80", "specs-0-stock": str(STOCK),
        "then": "preview", "photos": [camera()],
    }  # fmt: skip
    where = seller.sends("/seller/goods/new/", **proposed)
    proposal = ListingProposal.objects.get()
    assert where == f"/seller/goods/drafts/{proposal.pk}/preview/"
    assert "6.56" in seller.reads(where)
    seller.sends(f"/seller/goods/drafts/{proposal.pk}/submit/", version=proposal.version)
    assert not Listing.objects.exists()
    address = f"/review/listings/{proposal.pk}/"
    assert certificate.number in reviewer.reads(address)
    proposal.refresh_from_db()
    reviewer.sends(f"{address}decide/", decision="approve", version=proposal.version)
    outbox.drain(at=AT)
    listing = Listing.objects.get()
    assert listing.name_zh in Client().get("/shop/search/?q=jinyou").content.decode()
    return listing


def go_live(host, listing, room):
    """Plan a session, start it, show the pomelo, start a drop of six pieces; return the session."""
    where = host.sends("/live/console/plan/", room=room.pk, title_zh="柚子开摘", planned_at="2026-11-23T12:00")
    session = LiveSession.objects.get()
    assert where == f"/live/console/{session.pk}/"

    def acts(action, **facts):
        session.refresh_from_db()
        host.sends(f"{where}act/", action=action, version=session.version, **facts)

    acts("start")
    acts("add", listing=listing.pk)
    item = session.items.get()
    acts("pin", item=item.pk)
    acts(
        "drop", item=item.pk, specification=spec_of(listing).specification_id, price="29.80", pieces="6", minutes="10",
        per_buyer="2",
    )  # fmt: skip
    return session


def buys_in_the_shop(consumer, listing, pieces):
    consumer.sends("/shop/basket/add/", spec=spec_of(listing).specification_id, quantity=pieces)
    return checks_out(consumer, "/shop/checkout/")


def checks_out(person, address):
    page = person.reads(address)
    query = dict(part.split("=") for part in address.partition("?")[2].split("&") if part)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    return pay(
        person, person.sends("/shop/checkout/", address=make_address(person.user).pk, key=key, place="1", **query)
    )


def buys_in_the_drop(viewer, campaign, pieces):
    """Open the campaign's page, follow its live card, buy from the drop."""
    room = re.search(r'href="(/live/[^"]+)"', viewer.reads(campaign))[1]
    assert "讲解中" in viewer.reads(room)
    place = room.partition("?")[0]
    return checks_out(viewer, viewer.sends(f"{place}buy/", drop=Drop.objects.get().pk, quantity=pieces))


def the_unit_orders(buyer, approver, finance, listing, pieces):
    """Ask, approve twice, order; return the order."""
    buyer.sends("/units/requests/new/", how="empty")
    request = PurchaseRequest.objects.get()
    base = f"/units/requests/{request.number}/"
    buyer.sends(f"{base}add/", **{f"pieces-{spec_of(listing).specification_id}": pieces})
    request.refresh_from_db()
    buyer.sends(f"{base}submit/", version=request.version)
    own = buyer.client.post(f"{base}decide/", {"version": request.version, "decision": "approve"})
    assert own.status_code == 403
    for person, state in ((approver, "checked"), (finance, "approved")):
        person.sends(f"{base}decide/", version=request.version, decision="approve")
        request.refresh_from_db()
        assert request.state == state
    buyer.sends(f"{base}order/")
    request.refresh_from_db()
    return OrderFacts.objects.get(purchase=request.purchase)


def gives(donor, listing, need, pieces):
    """Go from the product's page to who asks for it, and buy it for them."""
    where = re.search(r'href="([^"]+)"[^>]*data-testid="give-it"', donor.reads(f"/shop/p/{listing.slug}/"))[1]
    page = donor.reads(where)
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    form = {f"pieces-{spec_of(listing).specification_id}": pieces, "need": need.pk, "donor_name": "启明灯具"}
    return pay(donor, donor.sends(where, key=key, **form))


def ships(seller, order, lot, number):
    """Send an order from one lot in one parcel; return the parcel's code."""
    line = LineFacts.objects.get(order=order)
    form = {f"pieces-{line.pk}": line.ordered, f"lot-{line.pk}": lot.pk}
    base = f"/seller/orders/{order.order.number}/"
    seller.sends(f"{base}ship/", carrier="sf", tracking_no=f"SF10202600000{number:02d}", **form)
    parcel = TracedParcel.objects.get(shipment_id=Shipment.objects.get(order=order).pk)
    return parcel.code


def order_of(purchase):
    return OrderFacts.objects.select_related("order", "purchase").get(purchase=purchase)


def books_agree():
    said = io.StringIO()
    call_command("check_ledger", stdout=said)
    return said.getvalue()


def test_one_pomelo_through_every_door():
    seller, consumer, donor = (Person(make_user(name=name)) for name in ("阿珍", "周敏", "黄启明"))
    # What each viewer may have so many of in a drop is for who proved a phone.
    viewer = Person(make_user(name="林晓", phone="+8613900000077", phone_verified=True))
    supplier = make_supplier(member=seller.user)
    make_freight(supplier)
    make_base(supplier)
    above = make_office(kind="supervising")
    office = make_office(above.unit, approvals=2, budget_fen=100_000)
    declared(office, CANTEEN_SPEND, by=above.approver)
    buyer, approver, finance = (Person(user) for user in (office.buyer, office.approver, office.finance))
    room = make_room(supplier, host=seller.user)

    # Listed and approved; four lots harvested, packed, tested.
    certificate = make_certificate(holder=supplier, yearly_output_grams=CERTIFIED)
    listing = list_pomelo(seller, Person(make_reviewer()), certificate)
    lots = [
        harvest(seller, listing, kilograms, minute) for minute, kilograms in enumerate(("10", "15", "10", "20"), 11)
    ]
    helped = make_organisation("beneficiary", "山里小学")
    headmaster = Person(join(helped, "owner"))
    asked = Asked(
        title_zh="给孩子们的柚子", text_zh="山里的学校", until=(AT + timedelta(days=9)).date(),
        lines={spec_of(listing).specification_id: 20}, ship_name="总务处", ship_phone="+8613800002046",
        division_code="440106", street="红星路 3 号",
    )  # fmt: skip
    need = publish_need(beneficiary=helped, asked=asked, actor=headmaster.user, at=AT, slug="pomelos")
    session = go_live(seller, listing, room)
    campaign = make_page(block("live", title="果园直播", room=room.pk))

    # Sold from one stock by four doors.
    bought = buys_in_the_shop(consumer, listing, 3)
    unit_order = the_unit_orders(buyer, approver, finance, listing, 5)
    given = gives(donor, listing, need, 4)
    dropped = buys_in_the_drop(viewer, f"/{campaign.slug}/", 2)
    orders = [order_of(bought), unit_order, order_of(given), order_of(dropped)]
    assert [order.total_fen for order in orders] == [
        3 * PRICE + freight(3),
        5 * PRICE + freight(5),
        4 * PRICE + freight(4),
        2 * DROP_PRICE + freight(2),
    ]
    assert dict(Stock.objects.values_list("pool", "reserved")) == {"main": 12, f"drop:{Drop.objects.get().pk}": 2}
    assert books_agree()

    # Shipped, each from its own lot; each parcel scanned shows its own lot and no other.
    codes = [ships(seller, order, lot, n) for n, (order, lot) in enumerate(zip(orders, lots, strict=True))]
    for code, lot in zip(codes, lots, strict=True):
        page = Client().get(f"/t/{code}").content.decode()
        assert [each.code in page for each in lots] == [each == lot for each in lots]
        assert 'data-testid="verified"' in page
    assert books_agree()

    # Received: by the consumer and the viewer, short by one at the unit, by the beneficiary with a photo.
    for person, order in ((consumer, orders[0]), (viewer, orders[3])):
        person.sends(f"/account/orders/{order.order.number}/receive/")
    number, line = unit_order.order.number, LineFacts.objects.get(order=unit_order)
    skipping = buyer.client.post(f"/account/orders/{number}/receive/")
    assert skipping.status_code == 409
    assert f"/units/orders/{number}/accept/" in skipping.content.decode()
    much = buyer.client.post(f"/units/orders/{number}/accept/", {f"accepted-{line.pk}": 6, "receiver": "何师傅"})
    assert much.status_code == 422
    buyer.sends(
        f"/units/orders/{number}/accept/",
        **{f"accepted-{line.pk}": 4},
        receiver="何师傅",
        note="少一个",
        photos=photo(),
    )
    assert GoodsAcceptance.objects.get().short_fen == PRICE
    finance.sends(f"/units/payments/{PurchaseRequest.objects.get().number}/", how="demo")
    refused = donor.client.post(f"/account/orders/{orders[2].order.number}/receive/")
    assert refused.status_code == 409
    outbox.drain(at=AT)
    link = Message.objects.get(user=headmaster.user, kind="gift_shipped").url
    opened = headmaster.client.get(link)
    assert opened.status_code == 302
    assert headmaster.client.post(opened.url, {"photo": photo(), "message": "很甜"}).status_code == 200

    # One comes back: the consumer returns a piece, the supplier takes it.
    mine, line = f"/account/orders/{orders[0].order.number}", LineFacts.objects.get(order=orders[0])
    consumer.sends(f"{mine}/after-sale/{line.pk}/", kind="return", quantity=1, amount="32.80", reason="买多了")
    case = AfterSale.objects.get()
    seller.sends(f"/seller/after-sales/{case.pk}/", decision="approve", amount="32.80")
    consumer.sends(f"{mine}/case/{case.pk}/send-back/", carrier="sf", tracking_no="SF1234567890999")
    seller.sends(f"/seller/after-sales/{case.pk}/return/", decision="received")
    session.refresh_from_db()
    seller.sends(f"/live/console/{session.pk}/act/", action="end", version=session.version)
    outbox.drain(at=AT)

    # Stock: 40 there were, 14 left the shelf, none is reserved; what the drop did not sell is back.
    assert dict(Stock.objects.values_list("pool", "on_hand")) == {"main": 26, f"drop:{Drop.objects.get().pk}": 0}
    assert set(Stock.objects.values_list("reserved", flat=True)) == {0}
    assert list(LineFacts.objects.order_by("pk").values_list("ordered", "shipped", "accepted")) == [
        (3, 3, 3),
        (5, 5, 4),
        (4, 4, 4),
        (2, 2, 2),
    ]
    # Certified output: 14 sold, one short and one returned count no more.
    certificate_id = LineFacts.objects.values_list("certificate_id", flat=True).distinct().get()
    output = {name: ledger.balance(f"certificate:{certificate_id}:{YEAR}:{name}") for name in ("left", "drawn")}
    assert output == {"left": CERTIFIED - 12 * PIECE, "drawn": 12 * PIECE}
    # Lots: what went out of each.
    assert list(ProduceLot.objects.order_by("pk").values_list("assigned_grams", flat=True)) == [
        3 * PIECE,
        5 * PIECE,
        4 * PIECE,
        2 * PIECE,
    ]
    assert list(ParcelLot.objects.order_by("pk").values_list("lot_id", "pieces")) == [
        (lot.pk, pieces) for lot, pieces in zip(lots, (3, 5, 4, 2), strict=True)
    ]
    # Quota and budget of the unit: four pieces and the freight.
    unit_fen = 4 * PRICE + freight(5)
    quota = {
        name: ledger.balance(f"quota:{office.unit.pk}:{YEAR}:canteen:{name}")
        for name in ("reserved", "committed", "fulfilled", "reversed")
    }
    assert quota == {"reserved": CANTEEN_SPEND * 30 // 100, "committed": 0, "fulfilled": unit_fen, "reversed": PRICE}
    assert ledger.balance(f"budget:{office.unit.pk}:{YEAR}") == 100_000 - unit_fen
    # The gift, confirmed by who got it, and in no quota.
    gift_fen = 4 * PRICE + freight(4)
    stages = ("pledged", "ordered", "delivered", "confirmed", "reversed")
    assert [ledger.balance(f"pledge:{helped.pk}:{stage}") for stage in stages] == [0, 0, 0, gift_fen, 0]
    assert (
        "启明灯具" in Client().get(f"/pledges/certificates/{Pledge.objects.get().certificate_code}/").content.decode()
    )
    # Settlement: everything that was paid and not given back is the supplier's; nothing is held.
    consumer_fen, drop_fen = 2 * PRICE + freight(3), 2 * DROP_PRICE + freight(2)
    payable = consumer_fen + unit_fen + gift_fen + drop_fen
    assert ledger.balance(f"supplier:{supplier.pk}:payable") == payable
    assert ledger.balance(f"supplier:{supplier.pk}:held") == 0
    assert ledger.balance("gateway:demo") == -payable
    settlement = seller.reads("/seller/settlement/")
    assert re.search(r'data-testid="payable">¥([\d,.]+)', settlement)[1] == f"{payable / 100:,.2f}"
    # Where each came from.
    assert attributions(bought) == {}
    assert attributions(unit_order.purchase) == {
        "unit": str(office.unit.pk),
        "request": PurchaseRequest.objects.get().number,
    }
    assert attributions(given) == {"pledge": str(helped.pk), "need": "pomelos"}
    assert attributions(dropped) == {
        "live": room.slug,
        "session": str(session.pk),
        "drop": str(Drop.objects.get().pk),
        "campaign": str(campaign.pk),
    }
    for kind, ref in (("session", session.pk), ("campaign", campaign.pk)):
        sold = sold_from(kind, str(ref))
        assert (sold.orders, sold.pieces, sold.fen) == (1, 2, 2 * 2980)
    # The reports count goods, freight apart: each channel's pieces and 分, and all together.
    channels = {"shop": (2, 2 * PRICE), "unit": (4, 4 * PRICE), "pledge": (4, 4 * PRICE), "live": (2, 2 * DROP_PRICE)}
    assert reported("channel") == channels
    assert reported("supplier") == {str(supplier.pk): (12, 10 * PRICE + 2 * DROP_PRICE)}
    of_one = {"unit": ("unit", office.unit.pk), "need": ("pledge", "pomelos"), "session": ("live", session.pk)}
    of_one["campaign"] = ("live", campaign.pk)
    for dimension, (channel, ref) in of_one.items():
        assert reported(dimension)[str(ref)] == channels[channel], dimension
    books_agree()


def reported(dimension):
    """Return (pieces, 分) of each row of a report of this year."""
    found = report(
        dimension=dimension, since=AT.date().replace(month=1, day=1), until=AT.date(), scope=EVERYTHING, at=AT
    )
    return {row.key: (row.figures.pieces, row.figures.net_fen) for row in found.rows}


def attributions(purchase):
    return dict(OrderAttribution.objects.filter(purchase=purchase).values_list("kind", "ref"))
