"""Who acts, when, and for what: somebody with several suppliers, or units, works in a console for the one chosen last."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from shop.core.templatetags.heqiao import local

View = Callable[..., HttpResponse]


def by(request: HttpRequest, **facts: Any) -> dict[str, Any]:
    """Return who does it and when, the two facts that every operation takes, with `facts` that come along."""
    return {**facts, "actor": request.user, "at": timezone.now()}


def permitted(permission: str) -> Callable[[View], View]:
    """Return a decorator that lets in who has a permission; a stranger signs in first, anybody else is refused (403)."""

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), local("/account/login/"))
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, **given)

        return guarded

    return decorate


def acting_for(name: str, find: Callable[[Any], Sequence[Any]], *, nobody: str) -> Callable[[View], View]:
    """Return a decorator that gives a view what the person acts for, as its second argument.

    `find(user)` returns all the person may act for, each with a `pk`; who may for none sees the template `nobody` (403),
    a stranger signs in first. `name` keeps suppliers and units apart in the session.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, **given: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), local("/account/login/"))
            found = find(request.user)
            if not found:
                return render(request, nobody, status=403)
            chosen = request.session.get(_key(name))
            request.acting_choices = found  # type: ignore[attr-defined]  # read by `choices`
            return view(request, next((each for each in found if each.pk == chosen), found[0]), **given)

        return guarded

    return decorate


def choices(request: HttpRequest) -> Sequence[Any]:
    """Return all that the person may act for, in a view decorated with `acting_for`."""
    return request.acting_choices  # type: ignore[attr-defined]  # set by `acting_for`


def choose(request: HttpRequest, name: str, wanted: str) -> None:
    """Act for another from now on. Raises Http404 for what the person may not act for."""
    found = next((each.pk for each in choices(request) if str(each.pk) == wanted), None)
    if found is None:
        raise Http404
    request.session[_key(name)] = found


def _key(name: str) -> str:
    return f"acting_{name}"
