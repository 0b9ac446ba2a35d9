"""What may be claimed on: what was sent of an order, until the platform decided, and true words in each state."""

import base64
from datetime import timedelta

import pytest
from django.test import Client

from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.sales.errors import TooMuch, WrongState
from shop.sales.models import LineFacts
from shop.sales.operations.aftersales import accept_offer, decide_after_sale, open_after_sale, withdraw_after_sale
from shop.sales.operations.arbitration import ask_platform, judge
from shop.sales.operations.closing import cancel_order
from shop.sales.operations.shipping import cancel_rest
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, paid, photo, receive, ship
from tests.sales.test_money_trails import that_day

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
HOUR = timedelta(hours=1)
__all__ = ["that_day"]


@pytest.fixture
def reviewer():
    user = make_user(name="何审")
    give_role(user=user, role=PLATFORM_REVIEWER, actor=None, at=AT)
    return user


def claim(order, **changes):
    facts = {
        "line_id": lines_of(order)[0].pk,
        "kind": "damaged",
        "quantity": 1,
        "amount_fen": 100,
        "reason": "压坏了",
        "uploads": [photo()],
        "actor": None,
        "at": AT,
    }
    return open_after_sale(**(facts | changes))


def decided(order, reviewer, *, verdict="dismiss", amount_fen=0, **changes):
    case = claim(order, **changes)
    decide_after_sale(case_id=case.pk, approve=False, answer="运前完好", actor=None, at=AT)
    ask_platform(case_id=case.pk, words="照片里看得见", actor=None, at=AT + HOUR)
    judge(case_id=case.pk, verdict=verdict, reason="看过照片", actor=reviewer, at=AT + HOUR, amount_fen=amount_fen)
    return case


def refused(order, **changes):
    with pytest.raises(WrongState) as error:
        claim(order, **changes)
    return error.value.code


@pytest.mark.parametrize(("verdict", "amount_fen"), [("dismiss", 0), ("refund", 60)])
def test_what_the_platform_decided_is_not_claimed_again_for_any_reason(reviewer, verdict, amount_fen):
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280), 3))))
    decided(order, reviewer, quantity=2, verdict=verdict, amount_fen=amount_fen)
    with pytest.raises(TooMuch) as too_many:
        claim(order, quantity=2)
    assert (too_many.value.field, too_many.value.details["left"]) == ("quantity", 1)
    with pytest.raises(TooMuch) as too_many:
        claim(order, kind="refund_only", quantity=2, uploads=[])
    assert too_many.value.details["left"] == 1
    # The third piece was not decided on.
    decided(order, reviewer, quantity=1, kind="refund_only", uploads=[])
    assert refused(order) == "decided_already"
    assert refused(order, kind="refund_only", uploads=[]) == "decided_already"


@pytest.mark.parametrize(("first", "second"), [("refund_only", "damaged"), ("damaged", "refund_only")])
def test_a_ruling_is_not_passed_by_another_kind_of_claim_by_page_or_api(reviewer, first, second):
    buyer = make_user()
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280), 1), user=buyer)))
    decided(order, reviewer, kind=first)
    (line,) = lines_of(order)
    client = Client()
    client.force_login(buyer)
    path = f"/account/orders/{order.order.number}/after-sale/{line.pk}/"
    assert 'data-why="decided_already"' in client.get(path).content.decode()
    client.post(path, {"kind": second, "quantity": "1", "amount": "32.80", "reason": "坏了", "photos": photo()})
    body = {"kind": second, "quantity": 1, "amount": "32.80", "reason": "坏了"}
    if second == "damaged":
        body["photos"] = [base64.b64encode(photo().read()).decode()]
    program = program_of(buyer, "orders:read", "orders:write")
    answer = program.send("POST", f"/orders/{order.order.number}/lines/{line.pk}/after-sale", body, key="a")
    assert (answer.status_code, answer.data["code"]) == (409, "decided_already")
    assert line.after_sales.count() == 1


def test_pieces_paid_for_in_full_by_agreement_are_not_asked_for_again():
    buyer = make_user()
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280), 3), user=buyer)))
    case = claim(order, quantity=2, amount_fen=6560)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=6560, actor=None, at=AT)
    with pytest.raises(TooMuch) as too_many:
        claim(order, kind="refund_only", quantity=2, amount_fen=100, uploads=[])
    assert too_many.value.details["left"] == 1
    client = Client()
    client.force_login(buyer)
    path = f"/account/orders/{order.order.number}/"
    form = client.get(f"{path}after-sale/{lines_of(order)[0].pk}/").content.decode()
    assert ("可申请 1 件" in form, "可申请 3 件" in form) == (True, False)
    assert 'data-testid="case-pieces">2 件' in client.get(path).content.decode()


def test_the_supplier_reads_what_was_decided_on_the_line_before(reviewer):
    seller = make_user("seller@example.com")
    supplier = make_supplier(member=seller)
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280, supplier=supplier), 2))))
    first = decided(order, reviewer, kind="refund_only", uploads=[])
    second = claim(order)
    client = Client()
    client.force_login(seller)
    page = client.get(f"/seller/after-sales/{second.pk}/").content.decode()
    assert f'data-testid="earlier-{first.pk}"' in page
    assert "看过照片" in page
    assert 'data-testid="earlier-' not in client.get(f"/seller/after-sales/{first.pk}/").content.decode()


def test_pieces_that_came_back_by_a_decision_are_counted_once(reviewer):
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280, is_fresh=False), 3))))
    case = decided(order, reviewer, kind="return", verdict="return", amount_fen=100)
    case.refresh_from_db()
    assert (case.state, refused(order, kind="return")) == ("to_return", "case_open")
    LineFacts.objects.update(returned=1)
    type(case).objects.filter(pk=case.pk).update(state="approved")
    assert claim(order, kind="return", quantity=2).quantity == 2


def test_what_was_sent_of_an_order_can_be_claimed_on_before_the_rest_is_sent():
    buyer = make_user()
    supplier = make_supplier()
    goods = make_listing(stock=50, price_fen=3280, supplier=supplier)
    order = paid((goods, 5), (make_listing(stock=9, supplier=supplier), 1), user=buyer)
    first, second = sorted(lines_of(order), key=lambda line: -line.ordered)
    ship(order, {first.pk: 2})
    client = Client()
    client.force_login(buyer)
    path = f"/account/orders/{order.order.number}/"
    page = client.get(path).content.decode()
    assert f"{path}after-sale/{first.pk}/" in page
    assert f"{path}after-sale/{second.pk}/" not in page

    form = client.get(f"{path}after-sale/{first.pk}/").content.decode()
    assert ("可申请 2 件" in form, "还有 3 件未发出" in form) == (True, True)
    none = client.get(f"{path}after-sale/{second.pk}/").content.decode()
    assert 'data-why="not_sent"' in none
    assert ("发出后才能申请退款" in none, "时间已过" in none) == (True, False)

    with pytest.raises(TooMuch) as too_many:
        claim(order, line_id=first.pk, quantity=3)
    assert str(too_many.value.message) == "5 件中目前发出了 2 件，还没发出的不能申请售后。"
    assert refused(order, line_id=second.pk) == "not_sent"
    sent = {"kind": "damaged", "quantity": "2", "amount": "65.60", "reason": "坏了", "photos": photo()}
    assert client.post(f"{path}after-sale/{first.pk}/", sent).status_code == 302

    # Granted, then the rest is cancelled: every 分 of it comes back once.
    (case,) = first.after_sales.all()
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=6560, actor=None, at=AT)
    cancel_rest(order_id=order.pk, actor=None, at=AT, line_ids=[first.pk])
    first.refresh_from_db()
    assert (first.refunded_fen, first.cancelled) == (5 * 3280, 3)


def test_the_api_claims_on_what_was_sent_and_says_why_not():
    buyer = make_user()
    order = paid((make_listing(stock=50, price_fen=3280), 5), user=buyer)
    (line,) = lines_of(order)
    program = program_of(buyer, "orders:read", "orders:write")
    path = f"/orders/{order.order.number}/lines/{line.pk}/after-sale"
    body = {"kind": "refund_only", "quantity": 1, "amount": "32.80", "reason": "少了"}
    answer = program.send("POST", path, body, key="a")
    assert (answer.status_code, answer.data["code"]) == (409, "not_sent")
    ship(order, {line.pk: 2})
    answer = program.send("POST", path, body | {"quantity": 3, "amount": "98.40"}, key="b")
    assert (answer.status_code, answer.data["code"]) == (422, "too_much")
    assert program.send("POST", path, body, key="c").status_code == 201


def test_why_nothing_can_be_claimed_on_is_said_truly_in_each_state():
    goods = make_listing(stock=90, price_fen=3280)
    unpaid = buy((goods, 1), key="u").orders.get()
    assert refused(unpaid) == "not_paid"
    gone = paid((goods, 1), key="g")
    cancel_order(order_id=gone.pk, actor=None, at=AT)
    assert refused(gone) == "cancelled"
    short = paid((goods, 1), (make_listing(stock=9, supplier=goods.supplier), 1), key="s")
    line, other = lines_of(short)
    ship(short, {other.pk: 1}, number="SF1234567890777")
    cancel_rest(order_id=short.pk, actor=None, at=AT, line_ids=[line.pk])
    assert refused(short, line_id=line.pk) == "cancelled"
    done = receive(ship(paid((goods, 1), key="d"), number="SF1234567890888"))
    assert refused(done, at=AT + timedelta(days=8)) == "too_late"
    case = claim(done, amount_fen=3280)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=3280, actor=None, at=AT)
    assert refused(done) == "nothing_left"


def test_a_piece_for_which_a_part_was_agreed_is_not_claimed_on_again_on_any_door():
    buyer = make_user()
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280), 3), user=buyer)))
    for fen in (100, 3280, 50):
        case = claim(order, quantity=1, amount_fen=3280)
        decide_after_sale(case_id=case.pk, approve=True, amount_fen=fen, actor=None, at=AT)
        if fen < 3280:
            accept_offer(case_id=case.pk, actor=buyer, at=AT)
    assert refused(order) == "nothing_left"
    assert refused(order, kind="refund_only", uploads=[]) == "nothing_left"
    (line,) = lines_of(order)
    assert (line.refunded_fen, line.after_sales.count()) == (3430, 3)
    client = Client()
    client.force_login(buyer)
    path = f"/account/orders/{order.order.number}/"
    form = client.get(f"{path}after-sale/{line.pk}/").content.decode()
    assert ('data-why="nothing_left"' in form, "这些商品已按约定退款，不能再次申请" in form) == (True, True)
    assert f"after-sale/{line.pk}/" not in client.get(path).content.decode()
    program = program_of(buyer, "orders:read", "orders:write")
    body = {"kind": "refund_only", "quantity": 1, "amount": "1.00", "reason": "坏了"}
    answer = program.send("POST", f"/orders/{order.order.number}/lines/{line.pk}/after-sale", body, key="a")
    assert (answer.status_code, answer.data["code"]) == (409, "nothing_left")


def test_a_claim_that_was_withdrawn_leaves_its_pieces():
    order = receive(ship(paid((make_listing(stock=50, price_fen=3280), 2))))
    case = claim(order, quantity=2, amount_fen=100)
    withdraw_after_sale(case_id=case.pk, actor=None, at=AT)
    case = claim(order, quantity=1, amount_fen=100)
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=100, actor=None, at=AT)
    with pytest.raises(TooMuch) as too_many:
        claim(order, quantity=2)
    assert too_many.value.details["left"] == 1
