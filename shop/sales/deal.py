"""What a door brings to `place`: lines, buyer, address, invoice, attribution. Plain values; amounts in 分."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.queries import SpecForSale
from shop.sales.pricing import Applied


@dataclass(frozen=True)
class PlaceLine:
    """What is bought of one specification. Amounts in 分; `discount_fen` is for the whole line."""

    spec: SpecForSale
    quantity: int
    unit_price_fen: int
    price_source: str = "list"
    discount_fen: int = 0
    discount_supplier_fen: int = 0
    stock_id: int | None = None

    @property
    def pool(self) -> int:
        """The stock row that the pieces come from: the main pool unless a door says another."""
        return self.stock_id or self.spec.stock_id


@dataclass(frozen=True)
class Buyer:
    """Who buys: a user, or a guest reached by phone.

    `guest_token` is the purchase's own, kept by the guest's browser; `link_token` is another, for links to it.
    """

    user: Any = None
    phone: str = ""
    email: str = ""
    guest_token: str = ""
    link_token: str = ""


@dataclass(frozen=True)
class ShipTo:
    """Where the parcels go. `division_code` is a county."""

    name: str
    phone: str
    division_code: str
    street: str
    postcode: str = ""


@dataclass(frozen=True)
class Invoice:
    """What the invoice says; an empty title asks for none."""

    title: str = ""
    tax_no: str = ""
    email: str = ""


@dataclass(frozen=True)
class Attribution:
    """Where the order came from, as it was then."""

    kind: str = "shop"
    ref: str = ""
    label: str = ""


@dataclass(frozen=True)
class Extras:
    """What goes with a purchase besides its lines: notes and freight (分) by supplier id, coupon, invoice.

    `term_days`: how long after its acceptance a POSTPAID purchase is to be paid. `content`: a digest of all that was
    sent under the purchase's key.
    """

    notes: Mapping[int, str] = field(default_factory=dict)
    freight: Mapping[int, int] = field(default_factory=dict)
    invoice: Invoice = Invoice()
    coupon_code: str = ""
    applied: Sequence[Applied] = ()
    term_days: int | None = None
    content: str = ""


SHOP = Attribution()
NO_EXTRAS = Extras()
