from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class SalesConfig(AppConfig):
    name = "shop.sales"
    label = "sales"
    verbose_name = pgettext_lazy("app", "Orders and payments")

    def ready(self) -> None:
        """Load what registers itself: outbox handlers, periodic work, checks."""
        from shop.sales import (  # noqa: F401  reason: models first
            notices,
            offer_projections,
            projections,
            seal_projections,
            time_projections,
            trail_projections,
        )
        from shop.sales.operations import closing, payments, receipts, refunds  # noqa: F401  reason: models first
