"""Lines of orders, for packages above that compare what they keep with them."""

from django.db.models import QuerySet

from shop.sales.models import LineFacts


def order_lines() -> QuerySet[LineFacts]:
    """Return every line of every order, to be narrowed. No query runs yet."""
    return LineFacts.objects.all()
