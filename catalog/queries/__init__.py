"""Reading the catalogue."""

from .freight import Freight, freight_of
from .sale import SpecForSale, ship_within, specifications_for_sale, supplier_holidays, supplier_member_ids

__all__ = [
    "Freight",
    "SpecForSale",
    "freight_of",
    "ship_within",
    "specifications_for_sale",
    "supplier_holidays",
    "supplier_member_ids",
]
