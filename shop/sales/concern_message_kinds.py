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
register(
    "bought_under_revoked_guest",
    title=_("A certificate of what you bought was revoked"),
    text=_(
        "%(number)s: %(name)s was sold under certificate %(certificate)s, which was revoked since. You can ask the"
        " supplier, cancel what is not sent yet, or report it after it came. Find the order by its number and your phone:"
    ),
    icon="warning",
)
register(
    "lot_recalled_guest",
    title=_("Recalled: %(name)s"),
    text=_(
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it; report it on the"
        " page of the order. Find the order by its number and your phone:"
    ),
    icon="warning",
)
register(
    "to_pay_under_revoked",
    title=_("A certificate of what you have to pay was revoked"),
    text=_(
        "%(number)s: %(name)s was sold under certificate %(certificate)s, which was revoked since, and is not paid yet."
        " Ask the supplier before you pay."
    ),
    action=_("See the payment"),
    icon="warning",
)
