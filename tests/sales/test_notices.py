import pytest

from catalog.operations import reminders
from shop.accounts.messages import render
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.models import OutboxEntry
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.nudges import nudge
from shop.sales.operations.reviews import moderate_review, submit_review
from shop.sales.operations.shipping import cancel_rest
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, receive, ship

pytestmark = pytest.mark.django_db


def told(user):
    outbox.drain(at=AT)
    failed = OutboxEntry.objects.filter(task__startswith="sales.", attempts__gt=0).values_list("last_error", flat=True)
    assert list(failed) == []
    rows = list(Message.objects.filter(user=user).order_by("pk"))
    assert all(render(row.kind, row.params).title for row in rows)
    return [(row.kind, row.url) for row in rows]


def test_each_side_is_told_what_happened_once():
    buyer, member = make_user(), make_user()
    pomelo = make_listing(stock=50, supplier=make_supplier(member=member))
    order = paid((pomelo, 2), user=buyer)
    number = order.order.number
    nudge(order_id=order.pk, actor=buyer, at=AT)
    receive(ship(order))
    case = open_after_sale(
        line_id=lines_of(order)[0].pk, kind="refund_only", quantity=1, amount_fen=500, reason="小", actor=buyer, at=AT
    )
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=500, actor=member, at=AT)
    review = submit_review(line_id=lines_of(order)[0].pk, stars=5, text="甜", actor=buyer, at=AT)
    moderate_review(review_id=review.pk, approve=True, actor=member, at=AT)
    mine = f"/account/orders/{number}/"
    assert told(buyer) == [
        ("purchase_paid", "/account/orders/"),
        ("order_shipped", mine),
        ("case_approved", mine),
        ("review_approved", f"/shop/p/{pomelo.slug}/"),
    ]
    theirs = f"/seller/orders/{number}/"
    assert told(member) == [
        ("order_to_ship", theirs),
        ("order_nudged", theirs),
        ("order_received", "/seller/settlement/"),
        ("case_opened", f"/seller/after-sales/{case.pk}/"),
    ]


def test_short_and_cancelled_orders_are_told():
    buyer, member = make_user(), make_user()
    supplier = make_supplier(member=member)
    first = paid(
        (make_listing(stock=5, supplier=supplier), 1), (make_listing(stock=5, supplier=supplier), 1), user=buyer
    )
    cancel_rest(order_id=first.pk, line_ids={lines_of(first)[0].pk}, actor=member, at=AT)
    second = paid((make_listing(stock=5, supplier=supplier), 1), user=buyer, key="k2")
    cancel_order(order_id=second.pk, actor=buyer, at=AT)
    assert [kind for kind, _url in told(buyer)] == ["purchase_paid", "order_short", "purchase_paid", "order_cancelled"]
    assert "order_cancelled_supplier" in [kind for kind, _url in told(member)]


def test_whoever_waits_is_told_once_when_stock_comes_back():
    waiting, pomelo = make_user(), make_listing(stock=1)
    order = paid((pomelo, 1))
    assert reminders.ask(user=waiting, listing=pomelo, kind="restock", at=AT) is True
    assert told(waiting) == []
    cancel_order(order_id=order.pk, actor=None, at=AT)
    assert told(waiting) == [("restock", f"/shop/p/{pomelo.slug}/")]
    assert told(waiting) == [("restock", f"/shop/p/{pomelo.slug}/")]
