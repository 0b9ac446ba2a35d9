"""The app of what every package stands on."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy

from shop.core import limit_words


class CoreConfig(AppConfig):
    """Divisions, ledger, outbox, audit, limits."""

    name = "shop.core"
    label = "core"
    verbose_name = pgettext_lazy("app", "Foundations")

    def ready(self) -> None:
        """Load what registers itself: periodic work."""
        from shop.core import limits, once, row_projections  # noqa: F401  reason: models must be loaded first

        limit_words.install()
        row_projections.connect()
