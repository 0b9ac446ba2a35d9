"""上货 in trouble: a cut network before anything was sent, a refused photo, two people at one draft."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from catalog.models import ListingProposal, ProposalPicture
from catalog.operations.proposing import save_proposal
from catalog.queries.proposals import facts_of
from tests.catalog.listing import pomelo
from tests.factories import AT, make_supplier, make_user

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000


@pytest.fixture
def photo(tmp_path: Any) -> Any:
    path = tmp_path / "IMG_2046.jpg"
    Image.linear_gradient("L").resize((1200, 900)).convert("RGB").save(path, "JPEG")
    return path


@pytest.fixture
def seller(start_site: Any, browser: Browser, phone: dict[str, Any]) -> Iterator[tuple[Page, str]]:
    """A member's phone and the address of the site."""
    member = make_user()
    make_supplier(member=member)
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    site = start_site()
    context = browser.new_context(**phone)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page, site.url
    context.close()


def test_what_a_cut_network_left_is_offered_and_never_put_into_the_next_product(
    seller: tuple[Page, str], photo: Any
) -> None:
    page, url = seller
    page.goto(f"{url}/seller/goods/new/")
    page.get_by_test_id("field-name-zh").fill("蜜柚 红肉")
    page.context.set_offline(True)
    page.get_by_test_id("photo-camera").set_input_files(photo)
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "offline")
    # Closed before the network is back: a page that is only left may still hear of it, and send.
    context = page.context
    page.close()
    context.set_offline(False)

    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{url}/seller/goods/new/")
    expect(page.get_by_test_id("leftover")).to_contain_text("蜜柚 红肉")
    expect(page.get_by_test_id("kept-photo")).to_have_count(0)
    page.get_by_test_id("field-name-zh").fill("另一种柚子")
    page.get_by_test_id("save-draft").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    other = ListingProposal.objects.get()
    assert (facts_of(other).name_zh, ProposalPicture.objects.count()) == ("另一种柚子", 0)

    page.goto(f"{url}/seller/goods/new/")
    page.get_by_test_id("leftover-use").click()
    expect(page.get_by_test_id("field-name-zh")).to_have_value("蜜柚 红肉")
    expect(page.get_by_test_id("kept-photo")).to_have_count(1)
    page.get_by_test_id("save-draft").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    first = ListingProposal.objects.exclude(pk=other.pk).get()
    assert (facts_of(first).name_zh, ProposalPicture.objects.get().proposal_id) == ("蜜柚 红肉", first.pk)

    page.goto(f"{url}/seller/goods/new/")
    expect(page.locator("[data-goods-form]")).to_be_visible()
    expect(page.get_by_test_id("leftover")).to_have_count(0)


def test_a_lost_answer_opens_no_second_draft_and_keeps_the_photo(seller: tuple[Page, str], photo: Any) -> None:
    page, url = seller
    page.goto(f"{url}/seller/goods/new/")

    def lose(route: Any) -> None:
        if route.request.method != "POST":
            route.continue_()
            return
        route.fetch()
        route.abort("connectionreset")

    page.route("**/seller/goods/**", lose)
    page.get_by_test_id("photo-camera").set_input_files(photo)
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "offline")
    page.unroute("**/seller/goods/**")
    page.get_by_test_id("saved").get_by_role("button").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    assert (ListingProposal.objects.count(), ProposalPicture.objects.count()) == (1, 1)
    expect(page.get_by_test_id("kept-photo")).to_have_count(0)


def test_a_refused_photo_stays_with_the_reason_on_it(seller: tuple[Page, str], photo: Any, tmp_path: Any) -> None:
    page, url = seller
    small = tmp_path / "small.jpg"
    Image.new("RGB", (200, 200), "#C2941A").save(small, "JPEG")
    page.goto(f"{url}/seller/goods/new/")
    page.get_by_test_id("photo-album").set_input_files([small, photo])
    expect(page.get_by_test_id("photo")).to_have_count(1)
    expect(page.get_by_test_id("kept-photo")).to_have_count(1)
    expect(page.get_by_test_id("kept-photo")).to_contain_text("480")
    page.reload()
    expect(page.get_by_test_id("kept-photo")).to_contain_text("480")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("innerWidth")
    page.get_by_test_id("kept-photo-remove").click()
    expect(page.get_by_test_id("kept-photo")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("photo")).to_have_count(1)
    expect(page.get_by_test_id("kept-photo")).to_have_count(0)


def test_a_colleagues_save_is_shown_beside_what_was_typed(seller: tuple[Page, str]) -> None:
    page, url = seller
    page.goto(f"{url}/seller/goods/new/")
    page.get_by_test_id("field-name-zh").fill("蜜柚 红肉")
    page.get_by_test_id("save-draft").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    proposal = ListingProposal.objects.get()
    facts = pomelo(name_zh="蜜柚 同事改的", specs=facts_of(proposal).specs)
    save_proposal(supplier_id=proposal.supplier_id, proposal_id=proposal.pk, facts=facts, actor=make_user(), at=AT)
    page.get_by_test_id("field-name-zh").fill("蜜柚 我改的")
    for _again in range(2):
        page.get_by_test_id("save-draft").click()
        expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "refused")
        expect(page.get_by_test_id("conflict-name_zh")).to_contain_text("蜜柚 同事改的")
        expect(page.get_by_test_id("conflict-name_zh")).to_contain_text("蜜柚 我改的")
    proposal.refresh_from_db()
    assert facts_of(proposal).name_zh == "蜜柚 同事改的"
    page.get_by_test_id("mine-name_zh").check()
    for each in page.locator('[data-testid^="theirs-"]').all():
        if each.get_attribute("data-testid") != "theirs-name_zh":
            each.check()
    page.get_by_test_id("save-draft").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    proposal.refresh_from_db()
    assert (facts_of(proposal).name_zh, facts_of(proposal).summary_zh) == ("蜜柚 我改的", facts.summary_zh)
