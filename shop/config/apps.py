from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The composition root: connects the packages' hooks once every app is loaded."""

    name = "shop.config"
    label = "shop_config"

    def ready(self) -> None:
        from shop.config import wiring  # reason: packages must be loaded first

        wiring.connect()
