from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CatalogConfig(AppConfig):
    name = "catalog"
    label = "catalog"  # Oscar keeps "catalogue"
    verbose_name = pgettext_lazy("app", "Goods and suppliers")

    def ready(self) -> None:
        """Load what registers itself: outbox handlers, checks of the books."""
        from catalog import notices, projections  # noqa: F401  reason: models must be loaded first
        from catalog.operations import cards  # noqa: F401  reason: models must be loaded first
