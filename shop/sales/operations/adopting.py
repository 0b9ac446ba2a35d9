"""Whose a guest's purchase becomes: of the account that proved its phone, when it is known, or said, to be theirs."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from oscar.apps.order.models import Order

from shop.core import audit
from shop.core.codes import national_phone
from shop.core.errors import DomainError
from shop.sales.models import Purchase


class NotOffered(DomainError):
    """No guest's purchase with this number waits for this person's answer."""

    code = "purchase_not_offered"
    status = 404


def _phones(user: Any) -> set[str]:
    """Return the ways to write the phone that `user` proved; none where there is none."""
    return {user.phone, national_phone(user.phone)} if user.phone and user.phone_verified else set()


def adopt_guest_purchases(*, user: Any, at: datetime, token_hashes: Collection[str] = ()) -> int:
    """Give `user` the guests' purchases of its verified phone that are known to be its own; return how many.

    Known: the guest proved the phone by a code, or this browser bought it (`token_hashes`). Anybody can type a phone:
    the others are offered (`adopt_purchase`). Running it again adds none.
    """
    return _adopt(user, Q(phone_proved_at__isnull=False) | Q(guest_token_hash__in=set(token_hashes) - {""}), at)


def adopt_purchase(*, actor: Any, number: str, at: datetime) -> None:
    """Take a guest's purchase with the phone that the actor proved for one's own. Raises NotOffered.

    Who said that it is another's can't take it afterwards.
    """
    if not _adopt(actor, Q(number=number) & ~Q(declined_by=actor.pk), at):
        raise NotOffered(_("This order is not waiting for your answer any more."))


def _adopt(user: Any, which: Q, at: datetime) -> int:
    """Links to them, and the guest's browser, end: an account's orders need the account."""
    phones = _phones(user)
    if not phones:
        return 0
    with transaction.atomic():
        ids = list(
            Purchase.objects.filter(which, user__isnull=True, contact_phone__in=phones)
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", flat=True)
        )
        if not ids:
            return 0
        Purchase.objects.filter(pk__in=ids, user__isnull=True).update(
            user=user, link_token_hash="", guest_token_hash="", phone_proved_at=at, declined_by=None
        )
        Order.objects.filter(facts__purchase__in=ids, user__isnull=True).update(user=user)
        for pk in ids:
            audit.record(action="adopt_purchase", object_kind="purchase", object_id=pk, actor=user, at=at)
    return len(ids)


def decline_purchase(*, actor: Any, number: str, at: datetime) -> None:
    """Note that the actor, who has its phone, did not buy this. It stays its guest's. Raises NotOffered."""
    with transaction.atomic():
        offered = Purchase.objects.filter(number=number, user__isnull=True, contact_phone__in=_phones(actor))
        pk = offered.select_for_update(no_key=True).values_list("pk", flat=True).first()
        if pk is None:
            raise NotOffered(_("This order is not waiting for your answer any more."))
        if Purchase.objects.filter(pk=pk).exclude(declined_by=actor.pk).update(declined_by=actor):
            audit.record(action="decline_purchase", object_kind="purchase", object_id=pk, actor=actor, at=at)


def note_phone_proved(*, purchase_id: int, at: datetime) -> None:
    """Note that a guest's phone was proved by a code; the first time stays."""
    Purchase.objects.filter(pk=purchase_id, user__isnull=True, phone_proved_at__isnull=True).update(phone_proved_at=at)
