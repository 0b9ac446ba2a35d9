"""Parts that stand on every page are rendered once; what differs from page to page is filled in each time."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.template import engines, loader
from django.test import RequestFactory
from django.utils import translation

from shop.core.templatetags import heqiao_standing

# The header is rendered once a process, and asks the database then.
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _chinese() -> Iterator[None]:
    with translation.override("zh-hans"):
        yield


def header(path: str, **context: Any) -> str:
    request = RequestFactory().get(path)
    return loader.get_template("components/header.html").render(context, request)


def current(text: str) -> list[str]:
    return re.findall(r'href="([^"]*)" aria-current="page"', text)


def test_each_page_marks_its_own_place() -> None:
    assert current(header("/halls/44/")) == ["/halls/"]
    assert current(header("/villages/x/")) == ["/villages/"]
    assert current(header("/")) == ["/"]
    with translation.override("en"):
        assert current(header("/en/halls/44/")) == ["/en/halls/"]


def test_each_page_links_to_itself_in_the_other_language() -> None:
    assert 'href="/en/shop/search/?q=%3Cb%3E&amp;page=2"' in header("/shop/search/?q=%3Cb%3E&page=2")
    with translation.override("en"):
        assert 'href="/villages/"' in header("/en/villages/")
        assert "Search" in header("/en/villages/")
        assert "搜索" not in header("/en/villages/")


def test_what_was_searched_for_stands_in_the_field_and_is_escaped() -> None:
    assert 'value="&lt;b&gt;&quot;柚&quot;"' in header("/shop/search/", query='<b>"柚"')
    assert 'name="q" value=""' in header("/shop/")
    alone = loader.get_template("components/search.html")
    assert 'value="&lt;b&gt;"' in alone.render({"query": "<b>"}, RequestFactory().get("/"))


def test_nothing_of_the_page_gets_into_a_standing_part() -> None:
    page = engines["django"].from_string("{% standing %}[{{ secret }}{{ request.path }}]{% endstanding %}{{ secret }}")
    assert page.render({"secret": "a"}, RequestFactory().get("/x/")) == "[]a"


def test_it_is_rendered_once(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    split = heqiao_standing.StandingNode._split

    def counting(self: Any, text: str) -> Any:
        calls.append(text)
        return split(self, text)

    monkeypatch.setattr(heqiao_standing.StandingNode, "_split", counting)
    page = engines["django"].from_string("{% standing %}<nav>{% here '/a/' %}</nav>{% endstanding %}")
    texts = [page.render({}, RequestFactory().get(path)) for path in ("/a/", "/b/", "/a/b/")]
    assert texts == ['<nav> aria-current="page"</nav>', "<nav></nav>", '<nav> aria-current="page"</nav>']
    assert len(calls) == 1
