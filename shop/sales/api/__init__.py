"""Selling by API: buying, orders, the supplier's desk, the reviewers' queues."""

from . import basket, buying, funding, goods, orders, reports, reviewing, seller

# `buying`, `funding` and `goods` add to the areas of `basket` and `seller`.
AREAS = (basket.area, orders.area, orders.wishes, seller.area, reviewing.area, reports.area)

__all__ = ["AREAS", "buying", "funding", "goods"]
