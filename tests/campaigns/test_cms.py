"""Campaign staff make pages in /cms/: blocks, choosers, preview, schedule; nobody else does."""

import json
from datetime import timedelta

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.utils import timezone
from wagtail.test.utils.form_data import nested_form_data, streamfield

from shop.accounts import roles
from shop.accounts.models import User
from shop.accounts.operations.groups import give_role
from shop.campaigns.models import CampaignPage, HomePage
from shop.campaigns.operations import ensure_page_permissions, publish_scheduled
from tests.campaigns.pages import block, make_page
from tests.factories import AT, make_listing, make_user, make_village
from tests.livestream.rooms import make_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff() -> Client:
    user = make_user(name="运营")
    give_role(user=user, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    ensure_page_permissions()
    client = Client()
    client.force_login(User.objects.get(pk=user.pk), backend="django.contrib.auth.backends.ModelBackend")
    return client


def form(**more: object) -> dict[str, object]:
    countdown = {"title": "还剩", "until": "2030-01-01 20:00", "over": ""}
    return nested_form_data(
        {
            "title": "食堂周", "slug": "canteen", "summary": "", "body": streamfield([("countdown", countdown)]),
            "search_description": "", "seo_title": "", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0",
            **more,
        }
    )  # fmt: skip


def test_the_editor_carries_the_styles_for_phones(staff: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    page = staff.get(f"/cms/pages/{home.pk}/").content.decode()
    assert ("back-office/cms.css" in page, finders.find("back-office/cms.css") is not None) == (True, True)


def test_staff_make_preview_and_publish_a_page(staff: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    address = f"/cms/pages/add/campaigns/campaignpage/{home.pk}/"
    assert staff.get(address).status_code == 200
    answer = staff.post(address, form() | {"action-publish": "1"})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    page = CampaignPage.objects.get(slug="canteen")
    assert page.live
    assert Client().get("/canteen/").status_code == 200
    preview = f"/cms/pages/{page.pk}/edit/preview/"
    assert staff.post(preview, form()).json()["is_valid"]
    assert "还剩" in staff.get(preview).content.decode()


def test_choosers_find_products_villages_and_rooms_by_name(staff: Client) -> None:
    make_listing("连州菜心")
    make_listing("下架的梨", state="withdrawn")
    make_village("松源村")
    make_room()
    for chooser, words, found in (
        ("listing_chooser", "菜心", "连州菜心"),
        ("village_chooser", "松源", "松源村"),
        ("live_room_chooser", "果园", "松源果园"),
    ):
        assert found in json.loads(staff.get(f"/cms/{chooser}/").content)["html"]
        assert found in staff.get(f"/cms/{chooser}/results/?q={words}").content.decode()
        assert found not in staff.get(f"/cms/{chooser}/results/?q=没有的").content.decode()
    assert "下架的梨" not in staff.get("/cms/listing_chooser/results/").content.decode()


def test_a_scheduled_page_appears_and_goes_by_itself() -> None:
    page = make_page(block("countdown", title="还剩", until="2030-01-01T00:00:00+08:00", over=""), live=False)
    page.go_live_at = timezone.now() - timedelta(minutes=1)
    page.save_revision(approved_go_live_at=page.go_live_at)
    publish_scheduled(at=timezone.now())
    assert Client().get("/citrus/").status_code == 200
    page = CampaignPage.objects.get(pk=page.pk)
    page.expire_at = timezone.now() - timedelta(seconds=1)
    page.save_revision().publish()
    publish_scheduled(at=timezone.now())
    assert Client().get("/citrus/").status_code == 404


def test_staff_make_campaigns_and_nothing_above_them(staff: Client) -> None:
    assert staff.get("/cms/").status_code == 200
    assert staff.get("/cms/users/").status_code == 403
    assert staff.get("/cms/settings/wagtail.site/").status_code in {302, 404}


def test_others_stay_outside() -> None:
    client = Client()
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    home = HomePage.objects.get(locale__language_code="zh-hans")
    assert client.get(f"/cms/pages/add/campaigns/campaignpage/{home.pk}/").status_code == 302
    assert client.get("/cms/listing_chooser/").status_code in {302, 403}


def test_a_link_leads_nowhere_else(staff: Client) -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    hero = {"image": "", "eyebrow": "", "headline": "柚子", "text": "", "button": "去", "link": "//elsewhere.example"}
    sent = form(body=streamfield([("hero", hero)])) | {"action-publish": "1"}
    assert staff.post(f"/cms/pages/add/campaigns/campaignpage/{home.pk}/", sent).status_code == 200
    assert not CampaignPage.objects.filter(slug="canteen").exists()
