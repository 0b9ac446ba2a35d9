"""The words of what buyers are told of goods that they paid for."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "bought_under_revoked",
    title=_("A certificate of what you bought was revoked"),
    text=_(
        "%(number)s: %(name)s was sold under certificate %(certificate)s, which was revoked since. You can ask the"
        " supplier, cancel what is not sent yet, or report it after it came."
    ),
    action=_("See the order"),
    icon="warning",
)
register(
    "lot_recalled",
    title=_("Recalled: %(name)s"),
    text=_(
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it; report it on the"
        " page of the order."
    ),
    action=_("See the order"),
    icon="warning",
)
