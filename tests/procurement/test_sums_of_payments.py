"""The box of a payment's page adds up to what stands above it, whatever was accepted, deducted and paid so far."""

import re
from typing import Any

import pytest

from procurement.models import PurchaseRequest
from procurement.operations.accepting import accept_goods
from shop.sales.models import Payment
from shop.sales.operations.transfers import match_transfer
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import amount, as_, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def book(fen: int, then: str = "") -> None:
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=fen, payer="学校", why="代付", then=then, actor=None, at=AT
    )


def box_of(page: Any) -> tuple[list[int], int]:
    """Return the rows of the page's last sums in 分 (what is taken off below zero), and what they come to."""
    text = re.findall(r'<dl class="sums">(.*?)</dl>', page.content.decode(), re.DOTALL)[-1]
    rows = re.findall(r"<dd.*?</dd>", text, re.DOTALL)
    said = [re.sub(r"<[^>]+>|[\s,¥.]", "", row).replace("−", "-") for row in rows]
    *parts, last = [int(each) for each in said]
    return parts, last


def adds_up(office: Any) -> tuple[list[int], int]:
    page = as_(office.finance).get(f"/units/payments/{PurchaseRequest.objects.get().number}/")
    parts, last = box_of(page)
    assert sum(parts) == last, (parts, last)
    assert amount(page, "amount-due") == f"¥{last / 100:,.2f}"
    return parts, last


def test_the_box_of_a_payment_adds_up_to_what_is_due_at_every_state(office: Any, listing: Any) -> None:
    (order,) = ordered(office, (listing, 10))
    (line,) = lines_of(order)
    assert adds_up(office) == ([100_000, -100_000], 0)
    ship(order, {line.pk: 4})
    accept_goods(order_id=order.pk, accepted={line.pk: 3}, note="坏一件", actor=office.buyer, at=AT)
    assert adds_up(office) == ([100_000, -10_000, -60_000], 30_000)
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "transfer"})
    book(10_000, "ask")
    assert adds_up(office) == ([100_000, -10_000, -10_000, -60_000], 20_000)
    ship(order, {line.pk: 6}, number="SF1234567890124")
    accept_goods(order_id=order.pk, accepted={line.pk: 6}, actor=office.buyer, at=AT)
    assert adds_up(office) == ([100_000, -10_000, -10_000], 80_000)
    request = as_(office.finance).get(f"/units/requests/{PurchaseRequest.objects.get().number}/")
    assert (amount(request, "came"), amount(request, "amount-due")) == ("¥100.00", "¥800.00")


def test_the_box_of_a_payment_made_first_adds_up_while_a_part_came(office: Any, listing: Any) -> None:
    ordered(office, (listing, 10), terms="prepaid")
    as_(office.finance).post(f"/units/payments/{PurchaseRequest.objects.get().number}/", {"how": "transfer"})
    assert adds_up(office) == ([100_000], 100_000)
    book(25_000, "ask")
    assert adds_up(office) == ([100_000, -25_000], 75_000)
