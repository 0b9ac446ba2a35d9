import pytest
from django.test import Client

from catalog.models import VillageFollow
from catalog.operations.listings import publish_listing
from shop.accounts.models import Message
from shop.core import outbox
from tests.factories import AT, make_listing, make_user, make_village

pytestmark = pytest.mark.django_db


def test_a_visitor_signs_in_first_and_comes_back(client: Client):
    village = make_village(slug="songyuan")
    answer = client.post("/villages/songyuan/follow/")
    assert (answer.status_code, answer["Location"]) == (302, "/account/login/?next=/villages/songyuan/")
    assert client.post("/villages/nowhere/follow/").status_code == 404
    assert 'data-testid="follow"' in client.get(f"/villages/{village.slug}/").content.decode()


def test_following_is_kept_once_shown_among_favourites_and_taken_back(client: Client):
    user, village = make_user(), make_village(slug="songyuan")
    client.force_login(user)
    assert client.post("/villages/songyuan/follow/")["Location"] == "/villages/songyuan/"
    assert list(VillageFollow.objects.values_list("user_id", "village_id")) == [(user.pk, village.pk)]
    page = client.get("/villages/songyuan/").content.decode()
    assert 'aria-pressed="true" data-testid="follow"' in page
    assert "您关注了这个村子" in page
    assert "/villages/songyuan/" in client.get("/account/favourites/").content.decode()
    client.post("/villages/songyuan/follow/")
    assert VillageFollow.objects.count() == 0


def test_followers_are_told_once_when_something_comes_on_sale(client: Client):
    user, village = make_user(), make_village(slug="songyuan")
    client.force_login(user)
    client.post("/villages/songyuan/follow/")
    listing = make_listing(village=village)
    for _ in range(2):
        publish_listing(listing=listing, actor=None, at=AT)
        outbox.drain(at=AT)
    message = Message.objects.get(user=user)
    assert (message.kind, message.url) == ("village_news", f"/shop/p/{listing.slug}/")
