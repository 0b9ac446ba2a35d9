"""Every way onward leads to this site: not by slashes, backslashes, languages, or what a browser leaves out."""

from urllib.parse import urlencode

import pytest
from django.http import HttpResponseRedirect
from django.test import RequestFactory
from wagtail.models import Page

from shop.core import redirects
from shop.core.redirects import RedirectsInside, in_language, inside, is_inside, without_language
from tests.factories import make_user

OUT = [
    "",
    "shop/",
    "//evil.example/",
    "///evil.example/",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example/",
    "/\n/evil.example/",
    "\x00//evil.example/",
    "/en//evil.example/",
    "/en/\\evil.example/",
    "/en/%2fevil.example/",
    "/en%2f/evil.example/",
    "/en/%5cevil.example/",
    "/%09/evil.example/",
    "/shop//evil.example/",
    "https://evil.example/",
    "http:evil.example",
    "https:/evil.example",
    "http:///evil.example",
    "http://testserver@evil.example/",
    "http://testserver//evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
]
IN = {
    "/": "/",
    "/en/": "/en/",
    "/shop/basket/?x=1": "/shop/basket/?x=1",
    "/shop/search/?q=//evil.example/": "/shop/search/?q=//evil.example/",
    "/shop/p/柚/#reviews": "/shop/p/柚/#reviews",
    "http://testserver/shop/": "/shop/",
    "http://testserver": "/",
}
DOORS = ["/account/display/", "/account/language/", "/account/deliver-to/"]


@pytest.mark.parametrize("wanted", OUT)
def test_what_leads_out_is_no_way_onward(rf: RequestFactory, wanted: str) -> None:
    assert inside(rf.get("/"), wanted) == ""
    assert redirects.onward(rf.post("/", {"next": wanted}), "/account/") == "/account/"
    assert redirects.onward(rf.get("/", {"next": wanted}), "/account/") == "/account/"


@pytest.mark.parametrize("wanted", IN)
def test_what_stays_here_is_kept(rf: RequestFactory, wanted: str) -> None:
    assert inside(rf.get("/"), wanted) == IN[wanted]


@pytest.mark.parametrize(
    "path", ["/en//evil.example/", "/en///evil.example/", "//evil.example/", "/en/\\evil.example/"]
)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_another_language_is_never_another_host(path: str, language: str) -> None:
    bare = without_language(path)
    assert not bare.startswith(("//", "/\\"))
    assert in_language(path, language) == ("/en" if language == "en" else "") + bare


def test_a_page_has_an_address_in_each_language() -> None:
    assert in_language("/en/shop/?a=1", "zh-hans") == "/shop/?a=1"
    assert in_language("/english/", "zh-hans") == "/english/"
    assert in_language("/", "en") == "/en/"
    assert in_language("/en", "zh-hans") == "/"
    assert in_language("/en?a=1", "zh-hans") == "/?a=1"


@pytest.mark.django_db
@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    "wanted", ["/en//evil.example/", "//evil.example/", "/\\evil.example/", "/en/%2fevil.example/"]
)
def test_no_door_leads_to_another_host(client, door: str, language: str, wanted: str) -> None:
    answer = client.post(door, {"next": wanted, "language": language, "text": "large"})
    if answer.status_code == 302:
        assert is_inside(answer.headers["Location"])


@pytest.mark.django_db
def test_the_link_to_the_other_language_stays_here(client) -> None:
    page = client.get("/en//evil.example/")
    assert page.status_code == 404
    assert 'href="//' not in page.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("wanted", ["/en//evil.example/", "/en/%2fevil.example/", "/\\evil.example/"])
def test_a_bulk_action_of_the_cms_leads_to_no_other_host(client, wanted: str, method: str) -> None:
    client.force_login(make_user(is_superuser=True, is_staff=True))
    page = Page.objects.filter(depth__gt=1).first()
    assert page is not None
    query = urlencode({"next": wanted, "id": page.pk})
    answer = getattr(client, method)(f"/cms/bulk/wagtailcore/page/publish/?{query}")
    if method == "get":
        assert (answer.status_code, f'href="{wanted}"' in answer.content.decode()) == (200, False)
    else:
        assert (answer.status_code, is_inside(answer.headers["Location"])) == (302, True)


@pytest.mark.parametrize(
    ("target", "led"),
    [
        ("/en//evil.example/", "/admin/"),
        ("//evil.example/", "/admin/"),
        ("http://testserver//evil.example/", "/admin/"),
        ("/admin/x/?next=//evil.example/", "/admin/x/?next=//evil.example/"),
        ("../", "../"),
        ("?page=2", "?page=2"),
        ("https://pay.example/x", "https://pay.example/x"),
        ("/shop/", "/shop/"),
    ],
)
def test_no_redirect_of_a_library_leads_to_another_host(target: str, led: str) -> None:
    answered = RedirectsInside(lambda _request: HttpResponseRedirect(target))(RequestFactory().get("/admin/a/"))
    assert answered.headers["Location"] == led
