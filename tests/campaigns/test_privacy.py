"""Pages that are not for everybody: nothing of them elsewhere, no password for many; and where a renamed page was."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents.models import Document
from wagtail.embeds.finders import get_finders
from wagtail.models import Collection, CollectionViewRestriction, PageViewRestriction

from shop.accounts import roles
from shop.accounts.operations.groups import give_role
from shop.campaigns.operations import ensure_page_permissions
from tests.campaigns.pages import make_page
from tests.factories import AT, make_user

pytestmark = pytest.mark.django_db
CaptureOnCommit = Callable[..., AbstractContextManager[Any]]
BACKEND = "django.contrib.auth.backends.ModelBackend"
PASSWORD = PageViewRestriction.PASSWORD


def browser(**facts: object) -> Client:
    client = Client()
    client.force_login(make_user(**facts), backend=BACKEND)
    return client


@pytest.fixture
def editor() -> Client:
    user = make_user(name="运营")
    give_role(user=user, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    ensure_page_permissions()
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def chief() -> Client:
    return browser(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_a_page_that_is_not_for_everybody_is_not_told_of_on_the_front_page(kind: str) -> None:
    page = make_page(title="内部的柑橘", summary="价格还没定")
    assert "内部的柑橘" in Client().get("/").content.decode()
    restriction = PageViewRestriction.objects.create(page=page, restriction_type=kind, password="orchard")
    if kind == "groups":
        restriction.groups.add(Group.objects.create(name="orchard"))
    for client in (Client(), browser()):
        front = client.get("/").content.decode()
        assert "内部的柑橘" not in front
        assert "价格还没定" not in front


def test_a_page_for_who_is_signed_in_leads_to_the_shops_door_and_back() -> None:
    page = make_page(title="内部的柑橘")
    PageViewRestriction.objects.create(page=page, restriction_type="login")
    answer = Client().get("/citrus/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/citrus/")
    assert browser().get("/citrus/").status_code == 200


def test_no_page_gets_a_password_for_many(editor: Client) -> None:
    page = make_page()
    address = f"/cms/pages/{page.pk}/privacy/"
    assert editor.get(address).status_code == 200
    assert 'value="password"' not in editor.get(address).json()["html"]
    sent = {"restriction_type": PASSWORD, "password": "orchard"}
    editor.post(address, sent)
    assert PageViewRestriction.objects.count() == 0
    editor.post(address, {"restriction_type": "login", "password": ""})
    assert PageViewRestriction.objects.get().restriction_type == "login"


def test_no_collection_gets_a_password_for_many(chief: Client) -> None:
    collection = Collection.get_first_root_node().add_child(name="合同")
    chief.post(f"/cms/collections/{collection.pk}/privacy/", {"restriction_type": PASSWORD, "password": "orchard"})
    assert CollectionViewRestriction.objects.count() == 0


@pytest.mark.parametrize("language", ["", "/en"])
def test_a_password_for_many_from_before_can_not_be_guessed(language: str) -> None:
    page = make_page()
    on_page = PageViewRestriction.objects.create(page=page, restriction_type=PASSWORD, password="orchard")
    root = Collection.get_first_root_node()
    on_files = CollectionViewRestriction.objects.create(collection=root, restriction_type=PASSWORD, password="orchard")
    Document.objects.create(title="价目表", collection=root, file="documents/prices.pdf")
    client = Client()
    for door in (
        f"{language}/_util/authenticate_with_password/{on_page.pk}/{page.pk}/",
        f"/documents/authenticate_with_password/{on_files.pk}/",
    ):
        assert client.post(door, {"password": "orchard", "return_url": "/citrus/"}).status_code == 404
    assert not client.session.keys()


def test_a_page_that_got_another_address_is_found_by_the_old_one(
    django_capture_on_commit_callbacks: CaptureOnCommit, django_assert_num_queries: CaptureOnCommit
) -> None:
    page = make_page()
    page.slug = "oranges"
    with django_capture_on_commit_callbacks(execute=True):
        page.save_revision().publish()
    assert Client().get("/oranges/").status_code == 200
    answer = Client().get("/citrus/?utm_source=poster")
    assert (answer.status_code, answer["Location"]) == (301, "/oranges/")
    assert Client().get("/lemons/").status_code == 404
    with django_assert_num_queries(0):
        assert Client().get("/media/lemons.webp").status_code == 404


def test_redirects_are_typed_one_by_one(chief: Client) -> None:
    assert chief.get("/cms/redirects/").status_code == 200
    for door in ("/cms/redirects/import/", "/cms/redirects/import/process/"):
        assert chief.get(door).status_code == 404
        assert chief.post(door, {}).status_code == 404
    assert Redirect.objects.count() == 0


def test_the_reports_of_the_cms_hold_no_formulas(editor: Client) -> None:
    page = make_page(title='=HYPERLINK("http://evil.example/";"柑橘")', slug="formula")
    page.save_revision(log_action=True)
    answer = editor.get("/cms/reports/site-history/?export=csv")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    # Its creation and its change; the second cell is the title.
    assert [line.partition(",")[2].startswith("\"'=HYPERLINK(") for line in lines[1:]] == [True, True]


def test_the_cms_asks_no_other_host_for_what_to_embed(editor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*given: object, **options: object) -> None:
        raise AssertionError("another host was asked")

    monkeypatch.setattr("urllib.request.urlopen", refuse)
    sent = {"embed-chooser-url": "https://video.example/watch?v=citrus"}
    assert get_finders() == []
    answer = editor.post("/cms/embeds/chooser/upload/", sent)
    assert answer.status_code == 200
    assert answer.json()["step"] == "chooser"
