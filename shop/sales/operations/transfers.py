"""对公转账: an operator finds the money of a bank transfer on the statement and books it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.core import audit
from shop.core.errors import InvalidInput
from shop.sales.errors import WrongState
from shop.sales.models import Payment
from shop.sales.operations.locks import lock_purchase
from shop.sales.operations.payments import capture_payment
from shop.sales.queries.transfers import expected_payers
from shop.sales.rules import same_name
from shop.sales.states import PaymentState

WAITING = (PaymentState.STARTED, PaymentState.CHECKING)


def match_transfer(
    *, payment_id: int, received_fen: int, payer: str, why: str = "", actor: Any, at: datetime
) -> Payment:
    """Book that `received_fen` came from `payer` for a bank transfer; return the payment.

    Raises InvalidInput on `received` when the amount is another, on `payer` without a name, on `why` when the payer is
    not who was expected and no reason is given to take it all the same; WrongState when it was booked before.
    """
    payer, why = payer.strip(), why.strip()
    with transaction.atomic():
        payment = Payment.objects.get(pk=payment_id, gateway="transfer")
        lock_purchase(payment.payable_id)
        payment.refresh_from_db()
        if payment.state not in WAITING:
            raise WrongState(_("This transfer was booked already."))
        if received_fen != payment.amount_fen:
            raise InvalidInput(
                _("%(due)s was to come. Another amount is not booked: ask the payer, or send it back.")
                % {"due": f"¥{payment.amount_fen / 100:.2f}"},
                code="amount_differs",
                field="received",
            )
        if not payer:
            raise InvalidInput(_("Enter who paid, as on the statement."), code="payer_missing", field="payer")
        expected = expected_payers(payment)
        matches = any(same_name(payer, name) for name in expected)
        if not matches and not why:
            raise InvalidInput(
                _("The payer is not who was expected. Say why it is theirs all the same."),
                code="payer_differs",
                field="why",
            )
        capture_payment(payment_id=payment.pk, at=at, actor=actor)
        audit.record(
            action="transfer_matched", object_kind="payment", object_id=payment.pk, actor=actor, at=at,
            amount_fen=received_fen, matches=matches, why=why,
        )  # fmt: skip
        payment.refresh_from_db()
        return payment
