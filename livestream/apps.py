from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class LivestreamConfig(AppConfig):
    name = "livestream"
    label = "livestream"
    verbose_name = pgettext_lazy("app", "Live rooms")

    def ready(self) -> None:
        """Load what registers itself: outbox handlers, periodic work, checks."""
        from livestream import message_kinds, notices, projections  # noqa: F401  reason: models must be loaded first
        from livestream.operations import clips, drops  # noqa: F401  reason: models must be loaded first
