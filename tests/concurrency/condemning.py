"""A test fails for a lot while its supplier sends orders from it."""

from typing import Any

from shop.sales.models import OrderFacts
from tests.traceability.growing import look, report, send
from traceability.models import ProduceLot


def come(job: dict[str, Any], number: int) -> str:
    """The first records the failed test, the others send one order each."""
    if number == 0:
        look(ProduceLot.objects.get(pk=job["lot"]), report(passed=False))
        return "failed"
    send(OrderFacts.objects.get(pk=job["orders"][number - 1]), job["pieces"], number=number)
    return "sent"
