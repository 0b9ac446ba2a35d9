"""Selling by API: buying, orders, the supplier's desk, the reviewers' queues."""

from . import (
    arbitration,
    basket,
    buying,
    cases,
    funding,
    goods,
    orders,
    packing,
    paying,
    received,
    reports,
    reviewing,
    seller,
    seller_cases,
    wishes,
)

# `buying`, `cases`, `funding`, `goods`, `packing`, `received`, `paying` and `seller_cases` add to the areas of `basket`, `orders`
# and `seller`.
AREAS = (basket.area, orders.area, wishes.wishes, seller.area, reviewing.area, arbitration.area, reports.area)

__all__ = ["AREAS", "buying", "cases", "funding", "goods", "packing", "paying", "received", "seller_cases"]
