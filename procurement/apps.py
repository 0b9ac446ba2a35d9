from django.apps import AppConfig


class ProcurementConfig(AppConfig):
    name = "procurement"
    label = "procurement"

    def ready(self) -> None:
        """Load what registers itself: words of messages, checks."""
        from procurement import message_kinds, notices, projections  # noqa: F401  reason: models must be loaded first
        from procurement.operations import receiving  # noqa: F401  reason: models must be loaded first
