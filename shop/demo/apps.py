from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The sample world. Never installed in production."""

    name = "shop.demo"
    label = "demo"
