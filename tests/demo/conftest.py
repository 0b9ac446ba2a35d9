"""The whole sample world, loaded once for this folder and rolled back; fewer purchases and small pictures."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from catalog.operations import pictures
from shop.demo.loading import orders
from shop.demo.loading.world import load_world


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """Load the world; yield what the loader said."""
    said: list[str] = []
    fewer = [(ending, max(2, how_many // 4), *ages) for ending, how_many, *ages in orders.PLAN]
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        patch.setattr(pictures, "WIDTHS", (240,))
        patch.setattr(orders, "PLAN", fewer)
        load_world(at=timezone.now(), say=said.append)
        yield said
        transaction.set_rollback(True)
