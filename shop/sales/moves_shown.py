"""How the reasons of an order's moves read in its history."""

from django.utils.translation import gettext as _


def move_reasons() -> dict[str, tuple[str, str]]:
    """Return what a move's reason reads as: title, sentence."""
    return {
        "paid": (_("Paid"), _("The supplier is preparing your order.")),
        "shipped": (_("All sent"), ""),
        "rest_cancelled": (_("The rest is cancelled"), _("The supplier could not send it. We are sorry.")),
        "buyer_cancelled_rest": (_("The rest is cancelled"), _("You cancelled what was not sent yet.")),
        "unit_cancelled_rest": (_("The rest is cancelled"), _("The unit cancelled what was not sent yet.")),
        "received": (_("You confirmed the receipt"), ""),
        "received_by_time": (_("Received"), _("Confirmed by time: nothing was reported.")),
        "accepted": (_("Received"), _("Whoever got it accepted it.")),
        "accepted_short": (_("Received"), _("Part of it did not arrive well.")),
        "accepted_nothing": (_("Received"), _("Nothing of it was accepted.")),
        "expired": (_("Cancelled"), _("It was not paid in time.")),
        "buyer_cancelled": (_("Cancelled"), _("You cancelled it.")),
        "unit_cancelled": (_("Cancelled"), _("The unit cancelled it, with its approver's consent.")),
        "out_of_stock": (_("Cancelled"), _("The supplier ran out. We are sorry.")),
        "damaged_harvest": (_("Cancelled"), _("The harvest failed the supplier's check. We are sorry.")),
        "cannot_deliver": (_("Cancelled"), _("The supplier can't deliver to this address. We are sorry.")),
    }
