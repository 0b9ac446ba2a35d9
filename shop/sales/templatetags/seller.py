"""What every page of the seller's console shows, whichever package it is of."""

from typing import Any

from django import template

from shop.sales.queries.seller import waiting_counts

register = template.Library()


@register.simple_tag(takes_context=True)
def waiting_at(context: template.Context, supplier: Any) -> dict[str, int]:
    """Return what waits for the supplier. One query for each page."""
    request = context["request"]
    if not hasattr(request, "waiting_at_seller"):
        request.waiting_at_seller = waiting_counts(supplier.pk)
    return dict(request.waiting_at_seller)
