"""One append-only ledger of transfers, balanced by construction. Written only by `shop.core.ledger`."""

from django.db import models
from django.db.models import F, Q


class Account(models.Model):
    """A side of transfers. Only guarded accounts store a balance; the others are sums over transfers.

    `balance` of a guarded account is credits minus debits, in the asset's smallest unit, and never below zero.
    """

    name = models.CharField(max_length=120, unique=True)
    asset = models.CharField(max_length=20, help_text="CNY counts 分, GRAM counts 克, PIECE counts 件")
    guarded = models.BooleanField(default=False)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(guarded=False) | Q(balance__gte=0), name="account_not_overdrawn"),
            models.CheckConstraint(condition=Q(guarded=True) | Q(balance=0), name="account_sum_not_stored"),
        ]

    def __str__(self) -> str:
        return self.name


class Transfer(models.Model):
    """`amount` moved from `debit` to `credit`. Never changed, never deleted: a mistake is reversed by another.

    `key` makes the effect happen once; `reference` names the order, refund, … it stems from.
    """

    key = models.CharField(max_length=160, unique=True)
    debit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="debits")
    credit = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="credits")
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    reference = models.CharField(max_length=80, db_index=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    actor_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_positive"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="transfer_two_accounts"),
        ]
        indexes = [
            models.Index(fields=["debit", "at"], name="transfer_debit_at"),
            models.Index(fields=["credit", "at"], name="transfer_credit_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.key}"
