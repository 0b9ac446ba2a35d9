"""Reading the catalogue."""

from catalog.pictures import Rendition, file_name, picture_url, rendition
from catalog.places import place
from catalog.words import english, local, paragraphs, said

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
    "english",
    "file_name",
    "freight_of",
    "local",
    "paragraphs",
    "picture_url",
    "place",
    "rendition",
    "said",
    "ship_within",
    "specifications_for_sale",
    "supplier_holidays",
    "supplier_member_ids",
]
