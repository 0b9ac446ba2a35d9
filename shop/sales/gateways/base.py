"""What every gateway can do."""

from dataclasses import dataclass
from typing import Protocol

from shop.sales.models import Payment, Refund


@dataclass(frozen=True)
class Started:
    """What starting a payment gave: the provider's reference and, for gateways elsewhere, where to send the buyer."""

    provider_ref: str
    redirect_url: str = ""


class Gateway(Protocol):
    """One way to pay. `name` is stored with each payment, so that refunds go back the same way."""

    name: str

    def start(self, payment: Payment, *, return_url: str) -> Started:
        """Start taking the money of `payment`; the same payment again is the same attempt."""

    def refund(self, refund: Refund) -> str:
        """Give the money of `refund` back; return the provider's reference. The same refund again is the same one."""
