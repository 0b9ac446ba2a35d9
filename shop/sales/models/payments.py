"""Attempts to pay, refunds, and what the gateways told us."""

from django.db import models
from django.db.models import Q

from shop.sales.states import PaymentState, RefundState


class Payment(models.Model):
    """One attempt to pay a payable. `key` is sent to the gateway, so a retry is the same attempt."""

    payable_kind = models.CharField(max_length=20, default="purchase")
    payable_id = models.BigIntegerField()
    gateway = models.CharField(max_length=20, help_text="demo, stripe, transfer")
    method = models.CharField(max_length=20, blank=True, help_text="card, alipay, wechat_pay, …")
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.STARTED)
    key = models.CharField(max_length=80, unique=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="payment_positive"),
            models.UniqueConstraint(
                fields=["gateway", "provider_ref"], condition=~Q(provider_ref=""), name="payment_provider_once"
            ),
        ]
        indexes = [models.Index(fields=["payable_kind", "payable_id"], name="payment_of_payable")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.amount_fen}"


class Refund(models.Model):
    """Money given back for one order, through the gateway that took it. `key` makes it happen once."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    order = models.ForeignKey(
        "sales.OrderFacts", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    amount_fen = models.BigIntegerField()
    reason = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=RefundState.choices, default=RefundState.REQUESTED)
    key = models.CharField(max_length=120, unique=True)
    provider_ref = models.CharField(max_length=120, blank=True)
    requested_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_positive")]

    def __str__(self) -> str:
        return f"{self.key} {self.amount_fen}"


class WebhookEvent(models.Model):
    """What a provider told us, stored by its own event id before it is applied."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=60)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="webhook_event_once")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"
