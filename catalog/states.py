"""The states of a listing and the words for what it is."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


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


class StockChangeKind(models.TextChoices):
    """What changed the pieces of a pool. Reserving changes none: it is an order's, and stands there."""

    OPENING = "opening", _("First stock")
    ADJUSTED = "adjusted", _("Changed by hand")
    STOCKTAKE = "stocktake", _("Counted")
    SHIPPED = "shipped", _("Sent")
    CARVED = "carved", _("Set apart")
    RETURNED = "returned", _("Back to the shop")
    DISPOSED = "disposed", _("Disposed of")
    COVERED = "covered", _("Went to waiting orders")
    FINISHED = "finished", _("Gone when its lot was finished")
    EXPIRED = "expired", _("Expired")
    KEPT = "kept", _("Stays on sale")


# Pieces that left the shelf with their lot.
GONE_WITH_LOT = (StockChangeKind.DISPOSED, StockChangeKind.FINISHED, StockChangeKind.EXPIRED)


class StockReason(models.TextChoices):
    """Why somebody adds or takes pieces by hand."""

    HARVEST = "harvest", _("New harvest or delivery")
    CAME_BACK = "came_back", _("Came back from a buyer, sound")
    SPOILED = "spoiled", _("Spoiled or sorted out")
    SOLD_ELSEWHERE = "sold_elsewhere", _("Sold elsewhere")
    OWN_USE = "own_use", _("Samples or own use")
    MISTAKE = "mistake", _("An earlier entry was wrong")
    NOT_THERE = "not_there", _("Not there when an order was to be sent")


# Which way the pieces of each reason go: 1 they came, -1 they went. What corrects an earlier entry goes either way.
STOCK_REASON_WAYS: dict[str, frozenset[int]] = {
    StockReason.HARVEST: frozenset({1}),
    StockReason.CAME_BACK: frozenset({1}),
    StockReason.SPOILED: frozenset({-1}),
    StockReason.SOLD_ELSEWHERE: frozenset({-1}),
    StockReason.OWN_USE: frozenset({-1}),
    StockReason.MISTAKE: frozenset({1, -1}),
    # Follows from an order that was cancelled so; nobody types it.
    StockReason.NOT_THERE: frozenset({-1}),
}


# What somebody may choose; the others follow from what was done elsewhere.
TYPED_REASONS = tuple(reason for reason in StockReason if reason != StockReason.NOT_THERE)


class Undated(models.TextChoices):
    """Why no production date can be promised of pieces of a product that is sent by lots."""

    HARVEST_TO_COME = "harvest_to_come", _("The next harvest is still to be recorded")
    NOT_PACKED = "not_packed", _("Harvested, and not packed yet")
    BEYOND_LOTS = "beyond_lots", _("No lot covers so many pieces")
    STOPPED = "stopped", _("Its lot can't be sent any more")


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


class ProposalKind(models.TextChoices):
    """What a supplier proposes."""

    NEW = "new", _("New product")
    CHANGE = "change", pgettext_lazy("page", "Change")


class ProposalState(models.TextChoices):
    """Where a proposal 上货 stands."""

    DRAFT = "draft", pgettext_lazy("proposal", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("proposal", "Waiting for review")
    RETURNED = "returned", pgettext_lazy("proposal", "Returned")
    APPROVED = "approved", pgettext_lazy("proposal", "Approved")
    GIVEN_UP = "given_up", pgettext_lazy("proposal", "Given up")


# Whoever changes what waits takes it back first: a reviewer decides on what was read.
PROPOSAL_MOVES: dict[str, frozenset[str]] = {
    ProposalState.DRAFT: frozenset({ProposalState.SUBMITTED, ProposalState.GIVEN_UP}),
    ProposalState.SUBMITTED: frozenset(
        {ProposalState.DRAFT, ProposalState.APPROVED, ProposalState.RETURNED, ProposalState.GIVEN_UP}
    ),
    ProposalState.RETURNED: frozenset({ProposalState.SUBMITTED, ProposalState.GIVEN_UP}),
    ProposalState.APPROVED: frozenset(),
    ProposalState.GIVEN_UP: frozenset(),
}
EDITABLE_PROPOSALS = frozenset({ProposalState.DRAFT, ProposalState.RETURNED})
OPEN_PROPOSALS = (ProposalState.DRAFT, ProposalState.SUBMITTED, ProposalState.RETURNED)
