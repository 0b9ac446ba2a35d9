"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, organisations' members, messages."""

    name = "shop.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Name the predicates as permissions; fill the back office."""
        from shop.accounts import admin, rules  # reason: apps must be loaded first

        rules.register()
        admin.register()
