"""The words of what followers are told about live sessions."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "live_moved",
    title=_("%(title)s begins at another time"),
    text=_("It begins on %(begins)s, in the room %(room)s."),
    action=_("See what will be shown"),
    icon="clock",
)
register(
    "live_cancelled",
    title=_("%(title)s does not take place"),
    text=_("The host of %(room)s has cancelled this live session. What was to be shown is in the shop as before."),
    action=_("See the live rooms"),
    icon="circle-x",
)
register(
    "live_drop_started",
    title=_("%(name)s is in a flash sale at %(price)s"),
    text=_(
        "Pieces: %(pieces)s, in the live room %(room)s. You bear what it takes off your shop price: %(cut)s a piece."
    ),
    action=_("See what is sold"),
    icon="clock",
)
