"""Private pictures that belong to nothing: what they were sent for was refused after they had been stored.

They may show people and their papers, and nobody who is asked for a person's data would find them.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, ManyToManyField, OuterRef

from catalog.models import Picture, ProposalPicture
from catalog.operations.pictures import delete_pictures
from shop.core import periodic

# Longer than any request takes between storing a picture and writing whose it is.
AFTER = timedelta(days=1)
AT_ONCE = 200


@periodic.every("catalog.forget_stray_pictures", seconds=3600)
def forget_stray_pictures(*, at: datetime) -> int:
    """Delete the private pictures, a day old, that no row of any package points to; return how many went."""
    rows = Picture.objects.filter(is_private=True, created_at__lt=at - AFTER)
    for field in _pointing():
        rows = rows.exclude(Exists(field.model._base_manager.filter(**{field.name: OuterRef("pk")})))
    with transaction.atomic():
        found = list(rows.order_by("pk")[:AT_ONCE])
        delete_pictures(found, of=ProposalPicture.objects.none())
    return len(found)


def _pointing() -> list[Any]:
    """Return every foreign key that points to a picture, those without a way back too."""
    ways: list[Any] = Picture._meta.get_fields(include_hidden=True)
    fields = [each.field for each in ways if each.auto_created and each.is_relation]
    return [field for field in fields if not isinstance(field, ManyToManyField)]
