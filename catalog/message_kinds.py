"""The words of what suppliers are told about their goods."""

from django.utils.translation import gettext_lazy as _

from shop.accounts.messages import register

register(
    "listing_approved",
    title=_("%(name)s is on sale"),
    text=_("Looked at and approved: shoppers find it from now on."),
    action=_("See it in the shop"),
    icon="circle-check",
)
register(
    "listing_changed",
    title=_("The change of %(name)s is approved"),
    text=_("Shoppers see it from now on. Orders placed before keep their price."),
    action=_("See it in the shop"),
    icon="circle-check",
)
register(
    "listing_returned",
    title=_("%(name)s came back from review"),
    text=_("What has to be changed: %(reason)s"),
    action=_("Change it"),
    icon="rotate-ccw",
)
register(
    "certificate_revoked",
    title=_("%(name)s was revoked"),
    text=_(
        "Reason: %(reason)s. Its badge is gone, and what is sold under it can't be bought: choose another certificate for"
        " these products, or none, and send the change for review. Orders that wait stay open: ask their buyers."
    ),
    action=_("To the products"),
    icon="warning",
)
register(
    "certificate_restored",
    title=_("%(name)s holds again"),
    text=_("Its revocation was taken back. Reason: %(reason)s. Its products show it and can be bought again."),
    action=_("To the products"),
    icon="circle-check",
)
register(
    "live_price_asked",
    title=_("May %(name)s be sold live at %(price)s?"),
    text=_(
        "The host of %(room)s asks. You bear what a flash sale takes off; others may sell it at %(lowest)s or more now."
    ),
    action=_("Answer"),
    icon="ticket",
)
register(
    "live_price_answered",
    title=_("%(supplier)s answered: %(name)s"),
    text=_("You asked for %(wished)s. In live rooms of others it may be sold at %(lowest)s or more."),
    action=_("To your live sessions"),
    icon="ticket",
)
