"""Which Content-Security-Policy an answer gets: the strict one everywhere, in Wagtail's office what its scripts bear."""

from dataclasses import replace
from typing import Any

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

OFFICE = "/cms/"


class PolicyMiddleware(CSPMiddleware):
    """django-csp's middleware with a second policy. A view's own policy (a preview in a frame) goes before both."""

    def get_policy_parts(self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False) -> Any:
        """Return what the policy of this answer is made of."""
        parts = super().get_policy_parts(request, response, report_only)
        if parts.config is None and request.path_info.startswith(OFFICE) and not report_only:
            return replace(parts, config=settings.OFFICE_SECURITY_POLICY)
        return parts
