"""Who may see the photos of an after-sales case: its buyer, its supplier, and who decides for the platform."""

from django.http import HttpRequest

from shop.sales import visitors
from shop.sales.models import AfterSalePicture
from shop.sales.queries.orders import owned_orders


def case_picture_key(request: HttpRequest, pk: int) -> str | None:
    """Return the key of a photo for those concerned, else None. Up to five queries. See `shop.core.private_files`."""
    row = AfterSalePicture.objects.filter(pk=pk).select_related("picture", "case__line__order__supplier").first()
    if row is None:
        return None
    order = row.case.line.order
    user = visitors.user_of(request)
    is_concerned = (
        owned_orders(visitors.visitor(request)).filter(pk=order.pk).exists()
        or (user is not None and order.supplier.organisation_id in user.organisation_ids)
        or (user is not None and row.case.asked_at is not None and user.has_perm("sales.decide_cases"))
    )
    return row.picture.key if is_concerned else None
