"""Reading the catalogue."""

from catalog.pictures import Rendition, picture_url, rendition

from .freight import Freight, freight_of
from .lists import ListPage, Scope, card_page
from .sale import SpecForSale, ship_within, specifications_for_sale, supplier_holidays, supplier_member_ids
from .tree import category_tree

__all__ = [
    "Freight",
    "ListPage",
    "Rendition",
    "Scope",
    "SpecForSale",
    "card_page",
    "category_tree",
    "freight_of",
    "picture_url",
    "rendition",
    "ship_within",
    "specifications_for_sale",
    "supplier_holidays",
    "supplier_member_ids",
]
