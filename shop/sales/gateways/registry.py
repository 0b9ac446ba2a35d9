"""Which gateways this installation has."""

from django.conf import settings

from shop.sales.gateways.base import Gateway
from shop.sales.gateways.demo import DemoGateway
from shop.sales.gateways.transfer import TransferGateway


def offered() -> dict[str, Gateway]:
    """Return the gateways a buyer may choose, by name. The demo cashier only where the settings allow it."""
    gateways: list[Gateway] = [TransferGateway()] if settings.TRANSFER_ACCOUNT["number"] else []
    if settings.DEMO_CASHIER:
        gateways.insert(0, DemoGateway())
    return {each.name: each for each in gateways}


def gateway(name: str) -> Gateway:
    """Return the gateway called `name`. Raises KeyError for one that is not offered here."""
    return offered()[name]
