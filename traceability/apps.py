from django.apps import AppConfig


class TraceabilityConfig(AppConfig):
    name = "traceability"
    label = "traceability"

    def ready(self) -> None:
        """Load what registers itself: the checks of `check_ledger`."""
        from traceability import projections  # noqa: F401  reason: models must be loaded first
