"""Accepting and paying through the pages: what was short, what is due, what was paid."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from procurement.models import GoodsAcceptance, PurchaseRequest
from shop.core import ledger, outbox
from tests.factories import AT
from tests.sales.selling import lines_of, photo, ship

from .offices import amount, as_, figure, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def test_accepting_with_photos_and_beyond_what_was_sent(office, listing):
    (order,) = ordered(office, (listing, 5))
    ship(order)
    (line,) = lines_of(order)
    path = f"/units/orders/{order.order.number}/accept/"

    much = as_(office.buyer).post(path, {"receiver": "李师傅", f"accepted-{line.pk}": 6})
    assert much.status_code == 422
    assert "field-error" in much.content.decode()
    wrong = as_(office.buyer).post(
        path, {"receiver": "李师傅", f"accepted-{line.pk}": 4, "photos": SimpleUploadedFile("a.jpg", b"no picture")}
    )
    assert wrong.status_code == 422
    assert GoodsAcceptance.objects.count() == 0

    done = as_(office.buyer).post(
        path, {"receiver": "李师傅", f"accepted-{line.pk}": 4, "photos": photo(), "note": "压坏一件"}
    )
    assert done.status_code == 302
    acceptance = GoodsAcceptance.objects.get()
    assert (acceptance.short_fen, acceptance.photos.count()) == (10_000, 1)
    page = as_(office.buyer).get(f"/units/orders/{order.order.number}/")
    assert "压坏一件" in page.content.decode()
    assert figure(page, "counted") == "¥400.00"


def test_a_short_acceptance_says_what_is_due_then_what_was_paid_and_why(office, listing):
    (order,) = ordered(office, (listing, 5))
    ship(order)
    as_(office.buyer).post(
        f"/units/orders/{order.order.number}/accept/", {"receiver": "李师傅", f"accepted-{lines_of(order)[0].pk}": 4}
    )
    number = PurchaseRequest.objects.get().number
    pages = (f"/units/orders/{order.order.number}/", "/units/orders/", "/units/payments/", f"/units/payments/{number}/")

    for path in pages:
        page = as_(office.finance).get(path)
        assert amount(page, "amount-due") == "¥400.00", path
        assert 'data-testid="amount-paid"' not in page.content.decode()
    for path in (pages[0], pages[3]):
        (taken,) = re.findall(r'(?s)data-testid="deduction">(.*?)</div>', as_(office.buyer).get(path).content.decode())
        assert "1 件未收" in taken
        assert "−¥100.00" in taken
    for path in pages[1:3]:
        assert figure(as_(office.buyer).get(path), "deducted") == "合计 ¥500.00，扣减 ¥100.00"
    assert "付款 ¥400.00" in as_(office.finance).get("/units/").content.decode()

    as_(office.finance).post(f"/units/payments/{number}/", {"how": "demo"})
    for path in pages:
        page = as_(office.finance).get(path)
        assert amount(page, "amount-paid") == "¥400.00", path
        assert 'data-testid="amount-due"' not in page.content.decode()


def test_what_was_paid_first_and_given_back_is_said(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "demo"})
    ship(order)
    as_(office.buyer).post(
        f"/units/orders/{order.order.number}/accept/", {"receiver": "李师傅", f"accepted-{lines_of(order)[0].pk}": 3}
    )
    for path in (f"/units/orders/{order.order.number}/", f"/units/payments/{number}/"):
        page = as_(office.finance).get(path)
        assert [amount(page, name) for name in ("amount-paid", "transferred", "going-back")] == [
            "¥300.00", "¥500.00", "¥200.00",
        ]  # fmt: skip
        assert "已退" not in page.content.decode(), path
    outbox.drain(at=AT)
    for path in (f"/units/orders/{order.order.number}/", f"/units/payments/{number}/"):
        page = as_(office.finance).get(path)
        assert amount(page, "given-back") == "¥200.00"
        assert 'data-testid="going-back"' not in page.content.decode(), path


def test_an_order_that_is_not_paid_is_not_finished(office, listing):
    (order,) = ordered(office, (listing, 5))
    path = f"/units/orders/{order.order.number}/"
    steps = re.compile(r'<li class="(\w+)"[^>]*>.*?</svg></span><span>([^<]*)</span>(<time>)?')
    page = as_(office.buyer).get(path).content.decode()
    assert "¥100.00 <span>× 5</span>" in page
    assert [(state, label) for state, label, _time in steps.findall(page)][3:] == [
        ("now", "待发货"), ("todo", "验收"), ("todo", "付款"),
    ]  # fmt: skip
    ship(order)
    as_(office.buyer).post(f"{path}accept/", {"receiver": "李师傅", f"accepted-{lines_of(order)[0].pk}": 5})
    page = as_(office.buyer).get(path)
    assert figure(page, "order-state") == "已验收，待付款"
    assert [(state, label) for state, label, _time in steps.findall(page.content.decode())][3:] == [
        ("done", "已发货"), ("done", "已验收"), ("now", "待付款"),
    ]  # fmt: skip
    shop = as_(office.buyer).get(f"/account/orders/{order.order.number}/").content.decode()
    assert [label for _state, label, _time in steps.findall(shop)] == ["已下单", "已发货", "已收货", "待付款"]


def test_paying_shows_account_and_code_to_finance_only(office, listing):
    (order,) = ordered(office, (listing, 5))
    ship(order)
    as_(office.buyer).post(
        f"/units/orders/{order.order.number}/accept/", {"receiver": "李师傅", f"accepted-{lines_of(order)[0].pk}": 4}
    )
    number = PurchaseRequest.objects.get().number

    assert as_(office.buyer).post(f"/units/payments/{number}/", {"how": "transfer"}).status_code == 403
    page = as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    assert figure(page, "remittance-code").startswith("HK")
    assert "人民币肆佰元整" in page.content.decode()
    assert as_(office.finance).post(f"/units/payments/{number}/", {"how": "demo"}).status_code == 302
    assert ledger.balance("gateway:demo") == -40_000
