"""A page for a method that an address does not take, instead of the blank answer that Django gives."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase, HttpResponseNotAllowed
from django.template.loader import render_to_string


class RefusedMethodPages:
    """Fills an empty 405 with a page in the reader's language that leads on. What says something itself is left."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Return the answer, with a page where it has none."""
        answer = self.get_response(request)
        if isinstance(answer, HttpResponseNotAllowed) and isinstance(answer, HttpResponse) and not answer.content:
            answer.content = render_to_string("405.html", request=request)
        return answer
