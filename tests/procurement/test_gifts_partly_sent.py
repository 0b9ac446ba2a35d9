"""A gift of which a part was sent and the rest is cancelled goes on to its beneficiary, on the books and in words."""

from datetime import timedelta

import pytest

from procurement.models import PledgeReceipt, ReceiptLink
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from shop.accounts.models import Message
from shop.core import outbox
from shop.sales import hooks
from shop.sales.errors import WrongState
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.receipts import receive_overdue
from shop.sales.operations.shipping import Parcel, cancel_rest, cancel_unsent, ship_order
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.sales.selling import lines_of, pay, photo, ship

from .giving import as_, books_agree, gift, listing, need, order_of, stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]
LATER = AT + timedelta(hours=5)


def begun(need, listing, sent=1, donor=None):
    """A gift of 4 pieces, 120.00, of which `sent` were sent."""
    pledge = gift(need, listing, donor=donor)
    pay(pledge.purchase)
    return ship(order_of(pledge), {lines_of(order_of(pledge))[0].pk: sent})


def by_page(order, donor, supplier):
    done = as_(donor).post(f"/account/orders/{order.order.number}/cancel-rest/", {f"pieces-{order.pk}": "3"})
    assert done.status_code == 302


def by_api(order, donor, supplier):
    done = program_of(donor).post(f"/orders/{order.order.number}/cancel-rest", {"quantity": 3}, key="rest")
    assert done.status_code in (200, 204), done.data


def by_supplier(order, donor, supplier):
    assert cancel_rest(order_id=order.pk, actor=None, at=LATER, reason="out_of_stock") == 9_000


@pytest.mark.parametrize("door", [by_page, by_api, by_supplier])
def test_cancelling_the_rest_of_a_gift_moves_it_on_and_asks_for_its_receipt(need, listing, door):
    donor = make_user(name="黄启明")
    order = begun(need, listing, donor=donor)
    assert stages(need) == [0, 12_000, 0, 0, 0]
    assert not ReceiptLink.objects.exists()
    door(order, donor, listing.supplier)
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, order.shipped_at) == ("shipped", 9_000, AT)
    assert stages(need) == [0, 0, 3_000, 0, 9_000]
    assert books_agree()

    outbox.drain(at=LATER)
    message = Message.objects.get(kind="gift_shipped")
    assert message.user.memberships.get().organisation_id == need.beneficiary_id
    holder = as_(message.user)
    page = holder.post(holder.get(message.url).url, {"photo": photo()})
    assert page.status_code == 200
    assert stages(need) == [0, 0, 0, 3_000, 9_000]
    assert (PledgeReceipt.objects.count(), books_agree()) == (1, True)


def test_a_gift_that_was_accepted_before_its_rest_was_cancelled_is_confirmed_all_the_same(need, listing):
    order = begun(need, listing)
    accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
    cancel_unsent(order_id=order.pk, seen=3, actor=None, at=LATER)
    order.refresh_from_db()
    assert (order.state, order.shipped_at, order.completed_at) == ("completed", AT, LATER)
    assert stages(need) == [0, 0, 3_000, 0, 9_000]
    outbox.drain(at=LATER)
    assert Message.objects.filter(kind="gift_shipped").count() == 1
    confirm_by_link(token=make_link(order_id=order.pk, at=LATER), photo=photo(), arrived=Arrived(), at=LATER)
    assert stages(need) == [0, 0, 0, 3_000, 9_000]
    assert books_agree()


def test_a_gift_that_still_waits_to_be_sent_is_not_confirmed(need, listing):
    order = begun(need, listing)
    with pytest.raises(WrongState):
        confirm_by_link(token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=Arrived(), at=AT)
    assert (PledgeReceipt.objects.count(), stages(need)) == (0, [0, 12_000, 0, 0, 0])


def test_receipt_by_time_counts_from_the_last_parcel(need, listing, settings):
    order = begun(need, listing)
    late = AT + timedelta(days=settings.AUTO_RECEIPT_DAYS)
    cancel_unsent(order_id=order.pk, seen=3, actor=None, at=late - timedelta(hours=1))
    assert receive_overdue(at=late - timedelta(seconds=1)) == 0
    assert receive_overdue(at=late) == 1


@pytest.mark.parametrize(
    "steps", ["s4", "s1 s3", "s1 c", "s1 s1 c", "s3 b", "s1 s2 b", "c", "s1 a s3", "s1 a c", "s1 a b"]
)
def test_whatever_way_an_order_is_sent_who_takes_part_is_told_once(need, listing, monkeypatch, steps):
    """s sends so many pieces, a accepts what was sent, c and b are the supplier's and the buyer's cancelling."""
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order, told = order_of(pledge), []
    (line,) = lines_of(order)
    monkeypatch.setattr(
        hooks,
        "participants",
        [*hooks.participants, lambda events: told.extend((e.kind, e.order.state) for e in events)],
    )
    for number, step in enumerate(steps.split()):
        if step[0] == "s":
            parcel = Parcel("sf", f"SF123456789012{number}", {line.pk: int(step[1:])})
            for _again in range(2):
                ship_order(order_id=order.pk, parcel=parcel, actor=None, at=AT)
        elif step == "a":
            accept_order(order_id=order.pk, accepted={}, actor=None, at=AT)
        else:
            cancel = cancel_rest if step == "c" else cancel_unsent
            cancel(order_id=order.pk, actor=None, at=AT)
        assert books_agree()
    sent = [state for kind, state in told if kind == hooks.Event.SHIPPED]
    assert sent == ([] if steps == "c" else ["shipped"])
    assert bool(ReceiptLink.objects.exists() or outbox.drain(at=AT)) is True
    assert ReceiptLink.objects.count() == len(sent)
