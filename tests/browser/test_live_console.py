"""The host's console while twenty lines a second come in: what is typed, asked and pressed is kept."""

import threading
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from livestream.models import ChatMessage, Drop, LiveSession, Mute
from livestream.operations.chat import Draft, post_messages
from tests.factories import make_listing, make_user
from tests.livestream.rooms import make_session, put
from tests.plugins.servers import Site

pytestmark = pytest.mark.browser


def _talk(session: LiveSession, people: list[Any], stop: threading.Event) -> None:
    from django.db import connection  # reason: of this thread

    number = 0
    while not stop.is_set():
        at = timezone.now()
        drafts = []
        for _ in range(5):
            number += 1
            drafts.append(Draft(people[number % len(people)], f"第 {number} 句"))
        post_messages(session_id=session.pk, drafts=drafts, at=at)
        time.sleep(0.25)
    connection.close()


def test_a_host_works_while_twenty_lines_a_second_come(browser: Browser, start_site: Any) -> None:
    session, host = make_session()
    for name in ("金柚", "礼盒"):
        put(session, make_listing(name, supplier=session.room.supplier, stock=50, price_fen=3280), host)
    people = [make_user(name=f"客{number}") for number in range(60)]
    site: Site = start_site()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    client = Client()
    client.force_login(host, backend="django.contrib.auth.backends.ModelBackend")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page.goto(f"{site.url}/live/console/{session.pk}/")
    stop = threading.Event()
    talker = threading.Thread(target=_talk, args=(session, people, stop))
    talker.start()
    try:
        lines = page.get_by_test_id("moderate-line")
        expect(lines.first).to_contain_text("句")
        first = lines.first.get_attribute("data-line")
        # The chat runs while lines come fast, and figures that are typed stay.
        page.get_by_test_id("drop-price").fill("29.8")
        page.get_by_test_id("drop-pieces").fill("7")
        expect(page.locator(f"#line-{first}")).to_have_count(0, timeout=15_000)
        expect(page.get_by_test_id("drop-price")).to_have_value("29.8")
        expect(page.get_by_test_id("drop-pieces")).to_have_value("7")
        # Who reads holds the lines: the one under the pointer is muted, and no other.
        lines.nth(3).hover()
        held = lines.nth(3).get_attribute("data-line")
        expect(page.get_by_test_id("show-newer")).to_be_visible(timeout=10_000)
        page.locator(f"#mute-{held}").click()
        expect(page.locator(f"#unmute-{held}")).to_be_visible(timeout=10_000)
        assert Mute.objects.get().user_id == ChatMessage.objects.get(pk=held).user_id
        expect(page.get_by_test_id("muted-person")).to_have_count(1)
        page.get_by_test_id("show-newer").click()
        # A question that lines interrupt is still answered.
        page.get_by_test_id("drop-minutes").fill("3")
        page.get_by_test_id("start-drop").click()
        expect(page.get_by_test_id("end-drop")).to_be_visible(timeout=10_000)
        assert (Drop.objects.get().price_fen, Drop.objects.get().pieces) == (2980, 7)
        page.get_by_test_id("end-drop").click()
        page.wait_for_timeout(2500)
        page.locator("#confirm [data-yes]").click()
        expect(page.get_by_test_id("end-drop")).to_have_count(0, timeout=10_000)
        assert Drop.objects.get().state == "ended"
    finally:
        stop.set()
        talker.join()
    assert errors == []
    context.close()
