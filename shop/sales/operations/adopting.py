"""A guest who signs in finds the purchases made before."""

from datetime import datetime
from typing import Any

from django.db import transaction
from oscar.apps.order.models import Order

from shop.core.codes import national_phone
from shop.sales.models import Purchase


def adopt_guest_purchases(*, user: Any, at: datetime) -> int:
    """Give `user` the guests' purchases made with its verified phone; return how many. Running it again adds none.

    Links to them end: an account's orders need the account.
    """
    if not user.phone or not user.phone_verified:
        return 0
    phones = {user.phone, national_phone(user.phone)}
    with transaction.atomic():
        ids = list(
            Purchase.objects.filter(user__isnull=True, contact_phone__in=phones)
            .order_by("pk")
            .select_for_update(no_key=True)
            .values_list("pk", flat=True)
        )
        if not ids:
            return 0
        Purchase.objects.filter(pk__in=ids, user__isnull=True).update(user=user, link_token_hash="")
        Order.objects.filter(facts__purchase__in=ids, user__isnull=True).update(user=user)
    return len(ids)
