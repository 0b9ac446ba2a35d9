"""Attempts to pay that nothing came of yet and all may still come of: nobody is told that nothing was taken."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from shop.core.money import in_yuan
from shop.sales import rules
from shop.sales.models import Payment
from shop.sales.states import PaymentState

WAITING = (PaymentState.STARTED, PaymentState.CHECKING)


def payments_under_way(attempts: Iterable[Payment]) -> list[Payment]:
    """Return those of one purchase's attempts of which money may still come, in their order."""
    return [each for each in attempts if each.state in WAITING and not each.received_fen]


def under_way_fen(purchase_ids: Iterable[int]) -> dict[int, int]:
    """Return the most that may still come by one attempt of each of these purchases, in 分. One query."""
    rows = Payment.objects.filter(
        payable_kind="purchase", payable_id__in=purchase_ids, state__in=WAITING, received_fen=0
    )
    found: dict[int, int] = {}
    for purchase_id, fen in rows.values_list("payable_id", "amount_fen"):
        found[purchase_id] = max(fen, found.get(purchase_id, 0))
    return found


def earlier_words(under_way: Sequence[Payment], due_fen: int) -> list[str]:
    """Say of each payment that a provider may still take what becomes of it when the purchase is paid another way.

    One that was only opened, for what is due now, is taken up again and no second one.
    """
    return [
        _(
            "Your payment of %(fen)s has no answer yet. If you pay now another way and it comes as well, what the "
            "purchase does not need is returned to you at once."
        )
        % {"fen": in_yuan(each.amount_fen)}
        for each in under_way
        if not rules.is_by_hand(each.gateway) and (each.state == PaymentState.CHECKING or each.amount_fen != due_fen)
    ]
