"""The states of a listing and the words for what it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListingState(models.TextChoices):
    """A listing is seen by shoppers only when LIVE."""

    DRAFT = "draft", _("Draft")
    PENDING = "pending", _("In review")
    LIVE = "live", _("On sale")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class SaleUnit(models.TextChoices):
    """How the price of one piece compares: the unit that the unit price is shown in."""

    JIN = "jin", _("jin (500 g)")
    KG = "kg", _("kg")
    PIECE = "piece", _("piece")
    LITRE_100 = "100ml", _("100 ml")
    CATCH_WEIGHT = "catch_weight", _("catch weight")


class StorageClass(models.TextChoices):
    """How goods travel and are kept."""

    AMBIENT = "ambient", _("Ambient")
    CHILLED = "chilled", _("Chilled")
    FROZEN = "frozen", _("Frozen")


class SupplierKind(models.TextChoices):
    """Who sells."""

    COOPERATIVE = "cooperative", _("Cooperative")
    LEADING_ENTERPRISE = "leading_enterprise", _("Leading enterprise")
    FAMILY_FARM = "family_farm", _("Family farm")
    ASSISTANCE_WORKSHOP = "assistance_workshop", _("Assistance workshop")


class ReminderKind(models.TextChoices):
    """What somebody asked to be reminded of."""

    RESTOCK = "restock", _("Back in stock")
    HARVEST = "harvest", _("Harvest")


class CertificateKind(models.TextChoices):
    """What a certificate says."""

    ORGANIC = "organic", _("Organic product")
    GREEN = "green", _("Green food")
    GI = "gi", _("Geographical indication")
    GAP = "gap", _("Good agricultural practice")
    ASSISTANCE = "assistance", _("Assistance product")
