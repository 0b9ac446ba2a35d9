"""The catalogue by API: for everybody, for suppliers who propose goods, for reviewers who decide on them."""

from . import certificates_reviewed, places, products, proposals, reviewing

AREAS = (products.area, places.area, proposals.area, reviewing.area, certificates_reviewed.area)

__all__ = ["AREAS"]
