"""What the worker's beat does: once a second it drains the outbox and runs what is due."""

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from shop.core import outbox, periodic


@shared_task(name="core.tick", ignore_result=True)
def tick() -> None:
    """Drain the outbox and run due jobs. A lease keeps several workers' ticks from piling up.

    Without a cache there is no lease: jobs bear running twice, but not being left undone.
    """
    outbox.drain(at=timezone.now())
    if cache.add("core.periodic", "1", timeout=1) or getattr(cache, "is_away", False):
        periodic.run_due(at=timezone.now())
