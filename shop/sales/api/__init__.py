"""Selling by API: buying, orders, the supplier's desk, the reviewers' queues."""

from . import arbitration, basket, buying, goods, orders, reports, reviewing, seller

# `buying` and `goods` add to the areas of `basket` and `seller`.
AREAS = (basket.area, orders.area, orders.wishes, seller.area, reviewing.area, arbitration.area, reports.area)

__all__ = ["AREAS", "buying", "goods"]
