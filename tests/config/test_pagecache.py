"""The page cache before Django: what it keeps, for whom, and what it never does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import messages
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.middleware.csrf import _does_token_match, get_token
from django.template import engines
from django.test import override_settings
from django.urls import path
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache

from shop.config import pagecache
from shop.config.pagecache import PageCache, mask
from shop.core.pagecache import Generation, _write_word, bump
from tests.config.browsing import Browser

TWO_FORMS = """<html><body><p>{{ count }} {{ language }} {{ place }} {{ large }} {{ query }} {{ cookies }}</p>
<form method="post">{% csrf_token %}</form><form method="post">{% csrf_token %}</form>
{% include "components/messages.html" %}</body></html>"""
rendered = {"count": 0}


def page(request: HttpRequest, slug: str = "") -> HttpResponse:
    if request.method == "POST":
        return HttpResponse("posted")
    rendered["count"] += 1
    if slug == "flash":
        messages.info(request, "only for you")
    text = engines["django"].from_string(TWO_FORMS)
    facts = {
        "count": rendered["count"],
        "language": get_language(),
        "place": request.COOKIES.get("hq_to", ""),
        "large": request.COOKIES.get("hq_text", ""),
        "query": request.META["QUERY_STRING"],
        "cookies": " ".join(sorted(request.COOKIES)),
    }
    return HttpResponse(text.render(facts, request))


def plain(request: HttpRequest) -> HttpResponse:
    rendered["count"] += 1
    return HttpResponse(f"<p>{rendered['count']}</p>")


@never_cache
def own(request: HttpRequest) -> HttpResponse:
    rendered["count"] += 1
    return HttpResponse(f"<p>{rendered['count']} {request.COOKIES.get('hq_basket', '')}</p>")


def odd(request: HttpRequest, kind: str) -> HttpResponse:
    """Answers that must not be kept, each for one reason."""
    rendered["count"] += 1
    answer = HttpResponse(f"<p>{rendered['count']}</p>", status=404 if kind == "missing" else 200)
    if kind == "cookie":
        answer.set_cookie("seen", "1")
    elif kind == "session":
        request.session["seen"] = 1
    elif kind == "agent":
        answer["Vary"] = "User-Agent"
    elif kind == "gzip":
        answer["Content-Encoding"] = "gzip"
    elif kind == "json":
        answer["Content-Type"] = "application/json"
    elif kind == "private":
        answer["Cache-Control"] = "private"
    elif kind == "nonce":
        answer["Content-Security-Policy"] = "script-src 'nonce-abc'"
    elif kind == "bare":
        answer.content = f"<p>{get_token(request)} {request.META['CSRF_COOKIE']}</p>".encode()
    elif kind == "stream":
        return StreamingHttpResponse(iter([b"<p>", str(rendered["count"]).encode()]))
    return answer


urlpatterns = [
    path("", page),
    path("plain/", plain),
    path("own/", own),
    path("odd/<slug:kind>/", odd),
    *[path(f"{area}<path:slug>", page) for area in ("p/", "en/p/", "shop/", "account/", "pay/", "en/shop/", "seller/")],
]


def tokens(body: str) -> list[str]:
    return re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', body)


class Clock:
    """Time that moves when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("time.monotonic", clock)
    return clock


@pytest.fixture
def cache(tmp_path: Any, settings: Any, db: None) -> Iterator[PageCache]:
    rendered["count"] = 0
    # As Django's own test client does: the end of a request would close the connection under the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with override_settings(ROOT_URLCONF=__name__, VAR_DIR=tmp_path):
        yield PageCache(WSGIHandler(), seconds=20, limit=1_000_000, generation=Generation())
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_a_second_visitor_gets_the_same_page_without_rendering(cache: PageCache) -> None:
    assert Browser(cache).text("/plain/") == "1"
    assert Browser(cache).text("/plain/") == "1"
    assert Browser(cache).request("/plain/")["headers"] == Browser(cache).request("/plain/")["headers"]


def test_forms_of_a_kept_page_can_be_sent(cache: PageCache) -> None:
    Browser(cache).request("/p/x")
    visitor = Browser(cache)
    body = visitor.request("/p/x")["body"]
    assert rendered["count"] == 1
    first, second = tokens(body)
    assert first == second
    assert len(first) == 64
    answer = visitor.request("/p/x", "POST", {"csrfmiddlewaretoken": first})
    assert (answer["status"], answer["body"]) == (200, "posted")


def test_a_wrong_or_foreign_token_is_refused(cache: PageCache) -> None:
    one, two = Browser(cache), Browser(cache)
    mine = tokens(one.request("/p/x")["body"])[0]
    other = tokens(two.request("/p/x")["body"])[0]
    assert one.request("/p/x", "POST", {"csrfmiddlewaretoken": other})["status"] == 403
    assert one.request("/p/x", "POST", {"csrfmiddlewaretoken": "a" * 64})["status"] == 403
    assert one.request("/p/x", "POST", {})["status"] == 403
    assert one.request("/p/x", "POST", {"csrfmiddlewaretoken": mine})["status"] == 200


def test_two_visitors_get_different_secrets_and_each_answer_another_token(cache: PageCache) -> None:
    visitors = [Browser(cache) for _ in range(5)]
    shown = [tokens(visitor.request("/p/x")["body"])[0] for visitor in visitors]
    assert len({visitor.cookies["csrftoken"] for visitor in visitors}) == 5
    assert len(set(shown)) == 5
    again = tokens(visitors[0].request("/p/x")["body"])[0]
    assert again != shown[0]
    assert _does_token_match(again, visitors[0].cookies["csrftoken"])


def test_a_visitor_keeps_their_secret_on_kept_fresh_and_missing_pages(cache: PageCache) -> None:
    visitor = Browser(cache)
    visitor.request("/p/x")
    secret = visitor.cookies["csrftoken"]
    for address in ("/p/x", "/p/y", "/p/z?page=2", "/odd/missing/"):
        visitor.request(address)
        assert visitor.sent == []
        assert visitor.cookies["csrftoken"] == secret


def test_a_broken_secret_is_replaced(cache: PageCache) -> None:
    for broken in ("short", "x" * 31 + "!", "x" * 33, ""):
        visitor = Browser(cache, csrftoken=broken)
        body = visitor.request("/p/x")["body"]
        assert _does_token_match(tokens(body)[0], visitor.cookies["csrftoken"])


def test_a_page_without_forms_sets_no_cookie(cache: PageCache) -> None:
    visitor = Browser(cache)
    visitor.request("/plain/")
    assert visitor.cookies == {}


def test_masks_are_ours_and_django_reads_them() -> None:
    secret = pagecache._random()
    assert re.fullmatch(rb"[A-Za-z0-9]{32}", secret)
    seen = {mask(secret) for _ in range(50)}
    assert len(seen) == 50
    assert all(_does_token_match(token.decode(), secret.decode()) for token in seen)


def test_language_place_and_text_size_vary_and_nothing_else_is_seen(cache: PageCache) -> None:
    assert Browser(cache).text("/p/a").split()[:2] == ["1", "zh-hans"]
    assert Browser(cache, hq_to="440106").text("/p/a").split()[:3] == ["2", "zh-hans", "440106"]
    assert Browser(cache, hq_text="large").text("/p/a").split()[:3] == ["3", "zh-hans", "large"]
    assert Browser(cache, hq_lang="en").text("/p/a").split()[:2] == ["4", "en"]
    assert Browser(cache).text("/p/a", HTTP_ACCEPT_LANGUAGE="en-GB,en;q=0.9").split()[:2] == ["4", "en"]
    assert Browser(cache).text("/p/a", HTTP_ACCEPT_LANGUAGE="zh-CN,zh;q=0.9,en;q=0.5").split()[:2] == ["1", "zh-hans"]
    # Hidden from the page, so the same page: what only scripts and private areas read, and what is no county.
    quiet = Browser(cache, hq_me="1", hq_basket="secret", hq_to_name="%E5", hq_to="<b>", hq_text="huge")
    assert quiet.text("/p/a") == Browser(cache).text("/p/a")
    assert "secret" not in quiet.request("/p/a")["body"]


@pytest.mark.parametrize("name", ["sessionid", "messages", "somebody_elses"])
def test_an_unknown_cookie_or_a_session_goes_to_django(cache: PageCache, name: str) -> None:
    visitor = Browser(cache, **{name: "x"})
    assert visitor.text("/plain/") == "1"
    assert visitor.text("/plain/") == "2"
    assert Browser(cache).text("/plain/") == "3"


@pytest.mark.parametrize(
    "address",
    [
        *("/shop/basket/", "/shop/checkout/", "/shop/me/", "/account/orders/", "/account/login/"),
        *("/seller/orders/", "/pay/2026112300001/", "/en/shop/basket/", "/en/shop/checkout/"),
    ],
)
def test_private_areas_are_never_kept(cache: PageCache, address: str) -> None:
    first = Browser(cache).text(address)
    assert Browser(cache).text(address).split()[0] != first.split()[0]


@pytest.mark.parametrize(
    "kind", ["cookie", "session", "agent", "gzip", "json", "private", "nonce", "missing", "bare", "stream"]
)
def test_answers_that_are_not_for_everyone_are_not_kept(cache: PageCache, kind: str) -> None:
    Browser(cache).request(f"/odd/{kind}/")
    Browser(cache).request(f"/odd/{kind}/")
    assert rendered["count"] == 2


def test_a_flash_message_is_seen_once(cache: PageCache) -> None:
    assert "only for you" in Browser(cache).request("/p/flash")["body"]
    assert rendered["count"] == 1
    Browser(cache).request("/p/flash")
    assert rendered["count"] == 2


def test_a_view_that_says_private_sees_the_whole_request(cache: PageCache) -> None:
    assert Browser(cache, hq_basket="b7").text("/own/").split()[1] == "b7"
    assert Browser(cache, hq_basket="c8").text("/own/").split()[1] == "c8"


def test_where_a_visitor_came_from_is_not_in_the_page(cache: PageCache) -> None:
    first = Browser(cache).text("/p/x?utm_source=evil&page=2&gclid=7")
    assert "evil" not in first
    assert "page=2" in first
    assert Browser(cache).text("/p/x?page=2") == first
    assert Browser(cache).text("/p/x?page=3") != first


def test_long_queries_and_other_methods_go_to_django(cache: PageCache) -> None:
    address = "/plain/?" + "q=" + "x" * 400
    assert Browser(cache).text(address) == "1"
    assert Browser(cache).text(address) == "2"
    assert Browser(cache).request("/p/x", "OPTIONS")["status"] == 200
    assert Browser(cache).text("/plain/", HTTP_ACCEPT="application/json") == "4"
    assert Browser(cache).text("/plain/", HTTP_X_REQUESTED_WITH="fetch") == "5"
    assert Browser(cache).text("/plain/", HTTP_AUTHORIZATION="Bearer x") == "6"


def test_invented_queries_cannot_push_out_plain_pages(cache: PageCache) -> None:
    first = Browser(cache).text("/plain/")
    for number in range(2000):
        Browser(cache).request(f"/plain/?n={number}")
    assert Browser(cache).text("/plain/") == first
    assert cache._queried.held <= 250_000
    assert Browser(cache).text("/plain/?n=1999") == "2001"
    assert Browser(cache).text("/plain/?n=0") == "2002"


def test_head_has_the_headers_of_get_and_no_body(cache: PageCache) -> None:
    got = Browser(cache, csrftoken="a" * 32).request("/p/x")
    head = Browser(cache, csrftoken="a" * 32).request("/p/x", "HEAD")
    assert head["body"] == ""
    assert head["headers"] == got["headers"]
    assert dict(head["headers"])["Content-Length"] == str(len(got["body"].encode()))


def test_headers_of_one_answer_do_not_reach_the_next(cache: PageCache) -> None:
    Browser(cache).request("/p/x")
    visitor = Browser(cache, csrftoken="a" * 32)
    headers = dict(visitor.request("/p/x")["headers"])
    assert sorted(headers) == [
        "Content-Language",
        "Content-Length",
        "Content-Security-Policy",
        "Content-Type",
        "Cross-Origin-Opener-Policy",
        "Referrer-Policy",
        "Vary",
        "X-Content-Type-Options",
        "X-Frame-Options",
    ]
    assert headers["Vary"] == "Cookie, Accept-Language"


def test_a_foreign_host_is_refused_and_never_kept(cache: PageCache) -> None:
    for _ in range(2):
        assert Browser(cache).request("/p/x", HTTP_HOST="evil.example")["status"] == 400
    assert rendered["count"] == 0
    assert Browser(cache).text("/plain/", HTTP_HOST="localhost") == "1"
    assert Browser(cache).text("/plain/", HTTP_HOST="127.0.0.1:8000") == "2"


def test_the_scheme_behind_a_proxy_is_part_of_the_key(cache: PageCache, settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert Browser(cache).text("/plain/", HTTP_X_FORWARDED_PROTO="https") == "1"
    assert Browser(cache).text("/plain/", HTTP_X_FORWARDED_PROTO="http") == "2"


def test_a_secure_site_sets_a_secure_cookie(cache: PageCache, settings: Any) -> None:
    settings.CSRF_COOKIE_SECURE = True
    Browser(cache).request("/p/x")
    visitor = Browser(cache)
    visitor.request("/p/x")
    secret = visitor.cookies["csrftoken"]
    assert visitor.sent == [f"csrftoken={secret}; Max-Age=31449600; Path=/; SameSite=Lax; Secure"]


def test_pages_live_for_their_seconds(cache: PageCache, clock: Clock) -> None:
    assert Browser(cache).text("/plain/") == "1"
    clock.now += 19
    assert Browser(cache).text("/plain/") == "1"
    clock.now += 2
    assert Browser(cache).text("/plain/") == "2"


@pytest.mark.django_db(transaction=False)
def test_a_bump_is_seen_after_the_commit(cache: PageCache, django_capture_on_commit_callbacks: Any) -> None:
    assert Browser(cache).text("/plain/") == "1"
    with django_capture_on_commit_callbacks(execute=True):
        bump()
        assert Browser(cache).text("/plain/") == "1"
    assert Browser(cache).text("/plain/") == "2"
    assert Browser(cache).text("/plain/") == "2"


def test_a_bump_is_seen_by_every_process_at_once(cache: PageCache) -> None:
    """Not within a second: whoever made a page private has been answered by then."""
    mine, anothers = Generation(), Generation()
    assert mine.now() == anothers.now() == ""
    for _ in range(3):
        before = anothers.now()
        _write_word()
        assert mine.now() == anothers.now() != before


def test_a_page_begun_before_a_bump_is_not_kept_after_it(cache: PageCache) -> None:
    inner = cache._application

    def bumps_while_rendering(environ: Any, start_response: Any) -> Any:
        _write_word()
        return inner(environ, start_response)

    cache._application = bumps_while_rendering
    assert Browser(cache).text("/plain/") == "1"
    cache._application = inner
    assert Browser(cache).text("/plain/") == "2"
    assert Browser(cache).text("/plain/") == "2"


def test_zero_seconds_turns_it_off(cache: PageCache) -> None:
    off = PageCache(WSGIHandler(), seconds=0, limit=1_000_000)
    assert Browser(off).text("/plain/") == "1"
    assert Browser(off).text("/plain/") == "2"
