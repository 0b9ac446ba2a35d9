"""Suppliers' lots, units, donors and hosts, each by their program."""

import base64
from datetime import timedelta

import pytest

from procurement.operations.receiving import make_link
from shop.accounts.models import Membership, Organisation
from shop.core import projections
from shop.sales.models import OrderFacts, Payment
from shop.sales.operations.payments import capture_payment
from tests.factories import AT, make_division, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import make_room
from tests.procurement.offices import make_office
from tests.sales.selling import photo, ship
from tests.traceability.growing import GRAMS, make_grown, paid_order

from .conftest import Program, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


def test_a_lot_from_its_harvest_to_the_code_on_a_parcel(anonymous: Program) -> None:
    member = make_user()
    listing = make_grown(member)
    farm = program_of(member)
    base = farm.post(
        "/seller/bases",
        {
            "name": "新果园",
            "place": "梅县松源镇",
            "contact": "0753-2860123",
            "latitude": "24.452100",
            "longitude": "116.213700",
            "plots": [{"name": "一号"}],
        },
    )
    assert (base.status_code, base.data["latitude"]) == (201, "24.452100")
    field = {"name": "二号"}
    facts = {
        "name": "又一园",
        "place": "梅县松源镇",
        "latitude": "24.4",
        "longitude": "116.2",
        "contact": "0753-2860123",
    }
    twice = farm.post("/seller/bases", facts | {"plots": [field, field]})
    assert (twice.status_code, twice.data["errors"][0]["code"]) == (422, "named_twice")
    facts = {"listing_id": listing.pk, "base_id": base.data["id"], "plot_id": base.data["plots"][0]["id"]}
    harvest = facts | {"grams": 20 * GRAMS, "occurred_at": "2026-11-20T08:00:00+08:00"}
    assert farm.post("/seller/lots", harvest | {"occurred_at": "2026-12-20T08:00:00+08:00"}, key="h2").status_code in {
        409,
        422,
    }
    assert (
        farm.post("/seller/lots", harvest | {"occurred_at": "2026-11-20T08:00:00"}, key="h3").data["errors"][0]["code"]
        == "timezone_aware"
    )
    lot = farm.post("/seller/lots", harvest, key="h1").data
    assert (lot["harvested_grams"], lot["state"]) == (20 * GRAMS, "open")
    path = f"/seller/lots/{lot['id']}"
    packing = {"grams": 19 * GRAMS, "sorted_out_grams": GRAMS, "boxes": 4, "occurred_at": "2026-11-20T10:00:00+08:00"}
    early = farm.post(f"{path}/packings", packing | {"occurred_at": "2026-11-20T07:30:00+08:00"}, key="p1")
    assert (early.status_code, early.data["code"]) == (422, "event_before_harvest")
    asked = farm.post(f"{path}/packings", packing, key="p2")
    assert (asked.status_code, asked.data["code"], asked.data["details"]["on_sale"]) == (409, "shelf_beyond_lots", 31)
    undated = farm.post(f"{path}/packings", packing | {"confirm": True}, key="p3")
    assert (undated.status_code, undated.data["errors"][0]["field"]) == (409, "harvest_by")
    day = undated.data["details"]["latest"]
    packed = farm.post(f"{path}/packings", packing | {"confirm": True, "harvest_by": day}, key="p4").data
    assert packed["beyond_lots"] == {
        "on_sale": 31, "in_orders": 0, "harvest_by": day, "unconfirmed": 0,
        "confirmed": [{"harvest_by": day, "pieces": 31}],
    }  # fmt: skip
    assert packed["conformity_certificate"].startswith("HGZ")
    assert (packed["packed_grams"], packed["sorted_out_grams"], packed["left_grams"]) == (19 * GRAMS, GRAMS, 19 * GRAMS)
    test = {
        "kind": "own",
        "item": "农残",
        "result": "未检出",
        "passed": True,
        "lab": "梅县农检站",
        "occurred_at": "2026-11-20T12:00:00+08:00",
    }
    assert [each["step"] for each in farm.post(f"{path}/tests", test).data["history"]] == [
        "commissioning", "packing", "inspecting",
    ]  # fmt: skip
    order = paid_order(listing)
    line = order.lines.get()
    body = {
        "carrier": "sf",
        "tracking_no": "SF1234567890123",
        "lines": [{"line_id": line.pk, "quantity": 2, "lot_id": lot["id"]}],
    }
    sent = farm.post(f"/seller/orders/{order.order.number}/parcels", body, key="s1").data
    trace = anonymous.get(f"/trace/{sent['parcels'][0]['trace_code']}").data
    assert (trace["is_intact"], trace["lots"][0]["code"], trace["lots"][0]["quantity"]) == (True, lot["code"], 2)
    assert [each["kind"] for each in trace["lots"][0]["verified"]] == ["own_test", "promise", "records"]
    assert (trace["changed"], trace["lots"][0]["certificates"][0]["is_sealed"]) == ("", True)
    assert anonymous.get("/trace/AAAA-BBBB-CCCC").status_code == 404
    events = farm.get(f"{path}/events").data["items"]
    assert {each["bizStep"] for each in events} == {"commissioning", "packing", "inspecting", "shipping"}
    assert all("eventTimeZoneOffset" in each for each in events)
    mix = {"listing_id": listing.pk, "base_id": base.data["id"], "sources": [{"lot_id": lot["id"], "grams": 2 * GRAMS}]}
    made = farm.post("/seller/mixed-lots", mix | {"occurred_at": "2026-11-20T13:00:00+08:00"}, key="m1").data
    assert (made["mixed_from"][0]["code"], made["left_grams"]) == (lot["code"], 0)
    test |= {"passed": False, "occurred_at": "2026-11-20T14:00:00+08:00"}
    asked = farm.post(f"{path}/tests", test)
    assert (asked.status_code, asked.data["code"]) == (409, "lot_stop_unconfirmed")
    failed = farm.post(f"{path}/tests", test | {"confirm": True}).data
    assert (failed["state"], failed["left_grams"]) == ("recalled", 0)
    assert farm.get(f"/seller/lots/{made['id']}").data["state"] == "held"
    assert (refused := farm.post(f"{path}/close")).status_code == 409
    assert refused.data["code"] == "lot_wrong_move"
    ended = {"method": "就地深埋", "occurred_at": "2026-11-20T15:00:00+08:00"}
    assert farm.post(f"{path}/dispose", ended).data["state"] == "disposed"
    changed = farm.post(f"/seller/bases/{base.data['id']}", {"contact": "不是电话"})
    assert (changed.status_code, changed.data["errors"][0]["field"]) == (422, "contact")
    assert farm.post(f"/seller/bases/{base.data['id']}", {"contact": "0753-2860999"}).status_code == 200
    lots = {each["id"]: each for each in farm.get("/seller/lots").data["items"]}
    assert lots[lot["id"]]["assigned_grams"] == 2 * GRAMS


def test_a_unit_from_its_declaration_to_the_payment(settings) -> None:
    settings.TRANSFER_ACCOUNT = {"payee": "禾桥", "bank": "广州农商", "number": "6222"}
    above = make_office(kind="supervising")
    Organisation.objects.filter(pk=above.unit.organisation_id).update(kind=Organisation.Kind.SUPERVISING_UNIT)
    office = make_office(above.unit, budget_fen=1_000_000)
    listing = make_listing(price_fen=4_000, stock=100)
    sku = listing.specifications.get().stockrecord.partner_sku
    buyer, approver, finance, board = map(program_of, (office.buyer, office.approver, office.finance, above.approver))
    declared = {
        "canteen": "own",
        "canteen_spend": "100000.00",
        "contact_name": "李文静",
        "contact_phone": "13800002046",
    }
    one = buyer.send("PUT", "/units/declaration", declared, key="d1").data
    assert (one["state"], one["canteen_spend"]) == ("submitted", "100000.00")
    (waits,) = board.get("/units/board").data["waiting"]
    verdict = f"/units/declarations/{waits['id']}/decision"
    assert approver.post(verdict, {"version": waits["version"], "approve": True}, key="v0").status_code == 404
    assert board.post(verdict, {"version": waits["version"], "approve": True}, key="v1").data["state"] == "confirmed"
    quota = buyer.get("/units/quota").data
    assert (quota["whole"]["reserved"], quota["whole"]["rate"], quota["budget_left"]) == (
        one["reserved"],
        "0.00",
        "10000.00",
    )

    asked = buyer.post("/units/requests", {"text": f"{sku}\t3\nNONE\t4\n{sku}\t=1+1"}, key="r1")
    assert (asked.status_code, asked.data["total"]) == (201, "120.00")
    assert asked.data["refused_rows"][0]["verdict"] == "unknown"
    path = f"/units/requests/{asked.data['number']}"
    spec = asked.data["lines"][0]["specification_id"]
    changed = buyer.send(
        "PUT", f"{path}/lines", {"version": asked.data["version"], "lines": [{"specification_id": spec, "quantity": 5}]}
    ).data
    assert changed["total"] == "200.00"
    stale = buyer.post(f"{path}/submit", {"version": asked.data["version"]})
    assert stale.status_code == 409
    sent = buyer.post(f"{path}/submit", {"version": changed["version"]}).data
    assert sent["state"] == "submitted"
    own = buyer.post(f"{path}/decision", {"version": sent["version"], "approve": True}, key="x0")
    assert own.status_code == 403
    assert (
        approver.post(f"{path}/decision", {"version": sent["version"], "approve": True}, key="x1").data["state"]
        == "approved"
    )
    assert buyer.post(f"{path}/payment", key="y0").data["code"] == "not_ordered"
    ordered = buyer.post(f"{path}/order", key="o1")
    assert (ordered.status_code, ordered.data["state"]) == (201, "ordered")
    assert buyer.post(f"{path}/order", key="o1").headers["Idempotent-Replayed"] == "true"
    (order,) = buyer.get("/units/orders?kind=committed").data["items"]
    facts = OrderFacts.objects.get()
    ship(facts)
    line = order["lines"][0]["id"]
    accept = f"/units/orders/{order['number']}/acceptance"
    more = buyer.post(accept, {"lines": [{"line_id": line, "quantity": 6}]}, key="a0")
    assert more.status_code in {409, 422}
    done = buyer.post(accept, {"lines": [{"line_id": line, "quantity": 4}]}, key="a1").data
    assert (done["short"], done["order"]["state"], done["order"]["counted"]) == ("40.00", "completed", "160.00")
    figure = board.get(f"/units/orders?kind=fulfilled&below={office.unit.pk}").data
    assert figure["figure"] == "160.00"
    paying = finance.post(f"{path}/payment", key="z1").data
    assert (paying["due"], paying["account"]["number"], bool(paying["remittance_code"])) == ("160.00", "6222", True)
    assert [each["state"] for each in finance.get("/units/requests").data["items"]] == ["ordered"]
    assert [found for _name, found in projections.run_all() if found] == []


def test_a_need_a_gift_and_its_receipt(anonymous: Program) -> None:
    make_division()
    helped = Organisation.objects.create(kind="beneficiary", name_zh="山里小学")
    head = make_user(name="校长")
    Membership.objects.create(user=head, organisation=helped, role="owner")
    listing = make_listing(price_fen=3_000, stock=100)
    spec = spec_of(listing).specification_id
    school, donor = program_of(head), program_of(make_user(name="黄启明"))
    asked = {
        "title": "孩子们的早餐", "text": "山里的学校", "until": (AT + timedelta(days=9)).date().isoformat(),
        "lines": [{"specification_id": spec, "quantity": 20}], "name": "总务处", "phone": "13800002046",
        "division": "440106", "street": "红星路 3 号",
    }  # fmt: skip
    assert donor.post("/needs", asked).data["code"] == "no_beneficiary"
    assert school.post("/needs", asked | {"phone": "12"}).data["errors"][0]["field"] == "phone"
    need = school.post("/needs", asked, key="n1").data
    assert need["wanted"] == "600.00"
    assert [each["slug"] for each in anonymous.get("/needs").data["items"]] == [need["slug"]]
    path = f"/needs/{need['slug']}/gifts"
    assert donor.post(path, {"lines": [{"specification_id": spec, "quantity": 21}]}, key="g0").status_code == 422
    gift = donor.post(path, {"lines": [{"specification_id": spec, "quantity": 4}], "donor_name": "启明灯具"}, key="g1")
    assert (gift.status_code, gift.data["total"], gift.data["state"]) == (201, "120.00", "unpaid")
    started = donor.post(f"/purchases/{gift.data['purchase']}/payments", {"method": "demo"}, key="g2")
    assert started.status_code == 201
    capture_payment(payment_id=Payment.objects.get().pk, at=AT)
    order = OrderFacts.objects.get()
    ship(order)
    (received,) = school.get("/gifts/received").data["items"]
    link = school.post(f"/gifts/received/{received['orders'][0]['id']}/link").data["token"]
    assert donor.post(f"/gifts/received/{order.pk}/link").status_code == 404
    assert anonymous.get(f"/receipts/{link}").data["lines"][0]["quantity"] == 4
    picture = base64.b64encode(photo().read()).decode()
    assert anonymous.post(f"/receipts/{link}", {"photo": picture, "message": "谢谢"}).status_code == 204
    assert anonymous.post(f"/receipts/{link}", {"photo": picture}).status_code in {404, 409, 410}
    assert anonymous.get(f"/receipts/{make_link(order_id=order.pk, at=AT)}x").status_code in {404, 409, 410}
    shown = anonymous.get(f"/gifts/certificates/{gift.data['certificate_code']}").data
    assert (shown["is_valid"], shown["confirmed"], shown["donor"]) == (True, "120.00", "启明灯具")


def test_a_host_runs_a_session_and_a_viewer_buys_in_its_drop(anonymous: Program) -> None:
    make_division()
    host = make_user(name="阿珍")
    supplier = make_supplier(member=host)
    room = make_room(supplier, host=host)
    listing = make_listing(supplier=supplier, price_fen=3280, stock=20)
    spec = spec_of(listing).specification_id
    desk, viewer = program_of(host), program_of(make_user(name="周敏"))
    plan = {"room_id": room.pk, "title": "柚子开摘", "planned_at": AT.isoformat()}
    assert viewer.post("/live/host/sessions", plan).data["code"] == "scope_missing"
    session = desk.post("/live/host/sessions", plan).data
    path = f"/live/host/sessions/{session['id']}"
    assert desk.post(f"{path}/start", {"version": session["version"] + 5}).status_code == 409
    live = desk.post(f"{path}/start", {"version": session["version"]}).data
    tray = desk.post(f"{path}/tray", {"version": live["version"], "listing_id": listing.pk}).data
    foreign = make_listing()
    assert desk.post(f"{path}/tray", {"version": tray["version"], "listing_id": foreign.pk}).status_code >= 400
    item = tray["tray"][0]["id"]
    pinned = desk.send("PUT", f"{path}/pin", {"version": tray["version"], "item_id": item}).data
    assert pinned["tray"][0]["is_pinned"] is True
    drop = {"version": pinned["version"], "item_id": item, "specification_id": spec, "price": "29.80", "pieces": 5}
    assert desk.post(f"{path}/drops", drop | {"pieces": 500}, key="d0").status_code >= 400
    opened = desk.post(f"{path}/drops", drop, key="d1").data
    assert (opened["drop"]["price"], opened["drop"]["left"]) == ("29.80", 5)
    said = desk.send("PUT", f"{path}/announcement", {"version": opened["version"], "text": "今晚包邮"}).data
    shown = anonymous.get(f"/live/rooms/{room.slug}").data
    assert (shown["announcement"], shown["drop"]["deal"]) == ("今晚包邮", opened["drop"]["deal"])
    line = viewer.post(f"/live/rooms/{room.slug}/chat", {"text": "多少钱"})
    assert (line.status_code, line.data["text"]) == (201, "多少钱")
    assert anonymous.post(f"/live/rooms/{room.slug}/chat", {"text": "多少钱"}).status_code == 401
    assert [each["kind"] for each in anonymous.get(f"/live/rooms/{room.slug}/events").data["items"]][-1] == "chat"
    address = {"name": "周敏", "phone": "13800002046", "division": "440106", "street": "龙口西路 8 号"}
    body = {"buy": {"specification_id": spec, "quantity": 2}, "deal": shown["drop"]["deal"], "address": address}
    bought = viewer.post("/purchases", body, key="b1").data
    assert bought["goods"] == "59.60"
    assert desk.get(path).data["drop"]["left"] == 3
    assert desk.send("PUT", f"{path}/chat/{line.data['id']}/author", {"muted": True}).status_code == 204
    assert viewer.post(f"/live/rooms/{room.slug}/chat", {"text": "还在吗"}).status_code >= 400
    assert desk.send("DELETE", f"{path}/chat/{line.data['id']}").status_code == 204
    ended = desk.post(f"{path}/drops/{opened['drop']['id']}/end", {"version": said["version"]}, key="e1")
    assert ended.data["drop"] is None
    assert desk.post(f"{path}/end", {"version": ended.data["version"]}).data["state"] == "ended"
    assert [each["state"] for each in desk.get("/live/host/sessions").data["items"]] == ["ended"]
    assert anonymous.get("/live").data["items"][0]["state"] == "ended"
