"""Numbers that people type into addresses: without dashes, in small letters, full-width, with spaces.

They are read as the fields for them do, and lead to the usual address.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri

from shop.core.codes import packed_code, plain_code

LENGTH = 14
NUMBER = re.compile(r"[A-Z]{2}[0-9]{2}-[0-9A-Z]{4}-[0-9A-Z]{6}")

View = Callable[..., HttpResponseBase]


def typed_number(text: str) -> str:
    """Return a number of ours as it is stored, however it was typed: "dd26 2y5y rpkwjg" is DD26-2Y5Y-RPKWJG."""
    packed = packed_code(text).upper()
    if len(packed) == LENGTH:
        return f"{packed[:4]}-{packed[4:8]}-{packed[8:]}"
    return plain_code(text).upper()


def numbered(view: View) -> View:
    """Lead a page's address with a number typed another way to the usual one, whether there is such a number or not.

    Nothing is looked up: who may see what is the view's own matter.
    """

    @wraps(view)
    def led(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        number = given["number"]
        usual = typed_number(number)
        if usual == number or request.method not in ("GET", "HEAD") or not NUMBER.fullmatch(usual):
            return view(request, *args, **given)
        path = request.path.replace(f"/{number}/", f"/{usual}/", 1)
        asked = request.META.get("QUERY_STRING", "")
        return HttpResponseRedirect(iri_to_uri(f"{path}?{asked}" if asked else path))

    return led
