"""Whose a guest's purchase becomes: an account's that proved its phone and signed in in the browser that bought it.

Neither alone is enough. Anybody can type the phone of whoever gets the parcel and anybody can sign in in a browser that
a guest used: without its phone nobody takes the purchase from the guest (decision 34).
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from oscar.apps.order.models import Order

from shop.core import audit
from shop.core.codes import international_phone, national_phone
from shop.core.errors import DomainError
from shop.sales.errors import PhoneUnproved
from shop.sales.models import Purchase
from shop.sales.visitors import phones_of


class NotOffered(DomainError):
    """No guest's purchase with this number waits for this person's answer."""

    code = "purchase_not_offered"
    status = 404


def adopt_guest_purchases(*, user: Any, at: datetime, token_hashes: Collection[str] = ()) -> int:
    """Give `user` what was bought in this browser (`token_hashes`) with the phone it proved; return how many.

    What this browser bought with another phone stays the guest's, until that phone is proved (`adopt_purchase`).
    Running it again adds none.
    """
    own = phones_of(user)
    return _adopt(user, Q(contact_phone__in=own), token_hashes, at) if own else 0


def adopt_purchase(
    *, actor: Any, number: str, token_hashes: Collection[str], at: datetime, proved_phone: str = ""
) -> None:
    """Keep a purchase that was bought as a guest in this browser (`token_hashes`) in the actor's account.

    `proved_phone` is one that a code came back from just now; the account's own proved phone counts without. Raises
    NotOffered: it was not bought here, or an account has it already. Raises PhoneUnproved: its phone was not proved.
    """
    own = set(phones_of(actor))
    if proved_phone:
        own |= {international_phone(proved_phone), national_phone(proved_phone)}
    if _adopt(actor, Q(number=number, contact_phone__in=own), token_hashes, at):
        return
    if bought_here(token_hashes).filter(number=number).exists():
        raise PhoneUnproved(_("A code to the phone of this order is needed first: it may be somebody else's."))
    raise NotOffered(_("This order is not waiting for your answer any more."))


def bought_here(token_hashes: Collection[str]) -> QuerySet[Purchase]:
    """Return the guests' purchases of these tokens that no account has."""
    return Purchase.objects.filter(user__isnull=True, guest_token_hash__in=set(token_hashes) - {""})


def _adopt(user: Any, which: Q, token_hashes: Collection[str], at: datetime) -> int:
    """Links to them, and the guest's browser, end: an account's orders need the account."""
    hashes = set(token_hashes) - {""}
    if not hashes:
        return 0
    with transaction.atomic():
        ids = list(
            bought_here(hashes).filter(which).order_by("pk").select_for_update(no_key=True).values_list("pk", flat=True)
        )
        if not ids:
            return 0
        found = Purchase.objects.filter(pk__in=ids, user__isnull=True)
        found.update(user=user, phone_proved_at=at, link_token_hash="", guest_token_hash="", declined_by=None)
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
