"""Operations of the API: each says what it answers with, which scope it needs, and whether it takes a key."""

import re
from collections.abc import Callable, Mapping
from enum import Enum
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Router
from ninja.operation import Operation
from ninja.params.models import QueryModel
from pydantic import BaseModel

from shop.core.api.callers import Caller
from shop.core.api.paging import reading
from shop.core.api.problems import Problem, answer_not_found, answer_problem, answer_refusal
from shop.core.errors import DomainError
from shop.core.once import once
from shop.core.scopes import SCOPES

KEY_HEADER = "Idempotency-Key"
MOST_KEY = 80
_PLACE = re.compile(r"\{(?:\w+:)?(\w+)\}")
View = Callable[..., Any]


class Key(Enum):
    """Whether a write takes an Idempotency-Key."""

    REQUIRED = "required"
    ACCEPTED = "accepted"
    NONE = "none"


class ApiRequest(HttpRequest):
    """A request that was looked at: `auth` says who calls, `user` is the person (never the session's)."""

    auth: Caller
    user: Any


class Area(Router):
    """The operations of one kind of work; `tag` is its heading in the documentation."""

    def __init__(self, tag: str) -> None:
        super().__init__(tags=[tag])

    def reads(
        self, path: str, answer: type[BaseModel], *, summary: str, scope: str | None = None, description: str = ""
    ) -> Callable[[View], View]:
        """Add an operation that changes nothing. Without `scope` it is for everybody."""
        return self._operation("GET", path, answer, 200, scope, Key.NONE, summary, description)

    def writes(
        self,
        path: str,
        answer: type[BaseModel] | None,
        *,
        summary: str,
        scope: str | None,
        description: str = "",
        method: str = "POST",
        status: int | None = None,
        key: Key = Key.ACCEPTED,
        fields: Mapping[str, str] | None = None,
    ) -> Callable[[View], View]:
        """Add an operation that changes something; without `answer` it answers 204. Without `scope` it takes no key.

        `fields` leads from the names in refusals to those of the body (`problems.field_of`).
        """
        status = status or (200 if answer else 204)
        return self._operation(
            method, path, answer, status, scope, key if scope else Key.NONE, summary, description, fields
        )

    def steps(
        self, thing: str, answer: type[BaseModel], *, scope: str, shown: Callable[..., Any]
    ) -> Callable[..., Callable[[View], View]]:
        """Return a decorator for the steps of one thing: each is written below its address and answered with the thing.

        `shown(request, **keys)` returns the thing as it is after the step; `keys` are those in the address `thing`.
        The decorator takes what comes after that address, and what `writes` takes besides.
        """
        keys = _PLACE.findall(thing)

        def step(path: str, *, scope: str = scope, **more: Any) -> Callable[[View], View]:
            def decorate(act: View) -> View:
                @wraps(act)
                def view(request: ApiRequest, **given: Any) -> Any:
                    act(request, **given)
                    return shown(request, **{key: given[key] for key in keys})

                return self.writes(f"{thing}/{path}", answer, scope=scope, **more)(view)

            return decorate

        return step

    def _operation(
        self,
        method: str,
        path: str,
        answer: type[BaseModel] | None,
        status: int,
        scope: str | None,
        key: Key,
        summary: str,
        description: str,
        fields: Mapping[str, str] | None = None,
    ) -> Callable[[View], View]:
        if scope is not None and scope not in SCOPES:
            raise ValueError(f"no such scope: {scope}")
        extra = {"x-scope": scope, "x-idempotency-key": key.value}

        asked: dict[str, bool] = {}

        def decorate(view: View) -> View:
            @wraps(view)
            def answered(request: ApiRequest, **given: Any) -> HttpResponse:
                _check_scope(request.auth, scope)
                if refused := _refused_parameters(request, asked):
                    return refused

                def work() -> HttpResponse:
                    try:
                        with reading(request):
                            return _answer(view(request, **given), answer, status)
                    except DomainError as error:
                        return answer_refusal(error, fields)
                    except Http404:
                        return answer_not_found()

                sent = _key_of(request, key)
                if not sent:
                    return work()
                return once(
                    actor_id=request.auth.user.pk,
                    key=sent,
                    method=method,
                    path=request.get_full_path(),
                    body=request.body,
                    at=timezone.now(),
                    work=work,
                    standing=_standing(request.auth.user),
                )

            self.add_api_operation(
                path,
                [method],
                answered,
                response={status: answer},
                operation_id=view.__name__,
                url_name=view.__name__,
                summary=summary,
                description=description,
                openapi_extra=extra,
            )
            asked.update(_query_names(self.path_operations[path].operations[-1]))
            return answered

        return decorate


def _query_names(operation: Operation) -> dict[str, bool]:
    """Return the parameters that an operation's address may be asked with, and whether each may stand there again."""
    found: dict[str, bool] = {}
    for model in operation.signature.models:
        if issubclass(model, QueryModel):
            several = getattr(model, "__ninja_collection_fields__", [])
            found |= {name: name in several for name in getattr(model, "__ninja_flatten_map__", {})}
    return found


def _refused_parameters(request: HttpRequest, known: Mapping[str, bool]) -> HttpResponse | None:
    """Return the answer for parameters that the address doesn't have, or has once; None where all are good.

    `?from=` would otherwise answer the whole year, `?year=2025&year=2026` one of the two.
    """
    errors = [
        {"field": name, "code": "extra_forbidden", "message": _("There is no such parameter here: %s.") % name}
        for name in request.GET
        if name not in known
    ]
    errors += [
        {"field": name, "code": "named_twice", "message": _("The same one stands in it twice: name each once.")}
        for name, values in request.GET.lists()
        if len(values) > 1 and not known.get(name, True)
    ]
    if not errors:
        return None
    details = {"known": sorted(known)}
    return answer_problem(
        422, "invalid", errors[0]["message"] if len(errors) == 1 else "", errors=errors, details=details
    )


def _check_scope(caller: Caller, scope: str | None) -> None:
    if scope is None:
        return
    if not caller.is_known:
        raise Problem(401, "token_needed", _("Send a token: Authorization: Bearer …"))
    if scope not in caller.scopes:
        raise Problem(
            403, "scope_missing", _("This token may not do this: it lacks the scope “%s”.") % scope, scope=scope
        )


def _standing(user: Any) -> list[str]:
    """Return the person's roles and organisations, as once() takes them. Two queries, remembered."""
    own = ["superuser"] if user.is_superuser else []
    return [*own, *user.role_names, *(f"organisation {pk}" for pk in user.organisation_ids)]


def _key_of(request: HttpRequest, rule: Key) -> str:
    if rule is Key.NONE:
        return ""
    key = request.headers.get(KEY_HEADER, "").strip()
    if not key and rule is Key.REQUIRED:
        raise Problem(
            400, "idempotency_key_missing", _("Send an Idempotency-Key, so that trying again does nothing twice.")
        )
    if len(key) > MOST_KEY or not key.isprintable() or not key.isascii():
        raise Problem(400, "idempotency_key_invalid", _("An Idempotency-Key has at most 80 plain characters."))
    return key


def _answer(result: Any, kind: type[BaseModel] | None, status: int) -> HttpResponse:
    if isinstance(result, HttpResponse):
        return result
    if kind is None:
        return HttpResponse(status=status)
    shown = result if isinstance(result, kind) else kind.model_validate(result)
    return HttpResponse(shown.model_dump_json(), status=status, content_type="application/json")
