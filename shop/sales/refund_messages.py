"""The words of messages about money that goes back to a bank account, alone or beside another way."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "order_cancelled_back",
    title=_("Order %(number)s is cancelled"),
    text=_("%(amount)s goes back to your bank account: say on the order's page where, and finance pays it out."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_both",
    title=_("Order %(number)s is cancelled"),
    text=_(
        "%(bank)s goes back to your bank account: say on the order's page where. %(other)s comes back the way it was "
        "paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_both_unit",
    title=_("Order %(number)s is cancelled"),
    text=_(
        "%(bank)s goes back to your unit's bank account: its finance is asked which one. %(other)s comes back the way "
        "it was paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_kept",
    title=_("Order %(number)s is cancelled"),
    text=_("%(stays)s that came for the purchase stays for its other orders."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short_both",
    title=_("Part of order %(number)s can't be sent"),
    text=_(
        "We are sorry. %(bank)s goes back to your bank account: say on the order's page where. %(other)s comes back "
        "the way it was paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short_both_unit",
    title=_("Part of order %(number)s can't be sent"),
    text=_(
        "We are sorry. %(bank)s goes back to your unit's bank account: its finance is asked which one. %(other)s comes "
        "back the way it was paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short_back",
    title=_("Part of order %(number)s can't be sent"),
    text=_("We are sorry. %(amount)s goes back to your bank account: the order's page says how."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_cancelled_back_unit",
    title=_("Order %(number)s is cancelled"),
    text=_("%(amount)s goes back to your unit's bank account: its finance is asked which one."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_short_back_unit",
    title=_("Part of order %(number)s can't be sent"),
    text=_("We are sorry. %(amount)s goes back to your unit's bank account: its finance is asked which one."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "transfer_credited",
    title=_("%(amount)s of your transfer was credited to purchase %(number)s"),
    text=_("%(whole)s came for purchase %(source)s, more than was due; the rest of it counts for %(number)s."),
    action=_("See the purchase"),
    icon="wallet",
)
register(
    "refund_account",
    title=_("%(amount)s goes back to you"),
    text=_("You paid %(number)s by bank transfer. Tell us the account, and finance pays it out."),
    action=_("Enter the account"),
    icon="wallet",
)
register(
    "refund_paid_out",
    title=_("%(amount)s was paid to your account"),
    text=_("The refund of %(number)s is with your bank now."),
    action=_("See the purchase"),
    icon="circle-check",
)
register(
    "order_rest_cancelled_back",
    title=_("The rest of order %(number)s is cancelled"),
    text=_("%(amount)s goes back to your bank account: say on the order's page where, and finance pays it out."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_rest_cancelled_back_unit",
    title=_("The rest of order %(number)s is cancelled"),
    text=_("%(amount)s goes back to your unit's bank account: its finance is asked which one."),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_rest_cancelled_both",
    title=_("The rest of order %(number)s is cancelled"),
    text=_(
        "%(bank)s goes back to your bank account: say on the order's page where. %(other)s comes back the way it was "
        "paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "order_rest_cancelled_both_unit",
    title=_("The rest of order %(number)s is cancelled"),
    text=_(
        "%(bank)s goes back to your unit's bank account: its finance is asked which one. %(other)s comes back the way "
        "it was paid."
    ),
    action=_("See the order"),
    icon="rotate-ccw",
)
register(
    "case_approved_back",
    title=_("%(amount)s comes back to you"),
    text=_(
        "Your request on %(name)s was granted. %(bank)s goes back to your bank account: say on the order's page "
        "where, and finance pays it out."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_back_unit",
    title=_("%(amount)s comes back to you"),
    text=_(
        "Your request on %(name)s was granted. %(bank)s goes back to your unit's bank account: its "
        "finance is asked which one."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_both",
    title=_("%(amount)s comes back to you"),
    text=_(
        "Your request on %(name)s was granted. %(bank)s goes back to your bank account: say on the order's page "
        "where. %(other)s comes back the way it was paid."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_both_unit",
    title=_("%(amount)s comes back to you"),
    text=_(
        "Your request on %(name)s was granted. %(bank)s goes back to your unit's bank account: its "
        "finance is asked which one. %(other)s comes back the way it was paid."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_back_judged",
    title=_("The platform decided: %(amount)s comes back to you"),
    text=_(
        "%(name)s: %(why)s %(bank)s goes back to your bank account: say on the order's page "
        "where, and finance pays it out."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_back_unit_judged",
    title=_("The platform decided: %(amount)s comes back to you"),
    text=_("%(name)s: %(why)s %(bank)s goes back to your unit's bank account: its finance is asked which one."),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_both_judged",
    title=_("The platform decided: %(amount)s comes back to you"),
    text=_(
        "%(name)s: %(why)s %(bank)s goes back to your bank account: say on the order's page "
        "where. %(other)s comes back the way it was paid."
    ),
    action=_("See the order"),
    icon="circle-check",
)
register(
    "case_approved_both_unit_judged",
    title=_("The platform decided: %(amount)s comes back to you"),
    text=_(
        "%(name)s: %(why)s %(bank)s goes back to your unit's bank account: its "
        "finance is asked which one. %(other)s comes back the way it was paid."
    ),
    action=_("See the order"),
    icon="circle-check",
)
