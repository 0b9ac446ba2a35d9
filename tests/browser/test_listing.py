"""上货 in a phone's browser: a camera's photo, a lost network, the preview, sent for review."""

import re
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, expect

from catalog.models import ListingProposal, Picture
from catalog.queries.proposals import facts_of
from tests.factories import make_category, make_supplier, make_user

pytestmark = pytest.mark.browser
PATIENCE_MS = 30_000


def test_a_member_lists_a_product_with_the_network_gone_for_a_while(
    start_site: Any, browser: Browser, phone: dict[str, Any], tmp_path: Any
) -> None:
    member = make_user()
    make_supplier(member=member)
    category = make_category("柑橘柚类")
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    photo = tmp_path / "IMG_2046.jpg"
    Image.linear_gradient("L").resize((2400, 1800)).convert("RGB").save(photo, "JPEG", quality=95)
    site = start_site()
    context = browser.new_context(**phone)
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site.url}])
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.set_default_timeout(PATIENCE_MS)

    page.goto(f"{site.url}/seller/goods/new/")
    page.get_by_test_id("photo-camera").set_input_files(photo)
    expect(page.get_by_test_id("photo")).to_have_count(1, timeout=PATIENCE_MS)
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent")
    page.wait_for_url(re.compile(r"/seller/goods/drafts/\d+/"))
    assert Picture.objects.get().width == 1920  # made smaller on the phone

    page.get_by_test_id("field-category-id").select_option(str(category.pk))
    page.get_by_test_id("field-name-zh").fill("蜜柚 红肉")
    page.get_by_test_id("field-specs-0-text-zh").fill("5 斤 一级")
    page.get_by_test_id("field-specs-0-weight").fill("5")
    page.get_by_test_id("field-specs-0-price").fill("32.80")
    expect(page.get_by_test_id("unit-price").first).to_contain_text("6.56")
    page.get_by_test_id("field-specs-0-stock").fill("40")
    page.get_by_test_id("add-row").click()
    expect(page.get_by_test_id("spec-row")).to_have_count(2)

    context.set_offline(True)
    page.get_by_test_id("save-draft").click()
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "offline")
    context.set_offline(False)
    expect(page.get_by_test_id("saved")).to_have_attribute("data-state", "sent", timeout=PATIENCE_MS)
    expect(page.get_by_test_id("field-name-zh")).to_have_value("蜜柚 红肉")

    page.get_by_test_id("to-preview").click()
    expect(page.get_by_test_id("product-card")).to_contain_text("蜜柚")
    assert page.evaluate("document.documentElement.scrollWidth") <= phone["viewport"]["width"]
    page.get_by_test_id("submit-proposal").click()
    page.wait_for_url(re.compile(r"/seller/goods/$"))
    expect(page.get_by_test_id("proposal-row")).to_have_attribute("data-state", "submitted")
    proposal = ListingProposal.objects.get()
    assert [(spec.price_fen, spec.net_grams, spec.stock) for spec in facts_of(proposal).specs] == [(3280, 2500, 40)]
    assert errors == []
    context.close()
