"""Bank transfer 对公转账: the buyer sends the money with a remittance code; an operator matches the statement."""

from shop.sales.gateways.base import Started
from shop.sales.models import Payment, Refund


class TransferGateway:
    """Nothing happens online: the remittance code is the payment's reference."""

    name = "transfer"

    def start(self, payment: Payment, *, return_url: str) -> Started:
        """Return the remittance code 汇款识别码."""
        return Started(provider_ref=f"HK{payment.pk:06d}{payment.key[-4:].upper()}")

    def refund(self, refund: Refund) -> str:
        """Never called: finance pays it out (`operations/payouts.py`)."""
        raise NotImplementedError("a bank transfer is paid back by hand")
