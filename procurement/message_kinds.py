"""The words of what units and donors are told."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "request_submitted",
    title=_("A request of %(total)s waits for you"),
    text=_("%(number)s, asked for by %(buyer)s."),
    action=_("Decide on it"),
    icon="order",
)
register(
    "request_approved",
    title=_("Request %(number)s is approved"),
    text=_("%(total)s can be ordered now."),
    action=_("Order it"),
    icon="circle-check",
)
register(
    "request_approved_later",
    title=_("Request %(number)s is approved for %(year)s"),
    text=_("%(total)s can be ordered from 1 January %(year)s on, not before."),
    action=_("See the request"),
    icon="circle-check",
)
register(
    "request_returned",
    title=_("Request %(number)s came back"),
    text=_("The reason: %(reason)s"),
    action=_("Change it"),
    icon="rotate-ccw",
)
register(
    "declaration_confirmed",
    title=_("The declaration for %(year)s is confirmed"),
    text=_("%(total)s is reserved."),
    action=_("See the quota"),
    icon="circle-check",
)
register(
    "declaration_returned",
    title=_("The declaration for %(year)s came back"),
    text=_("The reason: %(reason)s"),
    action=_("Change it"),
    icon="rotate-ccw",
)
register(
    "cancel_asked",
    title=_("An approved order is to be cancelled"),
    text=_("%(number)s, asked by %(buyer)s: %(reason)s"),
    action=_("Decide on it"),
    icon="order",
)
register(
    "cancel_agreed",
    title=_("Order %(number)s is cancelled"),
    text=_("%(approver)s agreed. The amount is back in the budget."),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "cancel_agreed_back",
    title=_("Order %(number)s is cancelled"),
    text=_(
        "%(approver)s agreed. The amount is back in the budget, and the %(back)s paid for it goes back to your unit."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "cancel_agreed_kept",
    title=_("Order %(number)s is cancelled"),
    text=_(
        "%(approver)s agreed. The amount is back in the budget; the %(stays)s that came stays for the other orders."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "cancel_refused",
    title=_("Order %(number)s is not cancelled"),
    text=_("%(approver)s refused: %(reason)s"),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "cancel_asked_supplier",
    title=_("The unit asked to cancel order %(number)s"),
    text=_("Its approver has not decided. You may still send it: what is sent before that is not cancelled."),
    action=_("See the order"),
    icon="clock",
)
register(
    "cancel_refused_supplier",
    title=_("Order %(number)s goes on"),
    text=_("The unit's approver refused to cancel it: please send it as agreed."),
    action=_("See the order"),
    icon="package",
)
register(
    "cancel_withdrawn_supplier",
    title=_("Order %(number)s goes on"),
    text=_("The unit does not want to cancel it any more: please send it as agreed."),
    action=_("See the order"),
    icon="package",
)
register(
    "cancel_rest_asked",
    title=_("The rest of an approved order is to be cancelled"),
    text=_("%(number)s, asked by %(buyer)s: %(reason)s Only pieces that were not sent are meant."),
    action=_("Decide on it"),
    icon="order",
)
register(
    "cancel_rest_agreed",
    title=_("The rest of order %(number)s is cancelled"),
    text=_("%(approver)s agreed. What was sent is accepted as usual; the amount of the rest is back in the budget."),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "cancel_rest_agreed_back",
    title=_("The rest of order %(number)s is cancelled"),
    text=_(
        "%(approver)s agreed. What was sent is accepted as usual; the amount of the rest is back in the budget, and what "
        "was paid for it goes back to your unit."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "cancel_rest_refused",
    title=_("The rest of order %(number)s is not cancelled"),
    text=_("%(approver)s refused: %(reason)s"),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "representation_asked",
    title=_("%(name)s wants you to declare for it"),
    text=_("It shares your canteen in %(year)s: what it buys would count for you."),
    action=_("Say yes or no"),
    icon="order",
)
register(
    "gift_shipped",
    title=_("Goods are on their way to you"),
    text=_("Given by %(donor)s, for “%(need)s”. %(words)sWhen they arrive, confirm with a photo."),
    action=_("Confirm the receipt"),
    icon="truck",
)
# Sent before gifts said which need they answer.
register(
    "pledge_shipped",
    title=_("Goods are on their way to you"),
    text=_("Given by %(donor)s. When they arrive, confirm with a photo."),
    action=_("Confirm the receipt"),
    icon="truck",
)
register(
    "pledge_confirmed",
    title=_("%(name)s received your gift"),
    text=_("They confirmed it with a photo. Your certificate is ready."),
    action=_("See the certificate"),
    icon="gift",
)
register(
    "payment_due",
    title=_("%(total)s is to be paid by %(day)s"),
    text=_("For the goods of request %(number)s, which your unit accepted."),
    action=_("To the payment"),
    icon="clock",
)
register(
    "payment_late",
    title=_("%(total)s is overdue since %(day)s"),
    text=_("For the goods of request %(number)s. The cooperative waits for its money."),
    action=_("To the payment"),
    icon="clock",
)
register(
    "gift_short",
    title=_("%(name)s reports what did not arrive well"),
    text=_("Gift, order %(number)s: %(reason)s. What was paid for it goes back to the donor."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "goods_refused",
    title=_("Goods of order %(number)s were refused"),
    text=_("The unit's reason: %(reason)s"),
    action=_("See the order"),
    icon="rotate-ccw",
)
