"""Proposals 上货: what a supplier wants to sell, or to change of what it sells, and what reviewers decided."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.states import OPEN_PROPOSALS, ProposalKind, ProposalState


class ListingProposal(models.Model):
    """A new product, or a change of one, on its way through review.

    `facts` is a `catalog.rules.proposed.ProposedListing` as JSON: a draft lacks what a row of the shop must have, and
    a decision keeps exactly what was read. `version` grows with each change; a decision names the version it saw.
    """

    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="proposals")
    listing = models.ForeignKey(
        "catalog.Listing", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    kind = models.CharField(max_length=6, choices=ProposalKind.choices)
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT)
    version = models.PositiveIntegerField(default=1)
    key = models.CharField(max_length=40, help_text="Of the form that opened it: a second click opens no second one")
    facts = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    pictures = models.ManyToManyField("catalog.Picture", through="catalog.ProposalPicture", related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["listing"], condition=Q(state__in=list(OPEN_PROPOSALS)), name="proposal_open_once"
            ),
            models.UniqueConstraint(fields=["supplier", "key"], name="proposal_key_once"),
            models.CheckConstraint(
                condition=Q(kind=ProposalKind.NEW) | Q(listing__isnull=False), name="proposal_changes_a_listing"
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.SUBMITTED) | Q(submitted_at__isnull=False),
                name="proposal_waits_since",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at"], name="proposal_queue"),
            models.Index(fields=["supplier", "state"], name="proposal_of_supplier"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} v{self.version} {self.state}"


class ProposalPicture(models.Model):
    """The photos of a proposal; the first is on the card."""

    proposal = models.ForeignKey(ListingProposal, on_delete=models.CASCADE, related_name="photos")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [models.UniqueConstraint(fields=["proposal", "picture"], name="proposal_picture_once")]

    def __str__(self) -> str:
        return f"{self.proposal_id} {self.position}"


class ListingDecision(models.Model):
    """One decision on one version, with what was read. Append-only: signed, never edited.

    `facts` are those of the proposal with `pictures` (keys); `before` those of the listing then, empty for a new one.
    """

    proposal = models.ForeignKey(ListingProposal, on_delete=models.PROTECT, related_name="decisions")
    version = models.PositiveIntegerField()
    approved = models.BooleanField()
    reason = models.CharField(max_length=300, blank=True)
    facts = models.JSONField()
    before = models.JSONField(default=dict)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "version"], name="listing_decided_once"),
            models.CheckConstraint(condition=Q(approved=True) | ~Q(reason=""), name="listing_return_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.proposal_id} v{self.version}: {'approved' if self.approved else 'returned'}"
