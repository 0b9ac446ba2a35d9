"""Where a page was that got another address: Wagtail notes it, and who comes by the old one is led to the new."""

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from wagtail.contrib.redirects.middleware import RedirectMiddleware

# The name of Wagtail's address of any page at all.
PAGES = "wagtail_serve"


class FollowRenamed(RedirectMiddleware):
    """Wagtail's middleware, for addresses that could be a page's alone: no other 404 costs a query."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Lead onward from a page that is not there, where it is noted where it went."""
        found = request.resolver_match
        if response.status_code != 404 or found is None or found.url_name != PAGES:
            return response
        moved: HttpResponseBase = super().process_response(request, response)
        return moved
