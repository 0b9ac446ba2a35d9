"""Of goods that are limited for each customer the server decides who is asked for a phone: with a script and without."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, expect

from livestream.models import Drop
from shop.accounts.models import User
from tests.factories import make_listing, make_user
from tests.livestream.rooms import drop_of, make_session, put
from tests.plugins.servers import Site
from tests.sales.selling import PHONE

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_who_proved_a_phone_is_never_asked_for_one_and_who_did_not_is(
    browser: Browser, start_site: Any, has_script: bool
) -> None:
    session, host = make_session()
    item = put(session, make_listing(supplier=session.room.supplier, stock=50, price_fen=3280), host)
    drop_of(session, item, host, per_buyer=2)
    Drop.objects.update(ends_at=timezone.now() + timedelta(hours=3))
    limited = make_listing("限购柚", supplier=session.room.supplier, stock=9, purchase_limit=2)
    proved = make_user(phone=PHONE, phone_verified=True)
    nameless = make_user("mail@example.com", name="只有邮箱")
    site: Site = start_site()
    sheet = f"/live/{session.room.slug}/choose/{item.pk}/"
    for reader, asked in ((None, 1), (nameless, 1), (proved, 0)):
        context = browser.new_context(viewport={"width": 360, "height": 780}, java_script_enabled=has_script)
        if reader is not None:
            context.add_cookies([{"name": "sessionid", "value": _signed_in(reader), "url": site.url}])
        page = context.new_page()
        for path in (f"/shop/p/{limited.slug}/", sheet, f"/en/shop/p/{limited.slug}/"):
            page.goto(site.url + path)
            expect(page.get_by_test_id("limit-needs-phone")).to_have_count(asked)
        if has_script:
            page.goto(f"{site.url}/live/{session.room.slug}/")
            page.locator(f'a[data-choose][href*="/choose/{item.pk}/"]').first.click()
            expect(page.get_by_test_id("buy-drop")).to_be_visible()
            expect(page.get_by_test_id("limit-needs-phone")).to_have_count(asked)
        context.close()


def _signed_in(user: User) -> str:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value
