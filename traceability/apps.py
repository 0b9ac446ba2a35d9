from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class TraceabilityConfig(AppConfig):
    name = "traceability"
    label = "traceability"
    verbose_name = pgettext_lazy("app", "Lots and certificates")

    def ready(self) -> None:
        """Load what registers itself: the checks of `check_ledger`, periodic work."""
        from traceability import projections  # noqa: F401  reason: models must be loaded first
        from traceability.operations import holding, kept  # noqa: F401  reason: registers its periodic work
