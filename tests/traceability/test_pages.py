"""The trace page, the certificate, labels, and the supplier's lots."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Certificate
from shop.sales.models import LineFacts, Purchase, Shipment
from tests.factories import make_certificate, make_listing, make_user
from tests.traceability.growing import finish, make_grown, make_lot, paid_order, parcel_of, send
from tests.traceability.test_chain import tamper
from traceability.models import ParcelLot, ProduceLot, ProductionBase, TraceEvent
from traceability.queries import trace
from traceability.queries.verifying import verify_after
from traceability.rules.codes import grouped, new_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel():
    listing = make_grown()
    finish(make_lot(listing, packed=False))
    return parcel_of(send(paid_order(listing)))


def text(response) -> str:
    return response.content.decode()


def test_it_shows_the_lots_of_this_parcel_and_no_other(client, parcel) -> None:
    listing = ProduceLot.objects.get().listing
    other = make_lot(listing, days_ago=1)
    html = text(client.get(f"/t/{parcel.code}"))
    assert ProduceLot.objects.exclude(pk=other.pk).get().code in html
    assert other.code not in html
    for mark in ("verified", "timeline", "certificate", "test-verdict", "supplier"):
        assert f'data-testid="{mark}"' in html
    assert 'data-evidence="commissioned_test"' in html
    assert "检测合格 · 梅县农检站" in html
    assert "来源已核对" not in html
    assert "农残 4 项" in html
    assert "第 1 次扫码" in html
    assert "周敏" not in html
    assert "<script" not in html
    assert not re.search(r'(src|href)="https?://', html)
    assert len(html.encode()) < 40_000


def test_two_lots_in_one_parcel_are_both_there_with_bounded_queries(client, django_assert_max_num_queries) -> None:
    listing = make_grown(stock=200)
    for _ in range(4):
        finish(make_lot(listing, pieces=2))
    parcel = parcel_of(send(paid_order(listing, 8), 8))
    assert ParcelLot.objects.filter(parcel=parcel).count() == 4
    with django_assert_max_num_queries(20):
        html = text(client.get(f"/t/{parcel.code}"))
    assert html.count('data-testid="lot"') == 4


def test_the_language_is_asked_for_and_remembered(client, parcel) -> None:
    assert "Tested by 梅县农检站" in text(client.get(f"/t/{parcel.code}", headers={"accept-language": "en-GB,en"}))
    assert "检测合格 · 梅县农检站" in text(client.get(f"/t/{parcel.code}", headers={"accept-language": "zh-CN"}))
    assert "Tested by 梅县农检站" in text(client.get(f"/t/{parcel.code}?lang=en"))
    assert "Tested by 梅县农检站" in text(client.get(f"/t/{parcel.code}", headers={"accept-language": "zh-CN"}))


@pytest.mark.parametrize("step", [1, 2, 3, 4])
def test_a_changed_event_is_named_on_the_page(client, parcel, step) -> None:
    assert 'data-testid="verified"' in text(client.get(f"/t/{parcel.code}"))
    event = TraceEvent.objects.get(seq=step)
    tamper(event, "body", event.body[:-2] + "X" + event.body[-1])
    response = client.get(f"/t/{parcel.code}")
    assert response.status_code == 200
    html = text(response)
    assert f"第 {step} 条记录" in html
    assert 'data-testid="broken"' in html
    assert 'data-testid="verified"' not in html


def test_unknown_and_malformed_codes_say_what_to_do(client) -> None:
    response = client.get(f"/t/{new_code()}")
    assert response.status_code == 404
    assert "没有这个码的包裹" in text(response)
    response = client.get("/t/<b>not-a-code")
    assert response.status_code == 404
    assert "码好像输错了" in text(response)
    assert "<b>not-a-code" not in text(response)
    response = client.get("/t/", {"code": "abc"})
    assert (response.status_code, 'data-testid="trace-input"' in text(response)) == (422, True)


def test_a_typed_code_leads_to_its_page(client, parcel) -> None:
    typed = grouped(parcel.code).lower()
    assert client.get("/t/", {"code": f" {typed} "}).url == f"/t/{parcel.code}"
    assert client.get(f"/t/{typed}").url == f"/t/{parcel.code}"
    assert client.get("/t/").status_code == 200


def test_the_certificate_is_a_page_and_a_pdf(client, parcel) -> None:
    html = text(client.get(f"/t/{parcel.code}/certificate/"))
    assert "承诺达标合格证" in html
    assert "0753-2860123" in html
    response = client.get(f"/t/{parcel.code}/certificate.pdf")
    assert response.content.startswith(b"%PDF")
    assert client.get(f"/t/{new_code()}/certificate.pdf").status_code == 404


def test_without_a_certificate_the_parcels_page_is_shown(client) -> None:
    packed_nothing = parcel_of(send(paid_order(make_grown())))
    for name in ("certificate/", "certificate.pdf"):
        answer = client.get(f"/t/{packed_nothing.code}/{name}")
        assert (answer.status_code, answer.url) == (302, f"/t/{packed_nothing.code}")


def test_a_parcel_without_lots_says_so(client) -> None:
    parcel = parcel_of(send(paid_order(make_grown())))
    assert "未记批次" in text(client.get(f"/t/{parcel.code}"))


def test_a_recalled_lot_warns(client, parcel) -> None:
    ProduceLot.objects.update(state="recalled")
    assert 'data-testid="recalled"' in text(client.get(f"/t/{parcel.code}"))


# The supplier's pages.


def signed_in(member) -> Client:
    client = Client()
    client.force_login(member)
    return client


def test_a_lot_from_harvest_to_label() -> None:
    member = make_user()
    listing = make_grown(member)
    client = signed_in(member)
    base = ProductionBase.objects.get()
    assert client.get("/seller/lots/").status_code == 200
    assert client.get("/seller/lots/new/").status_code == 200
    when = "2026-11-20T07:40"
    answer = client.post(
        "/seller/lots/new/",
        {"listing": listing.pk, "place": f"{base.pk}-{base.plots.get().pk}", "kilograms": "25.5", "occurred_at": when},
    )
    lot = ProduceLot.objects.get()
    assert (answer.url, lot.harvested_grams) == (f"/seller/lots/{lot.pk}/", 25500)
    packing = {"pack-kilograms": "25", "pack-sorted_out": "0.5", "pack-boxes": "10", "pack-grade": "first"}
    asked = client.post(f"/seller/lots/{lot.pk}/pack/", {**packing, "pack-occurred_at": when})
    assert (asked.status_code, 'data-testid="shelf-asks"' in asked.content.decode()) == (409, True)
    packing["pack-confirm"] = "on"
    undated = client.post(f"/seller/lots/{lot.pk}/pack/", {**packing, "pack-occurred_at": when})
    assert (undated.status_code, 'name="pack-harvest_by"' in undated.content.decode()) == (409, True)
    packing["pack-harvest_by"] = timezone.localdate().isoformat()
    assert client.post(f"/seller/lots/{lot.pk}/pack/", {**packing, "pack-occurred_at": when}).status_code == 302
    report = {
        "test-kind": "own", "test-item": "农残", "test-result": "未检出", "test-passed": "1", "test-lab": "站",
    }  # fmt: skip
    assert client.post(f"/seller/lots/{lot.pk}/test/", {**report, "test-occurred_at": when}).status_code == 302
    html = text(client.get(f"/seller/lots/{lot.pk}/"))
    assert [word in html for word in ("采收", "分选装箱", "检测合格")] == [True] * 3
    assert client.get(f"/seller/lots/{lot.pk}/certificate.pdf").content.startswith(b"%PDF")
    order = paid_order(listing)
    line = LineFacts.objects.get(order=order)
    page = text(client.get(f"/seller/orders/{order.order.number}/"))
    assert f'name="lot-{line.pk}"' in page
    sent = {"carrier": "sf", "tracking_no": "SF1020260000001", f"pieces-{line.pk}": "2", f"lot-{line.pk}": str(lot.pk)}
    assert client.post(f"/seller/orders/{order.order.number}/ship/", sent).status_code == 302
    shipment = Shipment.objects.get()
    assert parcel_of(shipment).code in text(client.get(f"/seller/orders/{order.order.number}/"))
    label = client.get(f"/seller/lots/parcels/{shipment.pk}/label.pdf")
    assert (label["Content-Type"], label.content[:4]) == ("application/pdf", b"%PDF")


def test_beyond_the_harvest_is_said_beside_the_lot() -> None:
    member = make_user()
    listing = make_grown(member)
    lot = make_lot(listing, pieces=1)
    order = paid_order(listing)
    line = LineFacts.objects.get(order=order)
    sent = {"carrier": "sf", "tracking_no": "SF1020260000001", f"pieces-{line.pk}": "2", f"lot-{line.pk}": str(lot.pk)}
    response = signed_in(member).post(f"/seller/orders/{order.order.number}/ship/", sent)
    assert (response.status_code, "只剩 1 件" in text(response)) == (409, True)
    assert 'value="SF1020260000001"' in text(response)
    assert Shipment.objects.count() == 0


def test_a_harvest_in_the_future_or_from_anothers_base_is_refused() -> None:
    member = make_user()
    listing, foreign = make_grown(member), make_grown()
    client = signed_in(member)
    base = ProductionBase.objects.get(supplier=listing.supplier)
    given = {"listing": listing.pk, "place": f"{base.pk}-{base.plots.get().pk}", "kilograms": "2"}
    response = client.post("/seller/lots/new/", {**given, "occurred_at": "2199-01-01T00:00"})
    assert (response.status_code, "这个时间还没到" in text(response)) == (422, True)
    other = ProductionBase.objects.get(supplier=foreign.supplier)
    response = client.post("/seller/lots/new/", {**given, "place": f"{other.pk}-", "occurred_at": "2026-11-20T07:40"})
    assert response.status_code == 422
    assert ProduceLot.objects.count() == 0


def test_anothers_lot_and_label_are_not_there() -> None:
    member = make_user()
    make_grown(member)
    foreign = make_grown()
    lot = make_lot(foreign)
    finish(lot)
    shipment = send(paid_order(foreign))
    client = signed_in(member)
    for path in (f"{lot.pk}/", f"{lot.pk}/certificate.pdf", f"parcels/{shipment.pk}/label.pdf"):
        assert client.get(f"/seller/lots/{path}").status_code == 404
    for path in ("pack", "test", "close"):
        assert client.post(f"/seller/lots/{lot.pk}/{path}/").status_code == 404
    assert lot.code not in text(client.get("/seller/lots/"))


def test_a_closed_lot_is_not_offered_and_stays_closed() -> None:
    member = make_user()
    listing = make_grown(member)
    lot = make_lot(listing)
    assert signed_in(member).post(f"/seller/lots/{lot.pk}/close/", {"close-rest": "gone"}).status_code == 302
    again = signed_in(member).post(f"/seller/lots/{lot.pk}/close/", {"close-rest": "gone"})
    assert (again.status_code, "已经结束" in again.content.decode()) == (409, True)
    lot.refresh_from_db()
    assert lot.state == "closed"


def test_a_buyer_is_led_to_the_trace_page_where_lots_are_known() -> None:
    member, grown, plain = make_user(), make_grown(), make_listing()
    for listing, shown in ((grown, True), (plain, False)):
        if shown:
            make_lot(listing)
        order = paid_order(listing, key=listing.slug)
        send(order, number=listing.pk)
        Purchase.objects.filter(pk=order.purchase_id).update(user=member)
        html = text(signed_in(member).get(f"/account/orders/{order.order.number}/"))
        assert ('data-testid="trace"' in html) is shown


def test_each_form_keeps_what_was_typed_and_says_what_is_wrong_beside_it() -> None:
    member = make_user()
    lot = make_lot(make_grown(member), pieces=10, packed=False)
    client, here = signed_in(member), f"/seller/lots/{lot.pk}"
    packing = {"pack-kilograms": "25,5x", "pack-boxes": "-1", "pack-grade": "first"}
    answer = client.post(f"{here}/pack/", {**packing, "pack-occurred_at": "2026-11-20T07:40"})
    assert (answer.status_code, 'value="25,5x"' in text(answer), TraceEvent.objects.count()) == (422, True, 1)
    answer = client.post(f"{here}/test/", {"test-item": "农残 4 项"})
    assert (answer.status_code, 'value="农残 4 项"' in text(answer)) == (422, True)
    answer = client.post("/seller/lots/bases/", {"name": "新基地", "latitude": "200"})
    assert (answer.status_code, 'value="新基地"' in text(answer)) == (422, True)
    assert client.get(f"{here}/pack/").headers["Location"] == f"{here}/"


def test_the_console_counts_orders_on_lots_pages_too() -> None:
    member = make_user()
    listing = make_grown(member)
    paid_order(listing)
    for page in ("/seller/", "/seller/lots/"):
        nav = text(signed_in(member).get(page)).split('data-testid="seller-orders"')[1]
        assert '<span class="amount">1</span>' in nav.split("</a>")[0]


def test_it_is_kept_under_what_it_shows_and_each_scan_counts(client, parcel, django_assert_max_num_queries) -> None:
    first = text(client.get(f"/t/{parcel.code}"))
    with django_assert_max_num_queries(9):
        kept = text(client.get(f"/t/{parcel.code}"))
    assert kept == first.replace("第 1 次扫码", "第 2 次扫码")
    lot = ProduceLot.objects.get()
    ProduceLot.objects.filter(pk=lot.pk).update(state="recalled")
    assert 'data-testid="recalled"' in text(client.get(f"/t/{parcel.code}"))
    ProduceLot.objects.filter(pk=lot.pk).update(state=lot.state)
    assert 'data-testid="recalled"' not in text(client.get(f"/t/{parcel.code}"))
    event = TraceEvent.objects.filter(lot=lot).order_by("seq")[1]
    tamper(event, "body", event.body.replace("GRM", "GRN", 1))
    assert 'data-testid="broken"' in text(client.get(f"/t/{parcel.code}"))


def test_of_a_long_chain_a_view_follows_only_what_is_new(client, parcel, monkeypatch) -> None:
    followed = []

    def follow(supplier_id, link):
        followed.append(link.seq)
        return verify_after(supplier_id, link)

    monkeypatch.setattr(trace, "verify_after", follow)
    client.get(f"/t/{parcel.code}")
    client.get(f"/t/{parcel.code}")
    assert followed == [0]
    length = TraceEvent.objects.count()
    lot = make_lot(ProduceLot.objects.get().listing, days_ago=1)
    client.get(f"/t/{parcel.code}")
    assert followed == [0, length]
    later = TraceEvent.objects.filter(lot=lot).latest("seq")
    tamper(later, "body", later.body.replace("GRM", "GRN", 1))
    monkeypatch.setattr(trace, "WHOLE_SECONDS", -1)
    page = text(client.get(f"/t/{parcel.code}"))
    assert followed[:3] == [0, length, 0]
    assert 'data-testid="broken"' in page


def test_the_products_certificate_stands_on_the_page_until_it_is_revoked(client, parcel) -> None:
    certificate = make_certificate(ProduceLot.objects.get().listing, valid_until=timezone.localdate())
    assert f'href="/shop/certificates/{certificate.number}/"' in text(client.get(f"/t/{parcel.code}"))
    for reason in ("抽检不合格", "发证机构撤证"):
        Certificate.objects.filter(pk=certificate.pk).update(
            is_revoked=True, revoked_at=timezone.now(), revoked_reason=reason
        )
        page = text(client.get(f"/t/{parcel.code}"))
        assert 'data-testid="product-certificate"' not in page
        assert 'data-testid="evidence-certified"' not in page
        assert ('data-testid="evidence-revoked"' in page, f"原因：{reason}" in page) == (True, True)
        told = client.get(f"/api/v1/trace/{parcel.code}").json()["lots"][0]
        assert [(row["number"], row["reason"]) for row in told["revoked"]] == [(certificate.number, reason)]
