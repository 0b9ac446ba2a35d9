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
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it; ask for your money"
        " back on the page of the order, however long ago it came."
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
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it; ask for your money"
        " back on the page of the order, however long ago it came. Find the order by its number and your phone:"
    ),
    icon="warning",
)
register(
    "goods_failed",
    title=_("The goods for your order failed a test: %(name)s"),
    text=_(
        "%(number)s: they are not sent to you. The supplier sends others, or cancels. You can wait, ask the supplier, or"
        " cancel what is not sent yet: your money goes back."
    ),
    action=_("See the order"),
    icon="warning",
)
register(
    "goods_failed_guest",
    title=_("The goods for your order failed a test: %(name)s"),
    text=_(
        "%(number)s: they are not sent to you. The supplier sends others, or cancels. You can wait, ask the supplier, or"
        " cancel what is not sent yet: your money goes back. Find the order by its number and your phone:"
    ),
    icon="warning",
)
register(
    "lot_recalled_received",
    title=_("Recalled: %(name)s"),
    text=_(
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it, nor give it to"
        " anybody. Who bought it is told, too, and asks for the money back."
    ),
    action=_("See what you got"),
    icon="warning",
)
register(
    "lot_recalled_paid_back",
    title=_("Recalled: %(name)s"),
    text=_(
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it. What you paid for"
        " it was given back already."
    ),
    action=_("See the order"),
    icon="warning",
)
register(
    "lot_recalled_paid_back_guest",
    title=_("Recalled: %(name)s"),
    text=_(
        "A test of lot %(code)s failed after it was sent to you with order %(number)s. Do not eat it. What you paid for"
        " it was given back already. The order, found by its number and your phone:"
    ),
    icon="warning",
)
register(
    "unpayable_under_revoked",
    title=_("A certificate of what you have to pay was revoked"),
    text=_(
        "%(number)s: %(name)s was sold under certificate %(certificate)s, which was revoked since. It can't be paid any"
        " more: please cancel it. What came for it already goes back to you then."
    ),
    action=_("See the payment"),
    icon="warning",
)
register(
    "paid_under_revoked",
    title=_("Do you still want %(name)s?"),
    text=_(
        "Your money for %(number)s came after certificate %(certificate)s, under which it was ordered, was revoked. You"
        " can cancel the order and get your money back, or ask its supplier before it is sent."
    ),
    action=_("See the order"),
    icon="warning",
)
register(
    "paid_under_revoked_guest",
    title=_("Do you still want %(name)s?"),
    text=_(
        "Your money for %(number)s came after certificate %(certificate)s, under which it was ordered, was revoked. You"
        " can cancel the order and get your money back, or ask its supplier before it is sent. Find the order by its"
        " number and your phone:"
    ),
    icon="warning",
)
register(
    "transfer_cannot_pay",
    title=_("Your transfer came in part, and the rest can't be paid now"),
    text=_(
        "%(came)s is booked for %(number)s, but %(name)s can't be paid now: its goods failed a test, or their certificate"
        " was revoked. Please send no more. Cancel that order, and what is too much goes back to you."
    ),
    action=_("See the payment"),
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
