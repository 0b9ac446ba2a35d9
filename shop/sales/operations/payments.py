"""Taking money: attempts, captures. Each effect happens once, however often a provider or a buyer repeats it."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import outbox
from shop.core.money import to_yuan
from shop.sales import hooks, rules
from shop.sales.errors import CertificateRevoked, GoodsMissing, NotOffered, WrongState
from shop.sales.gateways import Started, gateway
from shop.sales.models import Payment, Purchase
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.locks import lock_purchase
from shop.sales.operations.settling import WAITING, follow_due, settle, take_money
from shop.sales.queries.backs import orders_would_go_back
from shop.sales.queries.deliveries import schedule_of
from shop.sales.queries.due import due_fen, due_of
from shop.sales.queries.pay_times import pay_time_of
from shop.sales.queries.unpayable import unpayable, unpayable_goods, unpayable_words
from shop.sales.states import PaymentState, PurchaseState, Terms

__all__ = ["due_fen"]

PURCHASE = "purchase"
DEMO_THINKS_SECONDS = 3


def refuse_unpayable(purchase: Purchase, at: datetime) -> None:
    """Refuse to take money for goods of the purchase that can't be sent, or not as what they were sold as.

    Raises GoodsMissing where lots were stopped and its unpaid orders lack sound goods, CertificateRevoked where what
    they were sold under was revoked. Money that is on its way already is booked as always.
    """
    found = unpayable(purchase.pk, at=at)
    if found:
        refusal, due = GoodsMissing if found.short else CertificateRevoked, due_of(purchase)
        money = {"due": due.due_fen, "kept": due.received_fen, "left": due.left_fen}
        raise refusal(
            unpayable_words(found),
            goods=unpayable_goods(found, orders_would_go_back(purchase)),
            **{name: str(to_yuan(fen)) for name, fen in money.items()},
        )


def start_payment(
    *, purchase: Purchase, gateway_name: str, method: str = "", through: str = "", at: datetime
) -> tuple[Payment, Started]:
    """Start (or take up again) an attempt to pay what is left of `purchase`; return it with what the gateway answered.

    `through` is the kind of purchases whose own door this is: what a unit's finance pays, its buyer does not pay at
    the cashier's (DoneElsewhere). Raises WrongState when the purchase is not waiting for money, NotOffered where its
    goods are not kept for as long as a bank transfer takes, GoodsMissing where there are no goods for it now,
    CertificateRevoked where what they were sold under was revoked, KeyError for a gateway that is not offered.
    """
    chosen = gateway(gateway_name)
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if locked.state != PurchaseState.UNPAID or rules.is_too_late_to_pay(locked.terms, locked.pay_by, at):
            raise WrongState(_("This purchase is not waiting for payment."))
        refuse_elsewhere(hooks.Step.PAY, locked, through=through)
        left = due_of(locked).left_fen
        if not left:
            raise WrongState(_("Nothing of this purchase is left to be paid."))
        if not rules.is_by_hand(gateway_name):
            # A provider takes what it is asked for at once: that is what is due now, and never what may fall due.
            left = schedule_of(locked).due_now_fen
            if not left:
                raise WrongState(_("Nothing is due now: the rest falls due once it is accepted."), code="not_due_yet")
        refuse_unpayable(locked, at)
        if gateway_name == "transfer" and locked.terms == Terms.ONLINE:
            _wait_for_transfer(locked)
        # A transfer that was announced before the amount changed follows it; a provider's attempt is for its own amount.
        follow_due(purchase=locked, actor=None, at=at)
        open_ = Payment.objects.filter(
            payable_kind=PURCHASE, payable_id=purchase.pk, gateway=gateway_name, state__in=WAITING
        )
        payment = (open_ if rules.is_by_hand(gateway_name) else open_.filter(amount_fen=left)).first()
        if payment is None:
            payment = Payment.objects.create(
                payable_kind=PURCHASE,
                payable_id=purchase.pk,
                gateway=gateway_name,
                method=method,
                amount_fen=left,
                key=secrets.token_hex(16),
                started_at=at,
            )
    started = chosen.start(payment, return_url=f"/pay/{purchase.number}/")
    if not payment.provider_ref:
        Payment.objects.filter(pk=payment.pk, provider_ref="").update(provider_ref=started.provider_ref)
        payment.provider_ref = started.provider_ref
    return payment, started


def _wait_for_transfer(purchase: Purchase) -> None:
    """A transfer takes days: the purchase waits as long as its terms allow, or as what is bought can be kept."""
    scarce = pay_time_of(purchase)
    if scarce is not None and scarce.transfer_minutes is None:
        raise NotOffered(_("These goods are kept for a short time only: pay online, please."), field="method")
    pay_by = rules.pay_by(Terms.TRANSFER, purchase.placed_at, scarce.transfer_minutes if scarce else None)
    Purchase.objects.filter(pk=purchase.pk).update(terms=Terms.TRANSFER, pay_by=pay_by)
    purchase.terms, purchase.pay_by = Terms.TRANSFER, pay_by


def capture_payment(*, payment_id: int, at: datetime, actor: Any = None) -> bool:
    """Book that the provider has all the money of a payment; return False when that was booked before.

    The purchase becomes paid, its orders wait to be shipped, the suppliers' held accounts grow. Money for a purchase
    that is no longer waiting (expired, cancelled, paid by another attempt) is given back.
    Locks: purchase, orders by id, listings, ledger (`locks.LOCK_ORDER`).
    """
    with transaction.atomic():
        purchase = lock_purchase(Payment.objects.values_list("payable_id", flat=True).get(pk=payment_id))
        payment = Payment.objects.get(pk=payment_id)
        fen = payment.amount_fen - payment.received_fen
        if payment.state == PaymentState.SUCCEEDED or fen <= 0:
            return False
        if not rules.is_by_hand(payment.gateway):
            # The provider took what this attempt asked for; it asks for no more, whatever is due now.
            payment.state = PaymentState.SUCCEEDED
            Payment.objects.filter(pk=payment_id).update(state=PaymentState.SUCCEEDED, finished_at=at)
        take_money(payment=payment, purchase=purchase, fen=fen, actor=actor, at=at)
        return True


def settle_nothing_due(*, purchase_id: int, at: datetime) -> bool:
    """Make a purchase paid that costs nothing (a coupon covers all); return whether this call did."""
    with transaction.atomic():
        purchase = lock_purchase(purchase_id)
        if purchase.state != PurchaseState.UNPAID or purchase.total_fen:
            return False
        settle(purchase=purchase, actor=None, at=at)
        return True


def await_confirmation(*, payment_id: int, at: datetime) -> None:
    """Note that the provider is still thinking: the cashier says so until it answers."""
    Payment.objects.filter(pk=payment_id, state=PaymentState.STARTED).update(state=PaymentState.CHECKING)
    outbox.enqueue(
        task="sales.demo_answers",
        args={"payment_id": payment_id},
        key=f"demo:{payment_id}",
        at=at,
        delay=timedelta(seconds=DEMO_THINKS_SECONDS),
    )


@outbox.register("sales.demo_answers")
def demo_answers(*, payment_id: int, at: datetime) -> None:
    """Play the demo provider's answer: the money is there."""
    capture_payment(payment_id=payment_id, at=at)


def fail_payment(*, payment_id: int, at: datetime) -> None:
    """Note that an attempt failed; the purchase stays as it is and can be paid by another."""
    Payment.objects.filter(pk=payment_id, state__in=WAITING).update(state=PaymentState.FAILED, finished_at=at)
