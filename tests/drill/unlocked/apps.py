"""The control's server: the same site with the conditional update taken out of reserving stock."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

from tests.concurrency.meeting import Meeting


class UnlockedConfig(AppConfig):
    """Installed only by `tests.drill.unlocked.settings`."""

    name = "tests.drill.unlocked"
    label = "drill_unlocked"

    def ready(self) -> None:
        """Look, then write what was seen plus one: what most shops do. The first two look before either writes."""
        from catalog.models import Stock  # reason: models must be loaded first
        from catalog.operations import stock  # reason: models must be loaded first

        meeting = Meeting(Path(settings.VAR_DIR), "stock")

        def reserve(quantities: dict[int, int]) -> None:
            for stock_id, quantity in quantities.items():
                row = Stock.objects.get(pk=stock_id)
                if row.on_hand - row.reserved < quantity:
                    raise stock.OutOfStock("gone", short={stock_id: 0})
                meeting.come(f"stock:{stock_id}")
                Stock.objects.filter(pk=stock_id).update(reserved=row.reserved + quantity)

        stock.reserve = reserve
