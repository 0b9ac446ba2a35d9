"""A unit accepts its deliveries while the unit above confirms whose canteen it shares: whose quota do they fill?"""

from typing import Any

from procurement.models import QuotaDeclaration
from procurement.operations.accepting import accept_goods
from shop.accounts.models import User
from shop.sales.models import LineFacts
from tests.factories import AT
from tests.procurement.offices import confirm


def come(job: dict[str, Any], number: int) -> str:
    """The first confirms the declaration, the others accept one order each, all that came but `refused` pieces."""
    if number == 0:
        confirm(QuotaDeclaration.objects.get(pk=job["declaration"]), by=User.objects.get(pk=job["above"]))
        return "confirmed"
    order_id = job["orders"][number - 1]
    pieces = {line.pk: line.shipped - job["refused"] for line in LineFacts.objects.filter(order=order_id)}
    accept_goods(order_id=order_id, accepted=pieces, actor=User.objects.get(pk=job["buyer"]), at=AT)
    return "accepted"
