"""After-sales cases 售后: what is asked for, who answered what, the platform's decisions, and the times for each step."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import SealedRow
from shop.sales.rules import CaseTimes
from shop.sales.states import ONGOING_CASES, AfterSaleKind, AfterSaleState, CaseSide, Verdict


class AfterSale(models.Model):
    """The buyer asks for money back on one line; the supplier answers, the platform decides where they disagree.

    `amount_fen` is what is asked for, `agreed_fen` what the supplier offers or what was granted. Whoever's turn it is
    has time until `due_at`.
    """

    line = models.ForeignKey("sales.LineFacts", on_delete=models.PROTECT, related_name="after_sales")
    kind = models.CharField(max_length=12, choices=AfterSaleKind.choices)
    state = models.CharField(max_length=12, choices=AfterSaleState.choices, default=AfterSaleState.OPEN)
    quantity = models.PositiveIntegerField(default=1)
    amount_fen = models.BigIntegerField()
    agreed_fen = models.BigIntegerField(default=0, help_text="Offered by the supplier, or granted")
    needs_return = models.BooleanField(default=False, help_text="The money follows once the goods came back")
    reason = models.CharField(max_length=300)
    answer = models.CharField(max_length=300, blank=True, help_text="The supplier's")
    plea = models.CharField(max_length=300, blank=True, help_text="The buyer's words to the platform")
    dispute = models.CharField(max_length=300, blank=True, help_text="What the supplier says of the returned goods")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text="Until when whoever's turn it is has time")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.BigIntegerField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True, help_text="Since when it is with the platform")
    sent_back_at = models.DateTimeField(null=True, blank=True)
    back_carrier = models.CharField(max_length=20, blank=True)
    back_tracking_no = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0, quantity__gt=0), name="after_sale_positive"),
            models.CheckConstraint(
                condition=Q(agreed_fen__gte=0, agreed_fen__lte=F("amount_fen")), name="after_sale_grants_what_was_asked"
            ),
            models.UniqueConstraint(fields=["line"], condition=Q(state__in=ONGOING_CASES), name="after_sale_one_open"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=ONGOING_CASES), name="after_sale_due"),
            models.Index(fields=["asked_at"], condition=Q(state=AfterSaleState.ARBITRATION), name="after_sale_asked"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.line_id}"


class AfterSalePicture(models.Model):
    """Evidence of one side: a photo of what arrived, or of what was sent. Kept outside the public media."""

    case = models.ForeignKey(AfterSale, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, choices=CaseSide.choices, default=CaseSide.BUYER)

    def __str__(self) -> str:
        return f"{self.case_id} {self.picture_id}"


class CaseMove(models.Model):
    """One move of a case, by which side and when: both sides' timeline. `actor_id` is nobody's foreign key."""

    case = models.ForeignKey(AfterSale, on_delete=models.PROTECT, related_name="moves")
    from_state = models.CharField(max_length=12, blank=True)
    to_state = models.CharField(max_length=12)
    side = models.CharField(max_length=10, choices=CaseSide.choices)
    amount_fen = models.BigIntegerField(default=0)
    actor_id = models.BigIntegerField(null=True, blank=True)
    way = models.CharField(max_length=8, blank=True, help_text="`states.Way`: by the phone of a guest's purchase")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.from_state} → {self.to_state}"


class CaseDecision(models.Model):
    """What the platform decided, signed by who decided. The database refuses to change it."""

    case = models.ForeignKey(AfterSale, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    amount_fen = models.BigIntegerField()
    most_fen = models.BigIntegerField(help_text="What could be granted then")
    reason = models.CharField(max_length=500)
    decided_by_id = models.BigIntegerField()
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["decided_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gte=0, amount_fen__lte=F("most_fen")), name="decision_within_what_is_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.case_id}"


class AfterSaleTerms(SealedRow):
    """How long each step of a case may take, since when. The row begun last is in force; each stays as it was."""

    since = models.DateField(_("First day"), unique=True)
    answer_hours = models.PositiveSmallIntegerField(
        _("Hours for the supplier to answer"), default=48, help_text=_("After that the case goes to the platform.")
    )
    offer_hours = models.PositiveSmallIntegerField(
        _("Hours for the buyer to answer an offer"), default=72, help_text=_("After that the offer is paid.")
    )
    appeal_hours = models.PositiveSmallIntegerField(
        _("Hours for the buyer to ask the platform"), default=168, help_text=_("After a refusal or an offer.")
    )
    decide_hours = models.PositiveSmallIntegerField(
        _("Hours within which the platform decides"), default=72, help_text=_("Said to both sides.")
    )
    send_back_hours = models.PositiveSmallIntegerField(
        _("Hours for the buyer to send goods back"), default=168, help_text=_("After that the case ends.")
    )
    confirm_hours = models.PositiveSmallIntegerField(
        _("Hours for the supplier to confirm a return"),
        default=240,
        help_text=_("Since it was sent; after that the money goes back."),
    )
    source = models.CharField(_("Document or decision"), max_length=200, blank=True)

    class Meta:
        ordering = ["-since"]
        verbose_name = _("times of after-sales")
        verbose_name_plural = _("times of after-sales")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    answer_hours__gt=0,
                    offer_hours__gt=0,
                    appeal_hours__gt=0,
                    decide_hours__gt=0,
                    send_back_hours__gt=0,
                    confirm_hours__gt=0,
                ),
                name="after_sale_terms_positive",
            )
        ]

    def __str__(self) -> str:
        return str(self.since)

    def clean(self) -> None:
        """Refuse a time of nothing."""
        for name in ("answer_hours", "offer_hours", "appeal_hours", "decide_hours", "send_back_hours", "confirm_hours"):
            if not getattr(self, name):
                raise ValidationError({name: _("Enter at least one hour.")})

    def times(self) -> CaseTimes:
        """The hours, for the rules."""
        return CaseTimes(
            answer=self.answer_hours,
            offer=self.offer_hours,
            appeal=self.appeal_hours,
            decide=self.decide_hours,
            send_back=self.send_back_hours,
            confirm=self.confirm_hours,
        )


def case_times(day: date) -> CaseTimes:
    """Return the times in force on a day. One query."""
    row = AfterSaleTerms.objects.filter(since__lte=day).order_by("-since").first()
    return row.times() if row else CaseTimes()
