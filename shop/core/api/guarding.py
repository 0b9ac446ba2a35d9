"""Around every address of the API: the reader's language, problems instead of pages, nothing kept by anybody."""

import logging
import re
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.urls import URLPattern
from django.utils import translation
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from shop.core.api.problems import answer_not_found, answer_problem, answer_refusal
from shop.core.api.values import MOST_ID
from shop.core.errors import DomainError
from shop.core.languages import accepted_language
from shop.core.outages import RETRY_SECONDS, is_database_away

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponseBase]
# Where a field stands: its source, and the name of the one body.
DEPTH = {"body": 2}


def reader_language(request: HttpRequest) -> str:
    """Return the language of Accept-Language: a program has no cookies."""
    return accepted_language(request.headers.get("Accept-Language", ""))


def guarded(view: View) -> View:
    """Have a view of the API speak the reader's language and refuse with problems only."""

    @wraps(view)
    def safe(request: HttpRequest, *args: Any, **given: Any) -> HttpResponseBase:
        language = reader_language(request)
        response: HttpResponseBase
        is_head = request.method == "HEAD"
        with translation.override(language):
            try:
                if is_head:
                    request.method = "GET"
                response = _malformed(request, given) or view(request, *args, **given)
            except Exception as error:  # noqa: BLE001 (each becomes a problem; what is ours is logged there)
                response = refusal_of(error)
            finally:
                if is_head:
                    request.method = "HEAD"
            if isinstance(response, HttpResponseNotAllowed):
                allowed = response["Allow"]
                response = answer_problem(405, "method_not_allowed", _("Possible here: %s.") % allowed)
                response["Allow"] = allowed
        response.headers.setdefault("Content-Language", "en" if language == "en" else "zh-Hans")
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("Vary", "Accept-Language")
        return response

    safe.csrf_exempt = True  # type: ignore[attr-defined]  # read by Django: a bearer token is no cookie
    return safe


def _malformed(request: HttpRequest, given: dict[str, Any]) -> HttpResponse | None:
    """Return the answer for what no database can look up or keep; None for the rest."""
    if any(isinstance(value, int) and value > MOST_ID for value in given.values()):
        return answer_not_found()
    # JSON is UTF-8; in UTF-16 or UTF-32 the same character would be written with other bytes.
    is_json = not (request.content_type or "").startswith("multipart/")
    if (
        "\0" in request.path_info
        or "%00" in request.META.get("QUERY_STRING", "")
        or b"\\u0000" in request.body
        or (is_json and b"\x00" in request.body)
    ):
        return answer_problem(400, "malformed", _("There is a character in it that can't be stored."))
    return None


def guarded_all(patterns: Sequence[Any]) -> list[URLPattern]:
    """Guard the views of these addresses."""
    for pattern in patterns:
        pattern.callback = guarded(pattern.callback)
    return list(patterns)


@guarded
def nothing_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for an address that the API doesn't have."""
    return answer_not_found()


def connect_refusals(api: NinjaAPI) -> None:
    """Have ninja leave every exception to us."""

    def refuse(request: HttpRequest, error: Any) -> HttpResponse:
        return refusal_of(error)

    for kind in (Exception, Http404, HttpError, ValidationError):
        api.add_exception_handler(kind, refuse)


def refusal_of(error: Exception) -> HttpResponse:
    """Return the problem for an exception; what nobody expected is logged, and says nothing of itself."""
    if isinstance(error, DomainError):
        return answer_refusal(error)
    if isinstance(error, ValidationError):
        errors = [_explained(each) for each in error.errors]
        return answer_problem(422, "invalid", errors[0]["message"] if len(errors) == 1 else "", errors=errors)
    if isinstance(error, Http404):
        return answer_not_found()
    for kind, status, code, words in (
        (PermissionDenied, 403, "not_allowed", _("You may not do this.")),
        (RequestDataTooBig, 413, "too_large", _("This is more than can be sent at once.")),
        (SuspiciousOperation, 400, "malformed", ""),
    ):
        if isinstance(error, kind):
            return answer_problem(status, code, words)
    if isinstance(error, HttpError) and error.status_code < 500:
        words = _("The body is not JSON that can be read.") if error.status_code == 400 else ""
        return answer_problem(error.status_code, "malformed" if error.status_code == 400 else "refused", words)
    return _failed(error)


def _failed(error: Exception) -> HttpResponse:
    """Return the problem for what the caller can't help: the database is away, or we have broken something."""
    if not is_database_away(error):
        logger.error("api failed", exc_info=error)
        return answer_problem(500, "internal", _("We have noted it. Please try again later."))
    logger.warning("the database is away: %s", type(error).__name__)
    response = answer_problem(503, "database_away", _("Please try again in a moment: nothing was done."))
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _explained(error: dict[str, Any]) -> dict[str, str]:
    """Return {field, code, message} for one thing to change, the message in the reader's language."""
    kind, facts = error["type"], error.get("ctx") or {}
    messages = {
        "missing": _("This is needed."),
        "extra_forbidden": _("There is no such field here."),
        "string_too_long": _("At most %(max_length)s characters."),
        "string_too_short": _("At least %(min_length)s characters."),
        "too_long": _("At most %(max_length)s of them."),
        "too_short": _("At least %(min_length)s of them."),
        "greater_than_equal": _("%(ge)s or more."),
        "less_than_equal": _("%(le)s or less."),
        "literal_error": _("One of these: %(expected)s."),
        "enum": _("One of these: %(expected)s."),
        "int_parsing": _("A whole number."),
        "int_type": _("A whole number."),
        "string_type": _("Text in quotes."),
        "list_type": _("A list."),
        "bool_parsing": _("true or false."),
        "timezone_aware": _("A time needs its offset: 2026-11-23T16:00:00+08:00."),
        "datetime_from_date_parsing": _("A time looks like 2026-11-23T16:00:00+08:00."),
        "datetime_parsing": _("A time looks like 2026-11-23T16:00:00+08:00."),
        "date_from_datetime_parsing": _("A date looks like 2026-11-23."),
        "date_parsing": _("A date looks like 2026-11-23."),
        "amount_zero": _("An amount above zero."),
        "named_twice": _("The same one stands in it twice: name each once."),
        "value_error": _("Money is text in 元 with at most two decimals, as “32.80”."),
    }
    text = messages.get(kind, _("This can't be used as it is."))
    place = error["loc"]
    field = ".".join(str(each) for each in place[DEPTH.get(str(place[0]), 1) :])
    known = {
        name: value for name, value in facts.items() if name in {"max_length", "min_length", "ge", "le", "expected"}
    }
    if "expected" in known:
        known["expected"] = _choices(str(known["expected"]))
    return {"field": field or str(place[-1]), "code": kind, "message": text % known if known else text}


def _choices(expected: str) -> str:
    """Return "'first', 'second' or 'mixed'", as the validator says it, in the reader's language."""
    separator = ", " if get_language() == "en" else "、"
    # What may be left empty is no choice to name.
    return separator.join(filter(None, re.findall(r"'([^']*)'", expected))) or expected
