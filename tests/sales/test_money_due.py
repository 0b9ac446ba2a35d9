"""What is due and what comes: short, over, in parts, for closed purchases; each is booked as what it is."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shop.core import ledger
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.errors import WrongState
from shop.sales.models import OrderFacts, Payment, Purchase, Refund, Remittance
from shop.sales.operations.acceptance import accept_order
from shop.sales.operations.closing import cancel_order, cancel_purchase, expire_purchases
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.payouts import give_account, pay_out
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.due import due_of
from shop.sales.queries.outcomes import outcome_of
from shop.sales.states import OrderState, PurchaseState, Terms
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import buy, lines_of, pay, ship
from tests.sales.test_terms import agree, only_order

pytestmark = pytest.mark.django_db


def wrong() -> list[Any]:
    """Return what check_ledger finds."""
    return [found for _name, found in run_all() if found]


def announce(purchase: Purchase) -> Payment:
    return start_payment(purchase=purchase, gateway_name="transfer", at=AT)[0]


def book(payment: Payment, fen: int, then: str = "", **facts: Any) -> Payment:
    facts = {"payer": "机关食堂", "why": "合同约定", "actor": None, "at": AT} | facts
    return match_transfer(payment_id=payment.pk, received_fen=fen, then=then, **facts)


def sent(pieces: int = 6, price_fen: int = 168_00) -> tuple[Purchase, OrderFacts]:
    """Goods first: sent, not received yet."""
    purchase = agree((make_listing(stock=50, price_fen=price_fen), pieces))
    return purchase, ship(only_order(purchase))


def to_pay() -> int:
    return ledger.balance("refunds:to_pay")


def test_an_open_transfer_follows_what_is_accepted_short() -> None:
    purchase, order = sent()
    payment = announce(purchase)
    assert payment.amount_fen == 1008_00
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 5}, actor=None, at=AT)
    payment.refresh_from_db()
    assert (payment.amount_fen, due_of(purchase).left_fen) == (840_00, 840_00)
    with pytest.raises(InvalidInput) as refused:
        book(payment, 1008_00)
    assert (refused.value.field, refused.value.details["over_fen"]) == ("received", 168_00)
    book(payment, 1008_00, "give_back")
    purchase.refresh_from_db()
    refund = Refund.objects.get()
    assert (purchase.state, refund.amount_fen, refund.order, refund.state) == ("paid", 168_00, None, "requested")
    assert (to_pay(), ledger.balance("gateway:transfer")) == (168_00, -1008_00)
    assert wrong() == []


def test_money_that_came_before_is_enough_once_less_is_accepted() -> None:
    purchase, order = sent()
    payment = announce(purchase)
    # Nothing is due before acceptance: the operator says that it stays.
    book(payment, 900_00, "keep")
    assert due_of(purchase).left_fen == 108_00
    assert wrong() == []
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 5}, actor=None, at=AT)
    purchase.refresh_from_db()
    assert (purchase.state, to_pay()) == (PurchaseState.PAID, 60_00)
    assert wrong() == []


def test_a_purchase_paid_in_parts_is_paid_when_the_sum_is_reached() -> None:
    purchase = agree((make_listing(stock=50, price_fen=1000), 10), terms=Terms.PREPAID)
    payment = announce(purchase)
    book(payment, 40_00, "ask", reference="L1")
    with pytest.raises(WrongState):
        book(payment, 40_00, "ask", reference="L1")
    payment.refresh_from_db()
    assert (payment.state, payment.received_fen, payment.amount_fen) == ("started", 40_00, 100_00)
    assert only_order(purchase).state == OrderState.UNPAID
    assert ledger.balance(f"purchase:{purchase.number}:received") == 40_00
    # The rest may come another way.
    pay(purchase)
    assert (purchase.state, only_order(purchase).state) == ("paid", "to_ship")
    assert sorted(Remittance.objects.values_list("amount_fen", flat=True)) == [40_00, 60_00]
    assert ledger.balance(f"purchase:{purchase.number}:received") == 0
    assert wrong() == []
    # What is given back leaves by the payments that brought it, none of more than it brought.
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    assert dict(Refund.objects.values_list("payment__gateway", "amount_fen")) == {"demo": 60_00, "transfer": 40_00}
    assert wrong() == []


def test_too_little_can_be_given_back_and_the_purchase_waits_on() -> None:
    purchase = agree((make_listing(stock=50, price_fen=1000), 10), terms=Terms.PREPAID)
    payment = announce(purchase)
    book(payment, 40_00, "give_back")
    assert (due_of(purchase).left_fen, to_pay()) == (100_00, 40_00)
    assert wrong() == []
    book(payment, 100_00)
    purchase.refresh_from_db()
    assert purchase.state == "paid"
    assert wrong() == []


def test_what_is_too_much_is_offset_against_another_transfer_of_the_buyer() -> None:
    user, rice = make_user(), make_listing(stock=50, price_fen=1000)
    first, second = (announce(buy((rice, 3), user=user, key=key)) for key in ("a", "b"))
    stranger = announce(buy((rice, 3), user=make_user(), key="c"))
    with pytest.raises(InvalidInput) as refused:
        book(first, 50_00, "offset", offset_id=stranger.pk)
    assert refused.value.field == "then"
    book(first, 50_00, "offset", offset_id=second.pk)
    states = dict(Purchase.objects.values_list("key", "state"))
    assert (states, due_of(Purchase.objects.get(key="b")).left_fen) == (
        {"a": "paid", "b": "unpaid", "c": "unpaid"},
        1000,
    )
    assert Refund.objects.count() == 0
    assert wrong() == []


@pytest.mark.parametrize("unknown", [999_999, -1, 0, 10**30])
@pytest.mark.parametrize("fen", [30_00, 50_00])
def test_an_offset_against_a_payment_that_is_not_there_is_refused(unknown: int, fen: int) -> None:
    payment = announce(buy((make_listing(stock=50, price_fen=1000), 3)))
    with pytest.raises(InvalidInput) as refused:
        book(payment, fen, "offset", offset_id=unknown)
    assert (refused.value.field, refused.value.code, Remittance.objects.count()) == ("then", "offset_unknown", 0)


def test_money_for_a_closed_purchase_is_not_offset_against_a_strangers_transfer() -> None:
    rice = make_listing(stock=50, price_fen=1000)
    closed, other = (announce(buy((rice, 3), user=make_user(), key=key)) for key in ("a", "b"))
    cancel_purchase(purchase=Purchase.objects.get(key="a"), actor=None, at=AT)
    book(closed, 30_00, "offset", offset_id=other.pk)
    assert (Purchase.objects.get(key="b").state, Refund.objects.get().payment_id) == ("unpaid", closed.pk)
    assert wrong() == []


def test_somebody_who_booked_meanwhile_is_noticed() -> None:
    payment = announce(agree((make_listing(stock=50, price_fen=1000), 10), terms=Terms.PREPAID))
    book(payment, 40_00, "ask", seen_fen=0)
    with pytest.raises(WrongState):
        book(payment, 40_00, "ask", seen_fen=0)
    assert Remittance.objects.count() == 1


def test_all_rejected_owes_nothing_and_is_not_to_be_paid() -> None:
    purchase, order = sent()
    payment = announce(purchase)
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, actor=None, at=AT)
    purchase.refresh_from_db()
    assert (purchase.state, due_of(purchase).due_fen) == ("paid", 0)
    with pytest.raises(WrongState):
        announce(purchase)
    assert wrong() == []
    # The finance sent the money all the same: it is booked, and goes back.
    book(payment, 1008_00)
    assert outcome_of(payment).goes_back_fen == to_pay() == 1008_00
    assert wrong() == []


def test_all_rejected_after_a_part_was_paid_gives_that_part_back() -> None:
    purchase, order = sent()
    book(announce(purchase), 500_00, "keep")
    accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: 0}, actor=None, at=AT)
    assert to_pay() == 500_00
    assert wrong() == []


@pytest.mark.parametrize("how", ["expired", "cancelled"])
def test_money_for_a_closed_purchase_is_money_to_give_back(how: str) -> None:
    purchase = buy((make_listing(stock=50, price_fen=1000), 3))
    payment = announce(purchase)
    purchase.refresh_from_db()
    if how == "expired":
        assert expire_purchases(at=purchase.pay_by) == 1
    else:
        cancel_purchase(purchase=purchase, actor=None, at=AT)
    payment = book(payment, 30_00)
    purchase.refresh_from_db()
    assert (purchase.state, payment.state, payment.received_fen) == (how, "succeeded", 30_00)
    assert list(Refund.objects.values_list("amount_fen", "reason", "state")) == [(30_00, "not_waiting", "requested")]
    assert "关闭" in outcome_of(payment).words()
    assert wrong() == []


def test_a_partly_paid_purchase_that_expires_gives_its_part_back() -> None:
    purchase = buy((make_listing(stock=50, price_fen=1000), 3))
    book(announce(purchase), 10_00, "ask")
    purchase.refresh_from_db()
    assert expire_purchases(at=purchase.pay_by) == 1
    assert (to_pay(), Refund.objects.get().reason) == (10_00, "expired")
    assert wrong() == []


def test_cancelling_one_unpaid_order_leaves_the_others_and_lowers_what_is_due() -> None:
    rice, oil = (
        make_listing(stock=9, price_fen=1000),
        make_listing(stock=9, price_fen=500, supplier=make_supplier("油坊")),
    )
    purchase = buy((rice, 2), (oil, 1))
    transfer, (online, _started) = announce(purchase), start_payment(purchase=purchase, gateway_name="demo", at=AT)
    first, second = OrderFacts.objects.filter(purchase=purchase).order_by("pk")
    cancel_order(order_id=second.pk, actor=None, at=AT)
    for each in (purchase, first, second, transfer, online):
        each.refresh_from_db()
    assert (purchase.state, first.state, second.state) == ("unpaid", "unpaid", "cancelled")
    assert due_of(purchase).left_fen == first.total_fen == 2000
    # The transfer follows; what the provider was told can't, and may still be paid.
    assert (transfer.amount_fen, transfer.state) == (2000, "started")
    assert (online.amount_fen, online.state) == (2500, "started")
    assert wrong() == []
    # It was paid all the same, in another tab: enough is enough, the rest goes back.
    assert capture_payment(payment_id=online.pk, at=AT) is True
    purchase.refresh_from_db()
    first.refresh_from_db()
    assert (purchase.state, first.state, Refund.objects.get().amount_fen) == ("paid", "to_ship", 500)
    assert wrong() == []


def test_the_last_unpaid_order_closes_its_purchase() -> None:
    purchase = buy((make_listing(stock=9, price_fen=1000), 2))
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    purchase.refresh_from_db()
    assert purchase.state == "cancelled"
    assert wrong() == []


def test_a_refund_of_a_transfer_waits_for_finance_and_is_paid_out_once() -> None:
    purchase = buy((make_listing(stock=9, price_fen=1000), 2))
    book(announce(purchase), 20_00)
    cancel_order(order_id=only_order(purchase).pk, actor=None, at=AT)
    refund = Refund.objects.get()
    assert (refund.state, to_pay(), ledger.balance("gateway:transfer")) == ("requested", 2000, -2000)
    with pytest.raises(WrongState):
        pay_out(refund_id=refund.pk, reference="F1", actor=None, at=AT)
    with pytest.raises(InvalidInput) as refused:
        give_account(purchase=purchase, holder="机关食堂", bank="工行天河支行", number="12 34", actor=None, at=AT)
    assert refused.value.field == "number"
    give_account(
        purchase=purchase, holder="机关食堂", bank="工行天河支行", number="6222 0836-0200 1234", actor=None, at=AT
    )
    with pytest.raises(InvalidInput):
        pay_out(refund_id=refund.pk, reference=" ", actor=None, at=AT)
    assert pay_out(refund_id=refund.pk, reference="F1", actor=None, at=AT).state == "succeeded"
    assert pay_out(refund_id=refund.pk, reference="F1", actor=None, at=AT).pk == refund.pk
    with pytest.raises(WrongState):
        pay_out(refund_id=refund.pk, reference="F2", actor=None, at=AT)
    assert (to_pay(), ledger.balance("gateway:transfer")) == (0, 0)
    assert wrong() == []


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["announce", "book", "refuse", "demo", "cancel", "ship", "accept", "pay_out"]),
        st.integers(0, 3),
        st.integers(1, 4000),
    ),
    max_size=14,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(terms=st.sampled_from([Terms.ONLINE, Terms.PREPAID, Terms.POSTPAID]), steps=STEPS)
def test_whatever_comes_and_goes_the_ledger_holds(db: None, terms: str, steps: list[tuple[str, int, int]]) -> None:
    world = World(terms)
    for name, which, fen in steps:
        try:
            getattr(world, name)(which, fen)
        except (InvalidInput, WrongState):
            continue
        assert wrong() == [], (name, which, fen)


class World:
    """A purchase of two suppliers, and what may happen to it in any order."""

    made = 0

    def __init__(self, terms: str) -> None:
        World.made += 1
        goods = [(make_listing(stock=50, price_fen=700 + 300 * n), n + 1) for n in range(2)]
        self.purchase = agree(*goods, terms=terms, key=f"world-{World.made}")

    def _order(self, which: int) -> OrderFacts:
        return OrderFacts.objects.filter(purchase=self.purchase).order_by("pk")[which % 2]

    def _transfer(self) -> Payment:
        return Payment.objects.filter(payable_id=self.purchase.pk, gateway="transfer").first() or announce(
            self.purchase
        )

    def announce(self, which: int, fen: int) -> None:
        announce(self.purchase)

    def book(self, which: int, fen: int) -> None:
        left = due_of(self.purchase).left_fen
        fen = left if not which else fen
        book(self._transfer(), fen or 1, "give_back" if fen > left else "ask")

    def refuse(self, which: int, fen: int) -> None:
        book(self._transfer(), fen, "give_back")

    def demo(self, which: int, fen: int) -> None:
        payment, _started = start_payment(purchase=self.purchase, gateway_name="demo", at=AT)
        if which:
            capture_payment(payment_id=payment.pk, at=AT)

    def cancel(self, which: int, fen: int) -> None:
        cancel_order(order_id=self._order(which).pk, actor=None, at=AT)

    def ship(self, which: int, fen: int) -> None:
        order = self._order(which)
        ship(order, number=f"SF1{order.pk:012d}")

    def accept(self, which: int, fen: int) -> None:
        order = self._order(which)
        accept_order(order_id=order.pk, accepted={lines_of(order)[0].pk: fen % 2}, actor=None, at=AT)

    def pay_out(self, which: int, fen: int) -> None:
        refund = Refund.objects.filter(payment__gateway="transfer", state="requested").first()
        if refund is None:
            raise WrongState("nothing to pay out")
        give_account(purchase=self.purchase, holder="机关食堂", bank="工行", number="62220836", actor=None, at=AT)
        pay_out(refund_id=refund.pk, reference=f"F{refund.pk}", actor=None, at=AT)
