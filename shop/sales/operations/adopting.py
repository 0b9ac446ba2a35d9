"""Whose a guest's purchase becomes: an account's, once that account is signed in in the browser that bought it.

A phone alone gives nobody a purchase: anybody can type the phone of whoever gets the parcel (decision 34).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from oscar.apps.order.models import Order

from shop.core import audit
from shop.core.errors import DomainError
from shop.sales.models import Purchase
from shop.sales.visitors import phones_of


class NotOffered(DomainError):
    """No guest's purchase with this number waits for this person's answer."""

    code = "purchase_not_offered"
    status = 404


def adopt_guest_purchases(*, user: Any, at: datetime, token_hashes: Collection[str] = ()) -> int:
    """Give `user` what was bought in this browser (`token_hashes`) with the phone it proved; return how many.

    What this browser bought with another phone is asked about (`adopt_purchase`): somebody else may have bought it.
    Running it again adds none.
    """
    return _adopt(user, Q(contact_phone__in=phones_of(user)), token_hashes, at)


def adopt_purchase(*, actor: Any, number: str, token_hashes: Collection[str], at: datetime) -> None:
    """Keep a purchase that was bought as a guest in this browser (`token_hashes`) in the actor's account.

    Raises NotOffered: it was not bought here, or an account has it already.
    """
    if not _adopt(actor, Q(number=number), token_hashes, at):
        raise NotOffered(_("This order is not waiting for your answer any more."))


def _adopt(user: Any, which: Q, token_hashes: Collection[str], at: datetime) -> int:
    """Links to them, and the guest's browser, end: an account's orders need the account."""
    hashes = set(token_hashes) - {""}
    if not hashes:
        return 0
    with transaction.atomic():
        ids = list(
            Purchase.objects.filter(which, user__isnull=True, guest_token_hash__in=hashes)
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", flat=True)
        )
        if not ids:
            return 0
        found = Purchase.objects.filter(pk__in=ids, user__isnull=True)
        # Only a phone that the account proved counts as its own: a recipient's does not.
        found.filter(contact_phone__in=phones_of(user)).update(phone_proved_at=at)
        found.update(user=user, link_token_hash="", guest_token_hash="", declined_by=None)
        Order.objects.filter(facts__purchase__in=ids, user__isnull=True).update(user=user)
        for pk in ids:
            audit.record(action="adopt_purchase", object_kind="purchase", object_id=pk, actor=user, at=at)
    return len(ids)


def decline_purchase(*, actor: Any, number: str, at: datetime) -> None:
    """Note that a guest's purchase with the actor's phone does not concern the actor: it is shown no more.

    `number` is the purchase's, or one of its orders'. It stays its guest's. Raises NotOffered.
    """
    offered = Purchase.objects.filter(user__isnull=True, contact_phone__in=phones_of(actor))
    of_number = Q(number=number) | Q(pk__in=Order.objects.filter(number=number).values("facts__purchase"))
    found = list(offered.filter(of_number).values_list("pk", flat=True)[:1])
    with transaction.atomic():
        pk = offered.filter(pk__in=found).select_for_update(no_key=True).values_list("pk", flat=True).first()
        if pk is None:
            raise NotOffered(_("This order is not waiting for your answer any more."))
        if Purchase.objects.filter(pk=pk).exclude(declined_by=actor.pk).update(declined_by=actor):
            audit.record(action="decline_purchase", object_kind="purchase", object_id=pk, actor=actor, at=at)
