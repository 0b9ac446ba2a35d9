"""The demo cashier: takes no money and says so on its face. Refused in production settings."""

from shop.sales.gateways.base import Started
from shop.sales.models import Payment, Refund


class DemoGateway:
    """Plays a provider that answers at once."""

    name = "demo"

    def start(self, payment: Payment, *, return_url: str) -> Started:
        """Name the attempt; the buyer confirms it on the demo cashier's own page."""
        return Started(provider_ref=f"demo-{payment.key}")

    def refund(self, refund: Refund) -> str:
        """Answer as a provider would for an accepted refund."""
        return f"demo-{refund.key}"
