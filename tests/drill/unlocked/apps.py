import time

from django.apps import AppConfig


class UnlockedConfig(AppConfig):
    """Installed only by `tests.drill.unlocked.settings`."""

    name = "tests.drill.unlocked"
    label = "drill_unlocked"

    def ready(self) -> None:
        """Look, think, then write what was seen plus one: what most shops do."""
        from catalog.models import Stock  # reason: models must be loaded first
        from catalog.operations import stock  # reason: models must be loaded first

        def reserve(quantities: dict[int, int]) -> None:
            for stock_id, quantity in quantities.items():
                row = Stock.objects.get(pk=stock_id)
                if row.on_hand - row.reserved < quantity:
                    raise stock.OutOfStock("gone", short={stock_id: 0})
                time.sleep(0.02)
                Stock.objects.filter(pk=stock_id).update(reserved=row.reserved + quantity)

        stock.reserve = reserve
