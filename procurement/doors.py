"""Where steps of units' and donors' orders are done: not by whoever sees them among their own orders in the shop."""

from typing import Any

from django.utils.translation import gettext as _

from procurement.operations.quota import REQUEST_KEY
from shop.core.templatetags.heqiao import local
from shop.sales.hooks import Elsewhere, Step


def unit_door(step: Step, purchase: Any, number: str) -> Elsewhere | None:
    """A unit accepts in form, piece by piece; its finance pays, its approver agrees to cancelling.

    Orders without a request have no payment of theirs, and nobody approved them.
    """
    if step == Step.RECEIVE:
        return Elsewhere(
            _("The unit accepts this order on its own page, piece by piece: what is short is not charged."),
            _("Accept the goods"),
            local(f"/units/orders/{number}/accept/"),
        )
    if not purchase.key.startswith(REQUEST_KEY):
        return None
    if step == Step.CANCEL:
        request = purchase.key.removeprefix(REQUEST_KEY)
        return Elsewhere(
            _("The unit approved this order: it is cancelled on the unit's own page, with the approver's consent."),
            _("Ask to cancel it"),
            local(f"/units/orders/{number}/" if number else f"/units/requests/{request}/"),
        )
    return Elsewhere(
        _("The unit's finance pays this by bank transfer."),
        _("To the payment"),
        local(f"/units/payments/{purchase.key.removeprefix(REQUEST_KEY)}/"),
    )


def gift_door(step: Step, _purchase: Any, _number: str) -> Elsewhere | None:
    """Who gets a gift says that it arrived. Paying stays the donor's."""
    if step != Step.RECEIVE:
        return None
    return Elsewhere(
        _("Who gets the gift confirms it with a photo; you are told, and the certificate is yours then."),
        _("My gifts"),
        local("/pledges/mine/"),
    )
