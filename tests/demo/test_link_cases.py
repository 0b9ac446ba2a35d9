"""Addresses as chats pass them on: what was said in them counts, what a chat added does not."""

import pytest
from django.test import Client

from livestream.models import LiveSession
from shop.campaigns.models import CampaignPage
from shop.config.pagecache import visit_of
from shop.sales.sources import COOKIE
from tests.cases.reading import named, rows

pytestmark = pytest.mark.usefixtures("world")
CASES = rows("links.csv")


def filled(text: str) -> str:
    session = LiveSession.objects.filter(room__slug="songyuan").order_by("-pk").first()
    assert session is not None
    page = CampaignPage.objects.get(slug="winter-citrus", locale__language_code="zh-hans")
    return text.replace("{winter-citrus}", str(page.pk)).replace("{songyuan}", str(session.pk))


def kept(client: Client) -> str:
    cookie = client.cookies.get(COOKIE)
    return cookie.value.rpartition(":")[0].rpartition(":")[0] if cookie else ""


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "address"))
def test_an_address_counts_for_what_its_case_says(case: dict[str, str]) -> None:
    client = Client()
    answer = client.get(filled(case["address"]))
    assert answer.status_code == 200
    wanted = f"{case['counts_for']}-{filled('{' + case['which'] + '}')}" if case["counts_for"] else ""
    assert kept(client) == wanted


def key_of(address: str) -> object:
    path, _mark, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "HTTP_HOST": "a",
        "wsgi.url_scheme": "http",
    }
    visit = visit_of(environ)
    return visit.key if visit else None


@pytest.mark.parametrize("case", [case for case in CASES if not case["counts_for"]], ids=lambda case: case["address"])
def test_what_a_chat_added_is_no_other_page(case: dict[str, str]) -> None:
    assert key_of(case["address"]) == key_of(case["address"].partition("?")[0]) is not None


CHATS = ("singlemessage", "groupmessage", "timeline", "favorites", "")


@pytest.mark.parametrize("chat", CHATS)
@pytest.mark.parametrize("mark", ["campaign-{winter-citrus}", "session-{songyuan}", ""])
def test_a_mark_of_ours_counts_wherever_it_stands(chat: str, mark: str) -> None:
    own = filled(mark)
    for query in (f"from={own}&from={chat}", f"from={chat}&from={own}", f"isappinstalled=0&from={chat}&from={own}&x=1"):
        client = Client()
        assert client.get(f"/winter-citrus/?{query}").status_code == 200
        assert kept(client) == own
        assert (key_of(f"/winter-citrus/?{query}") is None) == bool(own)


@pytest.mark.parametrize(
    "mark", ["campaign-", "campaign-x", "campaign-1-2", "village-1", "CAMPAIGN-1", "campaign-9999999999", "²"]
)
def test_a_mark_of_nobody_counts_for_nothing(mark: str) -> None:
    client = Client()
    assert client.get("/winter-citrus/", {"from": mark}).status_code == 200
    assert kept(client) == ""
