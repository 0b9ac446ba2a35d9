from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class ProcurementConfig(AppConfig):
    name = "procurement"
    label = "procurement"
    verbose_name = pgettext_lazy("app", "Budget units")

    def ready(self) -> None:
        """Load what registers itself: words of messages, checks."""
        from procurement import message_kinds, notices, projections  # noqa: F401  reason: models must be loaded first
        from procurement.operations import lists, receiving  # noqa: F401  reason: models must be loaded first
