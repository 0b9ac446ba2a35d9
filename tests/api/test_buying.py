"""A consumer's program buys, pays, receives, reviews, complains; a supplier's sends and decides; a reviewer's looks."""

import base64

import pytest

from catalog.models import Stock
from shop.accounts import roles
from shop.accounts.models import User
from shop.accounts.operations.groups import give_role
from shop.core import projections
from shop.sales.models import OrderFacts, Payment, Purchase
from shop.sales.operations.payments import capture_payment
from tests.factories import (
    AT,
    make_certificate,
    make_division,
    make_freight,
    make_listing,
    make_supplier,
    make_user,
    spec_of,
)
from tests.sales.selling import photo

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db
ADDRESS = {"name": "周敏", "phone": "138 0000 2046", "division": "440106", "street": "龙口西路 8 号"}


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def test_the_catalogue_reads_like_its_pages(anonymous: Program) -> None:
    from catalog.operations.cards import rebuild_cards  # reason: only this test lists

    make_division()
    listings = [make_listing(f"金柚 {n}", price_fen=3000 + n) for n in range(5)]
    certificate = make_certificate(listings[0])
    rebuild_cards(listing_ids=[each.pk for each in listings], at=AT)
    seen, cursor = [], ""
    for _page in range(3):
        page = anonymous.get(f"/products?limit=2&sort=new&cursor={cursor}").data
        seen += [each["slug"] for each in page["items"]]
        cursor = page["next_cursor"]
    assert (sorted(seen), cursor) == (sorted(each.slug for each in listings), None)
    assert anonymous.get("/products?cursor=invented").data["code"] == "invalid_cursor"
    assert anonymous.get("/products?low=x").status_code == 422
    detail = anonymous.get(f"/products/{listings[1].slug}").data
    assert (detail["name"], detail["currency"]) == ("Meixian pomelo, 2 pieces", "CNY")
    assert detail["specifications"][0]["price"] == "30.01"
    assert detail["specifications"][0]["available"] == 50
    anonymous.language = "zh-Hans"
    assert anonymous.get(f"/products/{listings[0].slug}").data["certificates"][0]["number"] == certificate.number
    assert anonymous.get(f"/certificates/{certificate.number}").data["holder"]["slug"] == listings[0].supplier.slug
    assert anonymous.get(f"/suppliers/{listings[0].supplier.slug}").data["product_count"] == 1
    for path in (
        "/categories",
        "/halls",
        "/halls/441403",
        "/villages",
        "/suppliers",
        f"/products/{listings[0].slug}/reviews",
    ):
        assert anonymous.get(path).status_code == 200, path
    assert anonymous.get("/products/nothing").status_code == 404
    listings[0].state = "withdrawn"
    listings[0].save()
    assert anonymous.get(f"/products/{listings[0].slug}").status_code == 410


def test_from_the_basket_to_the_last_word() -> None:
    make_division()
    member = make_user(name="周家兴")
    supplier = make_supplier(member=member)
    make_freight(supplier)
    listing = make_listing(supplier=supplier, price_fen=3280, stock=10)
    spec = spec_of(listing).specification_id
    buyer = make_user("zhou@example.cn", name="周敏")
    me, shop = program_of(buyer), program_of(member)

    basket = me.post("/basket", {"specification_id": spec, "quantity": 2}).data
    assert (basket["goods"], basket["lines"][0]["most"], basket["lines"][0]["problem"]) == ("65.60", 10, None)
    assert me.send("PUT", f"/basket/{spec}", {"quantity": 11}).data["errors"][0]["field"] == "quantity"
    quote = me.post("/checkout/quote", {"address": ADDRESS}).data
    assert (quote["goods"], quote["can_order"], quote["lines"][0]["quantity"]) == ("65.60", True, 2)
    assert quote["total"] == f"{float(quote['goods']) + float(quote['freight']):.2f}"

    order = {"address": ADDRESS, "total": quote["total"], "invoice": {"kind": "company", "title": "禾桥小学"}}
    missing = me.post("/purchases", order)
    assert (missing.status_code, missing.data["code"]) == (400, "idempotency_key_missing")
    wrong = me.post("/purchases", order, key="p0")
    assert wrong.data["errors"][0]["field"] == "invoice_tax_no" or wrong.data["errors"][0]["field"] == "invoice.tax_no"
    order.pop("invoice")
    assert me.post("/purchases", order | {"total": "1.00"}, key="p1").data["code"] == "basket_changed"
    placed = me.post("/purchases", order, key="p2")
    assert (placed.status_code, placed.data["state"], placed.data["total"]) == (201, "unpaid", quote["total"])
    again = me.post("/purchases", order, key="p2")
    assert (again.data, again.headers["Idempotent-Replayed"]) == (placed.data, "true")
    assert Purchase.objects.count() == 1
    number = placed.data["number"]
    assert placed.data["pay_url"].endswith(f"/pay/{number}/")
    assert me.post(f"/purchases/{number}/payments", {"method": "gold"}, key="m0").status_code == 422
    started = me.post(f"/purchases/{number}/payments", {"method": "demo"}, key="m1")
    assert (started.status_code, started.data["payment"]["method"]) == (201, "demo")
    capture_payment(payment_id=Payment.objects.get().pk, at=AT)
    assert me.get(f"/purchases/{number}").data["state"] == "paid"
    assert [each["number"] for each in me.get("/purchases").data["items"]] == [number]

    # The supplier's side.
    (sold,) = shop.get("/seller/orders").data["items"]
    assert (sold["buyer"], sold["lines"][0]["waiting"]) == ("周**", 2)
    to = shop.get(f"/seller/orders/{sold['number']}").data["ship_to"]
    assert (to["phone"], to["street"]) == ("13800002046", "龙口西路 8 号")
    parcel = {"carrier": "sf", "tracking_no": "SF1234567890123"}
    assert (
        shop.post(f"/seller/orders/{sold['number']}/parcels", parcel | {"carrier": "dove"}, key="s0").status_code == 422
    )
    sent = shop.post(f"/seller/orders/{sold['number']}/parcels", parcel, key="s1")
    assert (sent.status_code, sent.data["state"], sent.data["parcels"][0]["quantity"]) == (201, "shipped", 2)
    shelf = shop.get(f"/seller/goods/{spec}/stock").data
    counted = shop.send("PUT", f"/seller/goods/{spec}/stock", {"counted": 30, "version": shelf["version"]}, key="g1")
    assert (counted.status_code, counted.data["on_shelf"], Stock.objects.get().on_hand) == (200, 30, 30)
    stale = shop.send("PUT", f"/seller/goods/{spec}/stock", {"counted": 31, "version": shelf["version"]}, key="g2")
    assert (stale.status_code, stale.data["code"]) == (409, "stock_moved")
    assert stale.data["details"] | {"changes": len(stale.data["details"]["changes"])} == {
        "changes": 1, "shelf": 30, "version": counted.data["version"],
    }  # fmt: skip
    change = {"pieces": -4, "reason": "spoiled"}
    changed = shop.post(f"/seller/goods/{spec}/stock/changes", change, key="g3")
    assert (changed.status_code, changed.data["free"]) == (201, 26)
    assert shop.post(f"/seller/goods/{spec}/stock/changes", change, key="g3").data["free"] == 26
    told = shop.get(f"/seller/goods/{spec}/stock/changes").data["items"]
    assert [(each["kind"], each["pieces"], each["after"]) for each in told][:2] == [
        ("adjusted", -4, 26), ("stocktake", 30 - shelf["on_shelf"], 30),
    ]  # fmt: skip
    assert shop.get("/seller/goods").data["items"][0]["on_shelf"] == 26
    assert shop.get("/seller/settlement").data["held"] == quote["total"]

    # Received, reviewed, complained about.
    mine = me.get(f"/orders/{sold['number']}").data
    assert (mine["state"], "receive" in mine["can"]) == ("shipped", True)
    assert me.post(f"/orders/{sold['number']}/cancel", key="c1").status_code == 409
    done = me.post(f"/orders/{sold['number']}/receipt", key="r1").data
    line = done["lines"][0]["id"]
    assert done["state"] == "completed"
    review = {"stars": 5, "text": "很甜"}
    assert me.post(f"/orders/{sold['number']}/lines/{line}/review", review).status_code == 201
    assert me.post(f"/orders/{sold['number']}/lines/{line}/review", review).data["code"] == "reviewed_already"
    claim = {"kind": "damaged", "quantity": 1, "amount": "10.00", "reason": "压坏了"}
    path = f"/orders/{sold['number']}/lines/{line}/after-sale"
    assert me.post(path, claim, key="a0").data["errors"][0]["field"] == "photos"
    assert me.post(path, claim | {"photos": ["no base64!"]}, key="a1").status_code == 422
    picture = base64.b64encode(photo().read()).decode()
    opened = me.post(path, claim | {"photos": [picture]}, key="a2")
    assert opened.status_code == 201
    (case,) = shop.get("/seller/after-sales").data["items"]
    assert (case["amount"], case["reason"]) == ("10.00", "压坏了")
    decide = f"/seller/after-sales/{case['id']}/decision"
    assert shop.post(decide, {"approve": True, "amount": "11.00"}, key="d0").data["errors"][0]["field"] == "amount"
    assert shop.post(decide, {"approve": True, "amount": "10.00"}, key="d1").data["state"] == "approved"
    assert shop.post(decide, {"approve": True, "amount": "10.00"}, key="d1").headers["Idempotent-Replayed"] == "true"
    again = me.post(path, claim | {"photos": [picture]}, key="a3").data["lines"][0]["cases"][-1]["id"]
    shop.post(f"/seller/after-sales/{again}/decision", {"approve": False, "answer": "运前完好"}, key="d2")
    mine = f"/orders/{sold['number']}/after-sales/{again}"
    asked = me.post(f"{mine}/ask-platform", {"words": "照片看得见"})
    assert asked.data["lines"][0]["cases"][-1]["state"] == "arbitration"
    assert [each["side"] for each in me.get(f"{mine}/photos").data["items"]] == ["buyer"]
    judge = make_user("judge@example.cn")
    give_role(user=judge, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    table = program_of(judge)
    assert [each["id"] for each in table.get("/review/after-sales").data["items"]] == [again]
    verdict = {"verdict": "refund", "amount": "99.00", "reason": "属实"}
    refused = table.post(f"/review/after-sales/{again}/decision", verdict, key="j0")
    assert refused.data["errors"][0]["field"] == "amount"
    decided = table.post(f"/review/after-sales/{again}/decision", verdict | {"amount": "5.00"}, key="j1").data
    assert (decided["state"], decided["decisions"][0]["amount"]) == ("approved", "5.00")
    assert len(shop.get(f"/seller/after-sales/{again}/photos").data["items"]) == 1
    assert shop.get("/review/after-sales").status_code == 403
    assert me.get(f"/orders/{sold['number']}").data["refunded"] == "15.00"
    assert OrderFacts.objects.get().refunded_fen == 1500

    # The reviewer's queue.
    reviewer = make_user("reviewer@example.cn")
    give_role(user=reviewer, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    desk = program_of(reviewer)
    (waiting,) = desk.get("/review/reviews").data["items"]
    verdict = f"/review/reviews/{waiting['id']}/decision"
    assert desk.post(verdict, {"approve": False}).data["errors"][0]["field"] == "reason"
    assert desk.post(verdict, {"approve": True}).status_code == 204
    assert me.get(f"/products/{listing.slug}/reviews").data["items"][0]["text"] == "很甜"
    assert desk.get("/review/transfers").status_code == 403
    assert [found for _name, found in projections.run_all() if found] == []
    sold = shop.get("/reports/sales?by=supplier&since=2026-11-01&until=2026-11-30").data
    assert (sold["items"][0]["key"], sold["total"]["taken"], sold["total"]["orders"]) == (str(supplier.pk), "15.00", 1)
    assert shop.get("/reports/sales?since=2026-11-02&until=2026-11-01").data["errors"][0]["field"] == "since"


def test_favourites_reminders_and_a_transfer(settings) -> None:
    settings.TRANSFER_ACCOUNT = {"payee": "禾桥", "bank": "广州农商", "number": "6222"}
    make_division()
    listing = make_listing(price_fen=3280)
    spec = spec_of(listing).specification_id
    me = program_of(make_user(name="周敏"))
    for _twice in range(2):
        assert me.send("PUT", f"/favourites/{listing.pk}").status_code == 204
    assert [each["slug"] for each in me.get("/favourites").data["items"]] == [listing.slug]
    assert me.send("DELETE", f"/favourites/{listing.pk}").status_code == 204
    assert me.get("/favourites").data["items"] == []
    assert me.send("PUT", "/favourites/987654").status_code == 404
    assert me.post("/reminders", {"listing_id": listing.pk}).status_code == 204
    (waits,) = me.get("/reminders").data["items"]
    assert me.send("DELETE", f"/reminders/{waits['id']}").status_code == 204
    body = {"buy": {"specification_id": spec, "quantity": 1}, "address": ADDRESS}
    placed = me.post("/purchases", body, key="one").data
    started = me.post(f"/purchases/{placed['number']}/payments", {"method": "transfer"}, key="two").data
    assert started["payment"]["payee"]["number"] == "6222"
    admin = make_user("admin@example.cn")
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    desk = program_of(admin)
    (waiting,) = desk.get("/review/transfers").data["items"]
    assert waiting["code"] == started["payment"]["reference"]
    match = {"received": "1.00", "payer": "周敏"}
    path = f"/review/transfers/{waiting['id']}/match"
    assert desk.post(path, match, key="m1").status_code == 422
    for number, nothing in enumerate(("0", "0.00")):
        for then in ("", "ask", "give_back"):
            refused = desk.post(path, match | {"received": nothing, "then": then}, key=f"none{number}{then}")
            assert (refused.status_code, "amount_zero" in refused.content.decode()) == (422, True)
    assert desk.post(path, match | {"received": placed["total"]}, key="m2").status_code == 204
    assert me.get(f"/purchases/{placed['number']}").data["state"] == "paid"
    other = me.post("/purchases", body, key="three").data
    assert me.post(f"/purchases/{other['number']}/cancel", key="four").data["state"] == "cancelled"
    assert Stock.objects.get().reserved == 1
