"""The accounts app."""

from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class AccountsConfig(AppConfig):
    """People, roles, organisations' members, messages."""

    name = "shop.accounts"
    label = "accounts"
    verbose_name = pgettext_lazy("app", "Accounts and roles")

    def ready(self) -> None:
        """Name the predicates as permissions; fill the back office; load what registers itself: periodic work."""
        from shop.accounts import admin, one_time_codes, rules, sessions  # noqa: F401  reason: apps must be loaded first
        from shop.core import sealed_links  # reason: models must be loaded first

        for name in ("groups", "user_permissions"):
            sealed_links.connect(self.get_model("User"), name)
        rules.register()
        admin.register()
