import io

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from catalog.models import Listing, Specification, Stock
from procurement.errors import ChangedSince, NoBudget, OwnRequest, PricesMoved, WrongStep
from procurement.models import PurchaseRequest, RequestDecision, UnitOrder
from procurement.operations.accepting import accept_goods
from procurement.operations.deciding import decide_request
from procurement.operations.ordering import order_request
from procurement.operations.requests import give_up, put_lines, repeat_last, submit_request, take_back
from shop.accounts.models import Message
from shop.core import ledger, outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.sales.errors import NotForSale, TooMuch
from shop.sales.models import OrderAttribution, OrderFacts, Purchase
from shop.sales.operations.closing import cancel_order, expire_purchases
from shop.sales.operations.payments import capture_payment, start_payment
from tests.factories import AT, make_freight, make_listing, make_supplier, spec_of
from tests.sales.selling import lines_of, ship

from .offices import YEAR, approved, ask, declared, make_office, ordered, submitted

pytestmark = pytest.mark.django_db
BUDGET = 1_000_000


@pytest.fixture
def listing():
    return make_listing(price_fen=10_000, stock=100)


def books_agree():
    call_command("check_ledger", stdout=io.StringIO())
    return True


def quota(office, what, fund="canteen"):
    return ledger.balance(f"quota:{office.unit.pk}:{YEAR}:{fund}:{what}")


def budget_left(office):
    return ledger.balance(f"budget:{office.unit.pk}:{YEAR}")


def test_lines_have_todays_prices_and_freight(listing):
    supplier = make_supplier()
    make_freight(supplier)
    other = make_listing(price_fen=500, supplier=supplier)
    office = make_office()

    request = ask(office, (listing, 3), (other, 2))

    assert [(line.quantity, line.sum_fen) for line in request.lines.all()] == [(3, 30_000), (2, 1_000)]
    assert (request.goods_fen, request.freight_fen, request.total_fen) == (31_000, 600 + 5 * 200, 32_600)


def test_a_quantity_of_nothing_takes_the_line_out_and_each_change_is_a_version(listing):
    office = make_office()
    request = ask(office, (listing, 3))
    specification_id = spec_of(listing).specification_id

    changed = put_lines(request_id=request.pk, pieces={specification_id: 0}, actor=office.buyer, at=AT)

    assert (changed.lines.count(), changed.total_fen, changed.version) == (0, 0, request.version + 1)
    with pytest.raises(InvalidInput):
        submit_request(request_id=request.pk, version=changed.version, actor=office.buyer, at=AT)
    with pytest.raises(InvalidInput):
        put_lines(request_id=request.pk, pieces={specification_id: -1}, actor=office.buyer, at=AT)
    with pytest.raises(NotForSale):
        put_lines(request_id=request.pk, pieces={987654: 1}, actor=office.buyer, at=AT)


def test_only_buyers_ask_and_only_approvers_decide(listing):
    office, stranger = make_office(budget_fen=BUDGET), make_office()
    request = submitted(office, (listing, 1))

    for actor in (office.finance, office.buyer, stranger.approver):
        with pytest.raises(NotAllowed):
            decide_request(request_id=request.pk, version=request.version, approve=True, actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        ask(office.__class__(office.unit, office.approver, office.approver, office.finance), (listing, 1))


def test_nobody_approves_what_they_asked_for(listing):
    office = make_office(budget_fen=BUDGET)
    both = office.buyer
    office.unit.organisation.memberships.create(user=both, role="approver")
    request = submitted(office, (listing, 1))

    with pytest.raises(OwnRequest):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=both, at=AT)
    assert PurchaseRequest.objects.get(pk=request.pk).state == "submitted"


def test_who_changed_it_for_a_colleague_does_not_approve_it_either(listing):
    office = make_office(budget_fen=BUDGET)
    office.unit.organisation.memberships.create(user=office.approver, role="buyer")
    request = ask(office, (listing, 1))
    request = put_lines(
        request_id=request.pk, pieces={spec_of(listing).specification_id: 9}, actor=office.approver, at=AT
    )
    submit_request(request_id=request.pk, version=request.version, actor=office.buyer, at=AT)

    with pytest.raises(OwnRequest):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)


def test_an_approval_of_what_was_changed_since_is_refused(listing):
    office = make_office(budget_fen=BUDGET)
    request = submitted(office, (listing, 1))
    seen = request.version
    take_back(request_id=request.pk, actor=office.buyer, at=AT)
    changed = put_lines(
        request_id=request.pk, pieces={spec_of(listing).specification_id: 50}, actor=office.buyer, at=AT
    )
    submit_request(request_id=request.pk, version=changed.version, actor=office.buyer, at=AT)

    with pytest.raises(ChangedSince):
        decide_request(request_id=request.pk, version=seen, approve=True, actor=office.approver, at=AT)
    assert budget_left(office) == BUDGET


def test_the_second_decision_on_the_same_step_is_told_so(listing):
    office = make_office(budget_fen=BUDGET)
    request = approved(office, (listing, 1))

    with pytest.raises(WrongStep):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)
    assert RequestDecision.objects.filter(request=request).count() == 1


def test_two_approvals_are_two_people(listing):
    office = make_office(budget_fen=BUDGET, approvals=2)
    office.unit.organisation.memberships.create(user=office.approver, role="finance")
    request = submitted(office, (listing, 1))

    request = decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)
    assert (request.state, budget_left(office)) == ("checked", BUDGET)
    with pytest.raises(OwnRequest):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)

    request = decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.finance, at=AT)
    assert (request.state, budget_left(office)) == ("approved", BUDGET - 10_000)


def test_a_decision_is_signed_for_good(listing):
    office = make_office(budget_fen=BUDGET)
    approved(office, (listing, 1))

    with pytest.raises(DatabaseError), transaction.atomic():
        RequestDecision.objects.update(reason="else")


def test_returning_needs_a_reason_which_the_buyer_is_told(listing):
    office = make_office(budget_fen=BUDGET)
    request = submitted(office, (listing, 1))
    with pytest.raises(InvalidInput):
        decide_request(request_id=request.pk, version=request.version, approve=False, actor=office.approver, at=AT)

    decide_request(
        request_id=request.pk, version=request.version, approve=False, reason="太多了", actor=office.approver, at=AT
    )
    outbox.drain(at=AT)

    message = Message.objects.get(user=office.buyer, kind="request_returned")
    assert message.params == {"number": request.number, "total_fen": 10_000, "reason": "太多了"}


def test_the_budget_is_a_wall(listing):
    office = make_office(budget_fen=25_000)
    approved(office, (listing, 2))
    request = submitted(office, (listing, 1))

    with pytest.raises(NoBudget):
        decide_request(request_id=request.pk, version=request.version, approve=True, actor=office.approver, at=AT)
    assert (PurchaseRequest.objects.get(pk=request.pk).state, budget_left(office)) == ("submitted", 5_000)


def test_giving_up_or_taking_back_returns_the_budget(listing):
    office = make_office(budget_fen=BUDGET)
    first, second = approved(office, (listing, 2)), approved(office, (listing, 1))

    give_up(request_id=first.pk, actor=office.buyer, at=AT)
    assert budget_left(office) == BUDGET - 10_000
    take_back(request_id=second.pk, actor=office.buyer, at=AT)
    assert budget_left(office) == BUDGET
    assert books_agree()


def test_an_approved_request_becomes_orders_that_count(listing):
    office = make_office(budget_fen=BUDGET)
    other = make_listing(price_fen=500)
    orders = ordered(office, (listing, 2), (other, 4))

    purchase = Purchase.objects.get()
    assert {order.total_fen for order in orders} == {20_000, 2_000}
    assert (purchase.terms, purchase.user, purchase.term_days) == ("postpaid", office.buyer, 30)
    assert {order.state for order in orders} == {"to_ship"}
    assert dict(OrderAttribution.objects.values_list("kind", "ref")) == {
        "unit": str(office.unit.pk),
        "request": PurchaseRequest.objects.get().number,
    }
    assert (quota(office, "committed"), quota(office, "fulfilled")) == (22_000, 0)
    assert UnitOrder.objects.filter(unit=office.unit, year=YEAR).count() == 2
    assert books_agree()


def test_ordering_twice_is_one_purchase(listing):
    office = make_office(budget_fen=BUDGET)
    request = approved(office, (listing, 2))

    first = order_request(request_id=request.pk, actor=office.buyer, at=AT)
    assert order_request(request_id=request.pk, actor=office.buyer, at=AT).purchase_id == first.purchase_id
    assert Purchase.objects.count() == 1
    # Who may not order may not say that it was ordered by them either.
    with pytest.raises(NotAllowed):
        order_request(request_id=request.pk, actor=office.approver, at=AT)


def test_dearer_than_approved_is_refused_cheaper_gives_back(listing):
    office = make_office(budget_fen=BUDGET)
    request = approved(office, (listing, 2))
    Specification.objects.filter(listing=listing).update(price_fen=12_000)
    with pytest.raises(PricesMoved):
        order_request(request_id=request.pk, actor=office.buyer, at=AT)

    Specification.objects.filter(listing=listing).update(price_fen=9_000)
    order_request(request_id=request.pk, actor=office.buyer, at=AT)
    assert (budget_left(office), quota(office, "committed")) == (BUDGET - 18_000, 18_000)
    assert books_agree()


def test_what_is_withdrawn_or_short_can_be_changed_after_all(listing):
    office = make_office(budget_fen=BUDGET)
    request = approved(office, (listing, 2))
    Listing.objects.filter(pk=listing.pk).update(state="withdrawn")
    with pytest.raises(NotForSale):
        order_request(request_id=request.pk, actor=office.buyer, at=AT)
    assert take_back(request_id=request.pk, actor=office.buyer, at=AT).state == "draft"
    assert Stock.objects.get().reserved == 0


def test_accepted_one_short_counts_less_and_frees_the_budget(listing):
    office = make_office(budget_fen=BUDGET)
    (order,) = ordered(office, (listing, 5))
    ship(order)
    (line,) = lines_of(order)

    with pytest.raises(TooMuch) as refused:
        accept_goods(order_id=order.pk, accepted={line.pk: 6}, actor=office.buyer, at=AT)
    assert refused.value.field == f"accepted-{line.pk}"

    acceptance = accept_goods(order_id=order.pk, accepted={line.pk: 4}, actor=office.buyer, at=AT, note="压坏一箱")

    assert acceptance.short_fen == 10_000
    assert (quota(office, "committed"), quota(office, "fulfilled"), quota(office, "reversed")) == (0, 40_000, 10_000)
    assert budget_left(office) == BUDGET - 40_000
    assert books_agree()


def test_cancelled_and_expired_orders_count_for_nothing(listing):
    office = make_office(budget_fen=BUDGET)
    (order,) = ordered(office, (listing, 2))
    cancel_order(order_id=order.pk, actor=office.buyer, at=AT, through="unit")
    ordered(office, (listing, 3), terms="prepaid")
    late = Purchase.objects.latest("pk").pay_by
    expire_purchases(at=late)

    assert (quota(office, "committed"), quota(office, "reversed")) == (0, 50_000)
    assert budget_left(office) == BUDGET
    assert books_agree()


def test_a_paid_order_cancelled_reverses_once(listing):
    office = make_office(budget_fen=BUDGET)
    (order,) = ordered(office, (listing, 2), terms="prepaid", fund="union")
    payment, _ = start_payment(purchase=order.purchase, gateway_name="demo", through="unit", at=AT)
    capture_payment(payment_id=payment.pk, at=AT)
    cancel_order(order_id=order.pk, actor=office.buyer, at=AT, through="unit")

    assert (quota(office, "committed", "union"), quota(office, "reversed", "union")) == (0, 20_000)
    assert budget_left(office) == BUDGET
    assert books_agree()


def test_the_last_order_can_be_asked_for_again(listing):
    office = make_office(budget_fen=BUDGET)
    gone = make_listing(price_fen=700)
    with pytest.raises(WrongStep):
        repeat_last(unit_id=office.unit.pk, actor=office.buyer, at=AT)
    ordered(office, (listing, 2), (gone, 1))
    Listing.objects.filter(pk=gone.pk).update(state="withdrawn")

    request, missing = repeat_last(unit_id=office.unit.pk, actor=office.buyer, at=AT)

    assert ([(line.listing_id, line.quantity) for line in request.lines.all()], missing) == ([(listing.pk, 2)], 1)


def test_ordering_asks_the_database_little(listing, django_assert_max_num_queries):
    supplier = make_supplier()
    goods = [make_listing(price_fen=100 + n, supplier=supplier) for n in range(30)]
    office = make_office(budget_fen=BUDGET)
    few, many = approved(office, (goods[0], 1)), approved(office, *((each, 1) for each in goods))

    # One of them asks whether anything of it expired (decision 45), one seals what was sold (decision 48).
    with django_assert_max_num_queries(36):
        order_request(request_id=few.pk, actor=office.buyer, at=AT)
    with django_assert_max_num_queries(36 + len(goods)):  # What is sold is counted listing by listing.
        order_request(request_id=many.pk, actor=office.buyer, at=AT)
    assert OrderFacts.objects.count() == 2


def test_declaring_books_the_share_once():
    above = make_office(kind="supervising")
    office = make_office(above.unit)
    declaration = declared(office, 14_000_000, union_fen=600_000, by=above.approver)

    assert (declaration.ratio_bp, declaration.reserved_fen) == (3000, 4_800_000)
    assert (quota(office, "reserved"), quota(office, "reserved", "union")) == (4_200_000, 600_000)
    assert books_agree()
