"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, organisations' members, messages."""

    name = "shop.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Name the predicates as permissions; fill the back office; load what registers itself: periodic work."""
        from shop.accounts import admin, one_time_codes, rules, sessions  # noqa: F401  reason: apps must be loaded first

        rules.register()
        admin.register()
