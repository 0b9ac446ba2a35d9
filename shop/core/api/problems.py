"""Problems (RFC 9457): every refusal of the API, with a stable `code` and words in the reader's language."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from shop.core.errors import DomainError

MEDIA_TYPE = "application/problem+json"


class Problem(DomainError):
    """A refusal of the API itself."""

    def __init__(self, status: int, code: str, message: str, *, field: str | None = None, **details: Any) -> None:
        super().__init__(message, code=code, field=field, **details)
        self.status = status


def titles() -> dict[int, str]:
    """Return the title of each status that the API refuses with, in the reader's language."""
    return {
        400: _("The request can't be understood"),
        401: _("A token is needed"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not possible here"),
        409: _("Not possible as things stand"),
        410: _("Gone"),
        413: _("Too large"),
        422: _("Something in it has to be changed"),
        429: _("Too many requests"),
        500: _("Something went wrong on our side"),
        503: _("Not available just now"),
    }


def answer_problem(
    status: int,
    code: str,
    detail: str = "",
    *,
    field: str | None = None,
    errors: list[dict[str, str]] | None = None,
    details: Mapping[str, Any] | None = None,
) -> JsonResponse:
    """Return the answer for a refusal. `errors` are {field, code, message}, one for each thing to change."""
    title = titles().get(status) or HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "code": code}
    body["detail"] = detail or title
    if field and errors is None:
        errors = [{"field": field, "code": code, "message": body["detail"]}]
    if errors:
        body["errors"] = errors
    plain = {name: value for name, value in (details or {}).items() if _is_plain(value)}
    if plain:
        body["details"] = plain
    response = JsonResponse(body, status=status, content_type=MEDIA_TYPE, json_dumps_params={"ensure_ascii": False})
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def field_of(error: DomainError, fields: Mapping[str, str]) -> str | None:
    """Return the field of the body that an operation's refusal is about.

    `fields` leads from what the operation calls it, or from the code of the refusal, to the body's own name;
    "pieces-" stands for "pieces-7" and every other number.
    """
    if not error.field:
        return error.field
    start, dash, _rest = error.field.rpartition("-")
    for name in (error.code, error.field, start + dash):
        if name in fields:
            return fields[name]
    return error.field


def answer_refusal(error: DomainError, fields: Mapping[str, str] | None = None) -> JsonResponse:
    """Return the answer for a refusal of an operation; `fields` as `field_of` takes them."""
    response = answer_problem(
        error.status,
        error.code,
        str(error.message),
        field=field_of(error, fields or {}),
        errors=getattr(error, "errors", None),
        details={name: value for name, value in error.details.items() if name != "retry_after"},
    )
    wait = error.details.get("retry_after")
    if wait:
        response["Retry-After"] = str(wait)
    return response


def answer_not_found() -> JsonResponse:
    """Return the answer where there is nothing, or nothing that the caller may see."""
    return answer_problem(404, "not_found", _("There is nothing here, or it is not yours."))


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(_is_plain(each) for each in value.values())
    if isinstance(value, list | tuple):
        return all(_is_plain(each) for each in value)
    return value is None or isinstance(value, str | int)
