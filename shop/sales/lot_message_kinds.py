"""The words of what a supplier is told about its lots."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "lot_expired",
    title=_("Lot %(code)s expired"),
    text=_("%(name)s: nothing of this lot is sold or sent any more. Pieces that left your stock: %(gone)s."),
    action=_("See the lot"),
    icon="warning",
)
register(
    "lot_expired_orders",
    title=_("Lot %(code)s expired"),
    text=_(
        "%(name)s: nothing of this lot is sold or sent any more. Pieces that left your stock: %(gone)s. Paid orders"
        " without goods: %(numbers)s, %(pieces)s pieces. Send them from another lot, or cancel them."
    ),
    action=_("See the lot"),
    icon="warning",
)
register(
    "lot_stopped",
    title=_("Lot %(code)s did not pass its test"),
    text=_("%(name)s: nothing of this lot is packed or sent. A test of it, or of what it was mixed from, failed."),
    action=_("See the lot"),
    icon="warning",
)
register(
    "lot_stopped_orders",
    title=_("Lot %(code)s did not pass its test"),
    text=_(
        "%(name)s: nothing of this lot is packed or sent. Paid orders without goods: %(orders)s, %(pieces)s pieces."
        " Send them from another lot, or cancel them."
    ),
    action=_("See the lot"),
    icon="warning",
)
register(
    "lot_kept_over",
    title=_("%(name)s: taken off sale, no harvest was recorded"),
    text=_(
        "Pieces that stayed on sale when lot %(code)s was finished, and left your stock now: %(gone)s. Record their"
        " harvest, then add them to your stock again."
    ),
    action=_("See the lot"),
    icon="warning",
)
register(
    "lot_kept_over_orders",
    title=_("%(name)s: taken off sale, no harvest was recorded"),
    text=_(
        "Pieces that stayed on sale when lot %(code)s was finished, and left your stock now: %(gone)s. Paid orders"
        " without goods: %(numbers)s, %(pieces)s pieces. Record their harvest and add them to your stock again, or"
        " cancel what waits."
    ),
    action=_("See the lot"),
    icon="warning",
)
register(
    "beyond_over",
    title=_("%(name)s: taken off sale, no harvest was recorded"),
    text=_(
        "Pieces of no lot that left your stock now: %(gone)s. Their harvest was to be recorded by the day you confirmed."
        " Record it, then add them to your stock again."
    ),
    action=_("See your lots"),
    icon="warning",
)
register(
    "beyond_over_orders",
    title=_("%(name)s: taken off sale, no harvest was recorded"),
    text=_(
        "Pieces of no lot that left your stock now: %(gone)s. Orders still wait for %(pieces)s more pieces of no lot:"
        " record their harvest, or cancel what waits."
    ),
    action=_("See your lots"),
    icon="warning",
)
