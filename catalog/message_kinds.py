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
