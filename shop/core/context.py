"""What every template may use."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Return settings that templates show. No queries: pages without a user's parts stay cacheable."""
    return {"SITE_URL": settings.SITE_URL, "DEMO_CASHIER": settings.DEMO_CASHIER, "LICENCES": settings.LICENCES}
