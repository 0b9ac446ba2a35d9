"""The whole sample world, loaded once for this folder and rolled back; fewer purchases and small pictures."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from catalog.operations import pictures
from shop.demo.loading import orders
from shop.demo.loading.world import load_world

MEDIA: list[Path] = []


@pytest.fixture(scope="package")
def world(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """Load the world; yield what the loader said."""
    said: list[str] = []
    fewer = [(ending, max(2, how_many // 4), *ages) for ending, how_many, *ages in orders.PLAN]
    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), media, transaction.atomic():
        MEDIA.append(settings.MEDIA_ROOT)
        patch.setattr(pictures, "WIDTHS", (240,))
        patch.setattr(orders, "PLAN", fewer)
        load_world(at=timezone.now(), say=said.append)
        yield said
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def its_media(world: list[str]) -> Iterator[None]:
    """Look for files where the world put them, not in the test's own folder."""
    with override_settings(MEDIA_ROOT=MEDIA[-1]):
        yield
