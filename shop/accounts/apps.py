"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, roles, organisations' members, messages."""

    name = "shop.accounts"
    label = "accounts"

    def ready(self) -> None:
        """Name the predicates as permissions."""
        from shop.accounts import rules  # reason: apps must be loaded first

        rules.register()
