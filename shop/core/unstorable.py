"""Refusing the one character that no database of ours holds as text: NUL, wherever in a request it stands.

No keyboard types it, so there is no field to say it beside: programs that look for holes send it. PostgreSQL refuses
a query that has one anywhere, which would be a failure of ours.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string

NUL = "\0"
# It refuses by itself, as programs read it.
API = "/api/"


class RefuseNul:
    """Answers 400 for a NUL in the address, in what stands behind its question mark, or in a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request, or refuse its address."""
        if not request.path_info.startswith(API) and (NUL in request.path_info or _has_nul(request.GET)):
            return _refused(request)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponseBase], args: Any, given: Any
    ) -> HttpResponseBase | None:
        """Refuse a form. What others send us (payments) is read by its own door, as it came."""
        if request.method == "POST" and not getattr(view, "csrf_exempt", False) and _has_nul(request.POST):
            return _refused(request)
        return None


def _has_nul(sent: QueryDict) -> bool:
    return any(NUL in name or any(NUL in value for value in values) for name, values in sent.lists())


def _refused(request: HttpRequest) -> HttpResponse:
    return HttpResponse(render_to_string("400.html", request=request), status=400)
