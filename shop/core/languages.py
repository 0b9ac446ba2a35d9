"""Which language a page speaks whose address has none: the one chosen last, else the browser's, else Chinese.

Pages for shoppers have their language in the address. Everything else (/t/, /pay/, /files/, the back offices, an
address that nothing has) asks here, so that the same reader is spoken to in one language everywhere.
"""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.conf import settings
from django.conf.urls.i18n import is_language_prefix_patterns_used
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import LocalePrefixPattern, get_resolver
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language_from_path, get_supported_language_variant
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.defaults import page_not_found

HALF_A_YEAR = 183 * 24 * 3600
MAX_HEADER = 200
# The name of the CMS's address for any page at all: it takes whatever nothing else has.
ANY_PAGE = "wagtail_serve"
READ_FROM = ("Cookie", "Accept-Language")
View = Callable[..., HttpResponse]

# Where people work, not shop.
_AT_WORK = ("/units/", "/seller/", "/review/", "/reports/")


def accepted_language(header: str) -> str:
    """Return the language of an Accept-Language header; Chinese when it names none of ours."""
    for code, _quality in parse_accept_lang_header(header[:MAX_HEADER]):
        if code == "*":
            break
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def chosen_language(request: HttpRequest) -> str:
    """Return the language that the browser remembers, else the one that it asks for."""
    remembered = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if remembered in dict(settings.LANGUAGES):
        return remembered
    return accepted_language(request.headers.get("Accept-Language", ""))


def remember_language(response: HttpResponseBase, request: HttpRequest, language: str) -> None:
    """Have the browser remember a language, if it does not yet."""
    if request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=HALF_A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
        )


def spoken(view: View) -> View:
    """Have a view whose address has no language speak that of `lang`, and remember it; else the one chosen last."""

    @wraps(view)
    def speak(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        asked = request.GET.get("lang", "")
        is_ours = asked in dict(settings.LANGUAGES)
        language = asked if is_ours else chosen_language(request)
        translation.activate(language)
        response = view(request, *args, **given)
        if is_ours:
            remember_language(response, request, asked)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, READ_FROM)
        return response

    return speak


@lru_cache(maxsize=1)
def _bare_beginnings() -> tuple[str, ...]:
    """Return how the addresses begin that have no language: what stands before the first place of each pattern."""
    found = set()
    for each in get_resolver().url_patterns:
        if not isinstance(each.pattern, LocalePrefixPattern):
            found.add("/" + str(each.pattern).partition("<")[0])
    return tuple(sorted(found))


def has_no_language(path: str) -> bool:
    """Tell whether the address of `path` belongs to no language."""
    return not get_language_from_path(path) and path.startswith(_bare_beginnings())


class ReaderLanguage:
    """Speaks the reader's language where the address has none. After LocaleMiddleware, which takes it for Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the language before anything can be refused."""
        if not is_language_prefix_patterns_used(settings.ROOT_URLCONF)[0] or not has_no_language(request.path_info):
            return self.get_response(request)
        language = chosen_language(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language  # as LocaleMiddleware does
        response = self.get_response(request)
        patch_vary_headers(response, READ_FROM)
        return response


def _not_found_template(path: str) -> str:
    """Return what says that a page is not there: of the pages people work on, not in a shop's words."""
    language = get_language_from_path(path)
    bare = path.removeprefix(f"/{language}") if language else path
    return "404_at_work.html" if bare.startswith(_AT_WORK) else "404.html"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 in the language of the address; of one that nothing has, in the reader's."""
    found = request.resolver_match
    if get_language_from_path(request.path_info) or (found is not None and found.url_name != ANY_PAGE):
        return page_not_found(request, exception, _not_found_template(request.path_info))
    language = chosen_language(request)
    with translation.override(language):
        response = page_not_found(request, exception)
    response["Content-Language"] = language
    patch_vary_headers(response, READ_FROM)
    return response
