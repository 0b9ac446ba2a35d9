"""Following a village: kept once, told once for each product that comes on sale there."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from catalog.models import Village, VillageFollow


def toggle_follow(*, user: Any, village: Village, at: datetime) -> bool:
    """Follow a village, or stop; return whether it is followed now."""
    deleted, _kinds = VillageFollow.objects.filter(user=user, village=village).delete()
    if deleted:
        return False
    try:
        with transaction.atomic():
            VillageFollow.objects.create(user=user, village=village, created_at=at)
    except IntegrityError:
        # Pressed twice at the same moment: it is followed.
        return True
    return True
