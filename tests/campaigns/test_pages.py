"""Campaign pages: live figures in few queries, what is gone left out quietly, both languages, the mark in links."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.images.models import Image

from catalog.models import Listing, Village
from catalog.operations.cards import rebuild_cards
from catalog.operations.listings import change_price, withdraw_listing
from livestream.models import LiveRoom
from shop.campaigns import hooks
from shop.campaigns.hooks import Progress
from shop.campaigns.models import CampaignPage, HomePage
from shop.campaigns.sections import marked_address
from shop.core import outbox
from shop.sales.models import OrderAttribution
from tests.campaigns.pages import block, make_page
from tests.factories import (
    AT,
    make_division,
    make_freight,
    make_listing,
    make_supplier,
    make_user,
    make_village,
    spec_of,
)
from tests.livestream.rooms import make_room, make_session, put

pytestmark = pytest.mark.django_db


def goods(count: int, **fields: object) -> list[Listing]:
    supplier = make_supplier()
    made = [make_listing(f"金柚 {number}", supplier=supplier, **fields) for number in range(count)]
    rebuild_cards(at=AT)
    return made


def rail(*listings: Listing, title: str = "柚子"):
    return block("rail", title=title, products=[listing.pk for listing in listings], more="", link="")


def test_a_page_of_each_block_shows_what_is_there_now(client: Client) -> None:
    first, second = goods(2)
    village = make_village()
    session, _ = make_session()
    put(
        session, make_listing(supplier=session.room.supplier), session.room.supplier.organisation.memberships.get().user
    )
    page = make_page(
        block(
            "hero",
            image=None,
            eyebrow="冬令",
            headline="霜后第一车",
            text="三个县\n七个社",
            button="去挑",
            link="/shop/",
        ),
        block("countdown", title="还剩", until=(timezone.now() + timedelta(days=1)).isoformat(), over=""),
        rail(first, second),
        block("story", village=village.pk, title="", text="三十年前\n\n六棵老树"),
        block("live", title="果园直播", room=session.room_id),
        block("pledge", title="", need="N1"),
    )
    html = client.get("/citrus/").content.decode()
    for testid in ("hero", "countdown", "rail", "story", "live-card"):
        assert html.count(f'data-testid="{testid}"') == 1, testid
    assert 'data-testid="pledge"' not in html
    assert html.count('data-testid="product-card"') == 2
    assert f'href="/shop/?from={page.mark}"' in html
    assert f'href="/live/songyuan/?from={page.mark}"' in html
    assert f'href="/shop/p/{first.slug}/?from={page.mark}"' in html
    assert f'href="/shop/p/{first.slug}/?from={page.mark}#choose"' in html


def test_five_rails_take_as_many_queries_as_one_and_few(client: Client) -> None:
    listings = goods(25)
    make_page(rail(*listings[:5]), slug="one")
    make_page(*(rail(*listings[n : n + 5]) for n in range(0, 25, 5)), slug="five")
    counts = {}
    for slug in ("one", "five"):
        client.get(f"/{slug}/")
        with CaptureQueriesContext(connection) as queries:
            html = client.get(f"/{slug}/").content.decode()
        counts[slug] = len(queries)
        assert html.count('data-testid="rail"') == {"one": 1, "five": 5}[slug]
    assert counts["five"] == counts["one"] <= 12


def test_price_and_stock_follow_the_shop(client: Client) -> None:
    (listing,) = goods(1, price_fen=3280)
    make_page(rail(listing))
    change_price(specification=listing.specifications.get(), price_fen=2990, actor=None, at=AT)
    outbox.drain(at=AT)
    html = client.get("/citrus/").content.decode()
    assert '29<span class="price-cents">.90</span>' in html
    assert '32<span class="price-cents">.80</span>' not in html


def test_what_is_withdrawn_or_deleted_is_left_out_and_an_empty_rail_with_it(client: Client) -> None:
    kept, gone = goods(2)
    page = make_page(
        rail(kept, gone),
        rail(gone, title="只有它"),
        block("rail", title="从来没有", products=[987654], more="", link=""),
    )
    withdraw_listing(listing=gone, actor=None, at=AT)
    outbox.drain(at=AT)
    answer = client.get("/citrus/")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert html.count('data-testid="product-card"') == 1
    assert "只有它" not in html
    assert "从来没有" not in html
    request = client.get("/citrus/").wsgi_request
    request.is_preview = True
    context = CampaignPage.objects.get(pk=page.pk).get_context(request)
    assert [section.left_out for section in context["sections"]] == [1, 1, 1]
    assert context["is_preview"]


def test_a_village_or_room_that_is_gone_leaves_no_hole(client: Client) -> None:
    village = make_village()
    room = make_room()
    make_page(
        block("story", village=village.pk, title="老树", text="六棵"),
        block("live", title="", room=room.pk),
        block("live", title="", room=987654),
    )
    Village.objects.all().delete()
    LiveRoom.objects.update(is_open=False)
    html = client.get("/citrus/").content.decode()
    assert "六棵" in html
    assert 'data-testid="live-card"' not in html


def test_a_countdown_that_is_over_says_so(client: Client) -> None:
    make_page(block("countdown", title="还剩", until="2026-01-01T00:00:00+08:00", over="果子还在"))
    html = client.get("/citrus/").content.decode()
    assert "果子还在" in html
    assert "data-countdown" not in html


def test_progress_of_a_need_comes_through_the_hook(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def progress(refs):
        asked.append(list(refs))
        return {"N1": Progress("小学食堂的苹果", "还差 40 箱", "60 / 100 箱", "/pledges/N1/", 60, 10)}

    monkeypatch.setattr(hooks, "_progress_of", progress)
    make_page(block("pledge", title="", need="N1"), block("pledge", title="", need="N2"))
    html = client.get("/citrus/").content.decode()
    assert asked == [["N1", "N2"]]
    assert html.count('data-testid="pledge"') == 1
    assert "60 / 100 箱" in html


def test_each_language_has_its_own_page(client: Client) -> None:
    (listing,) = goods(1)
    make_page(rail(listing))
    make_page(rail(listing, title="Pomelos"), slug="citrus", language="en", title="Citrus after the frost")
    assert "柚子" in client.get("/citrus/").content.decode()
    english = client.get("/en/citrus/").content.decode()
    assert "Pomelos" in english
    assert "/en/shop/p/" in english


def test_a_page_that_is_not_published_is_not_there(client: Client) -> None:
    make_page(live=False)
    assert client.get("/citrus/").status_code == 404


def test_the_home_page_leads_to_campaigns_and_takes_blocks(client: Client) -> None:
    (listing,) = goods(1)
    make_page()
    home = HomePage.objects.get(locale__language_code="zh-hans")
    home.body = [("rail", {"title": "首页的柚子", "products": [listing], "more": "", "link": ""})]
    home.save_revision().publish()
    html = client.get("/").content.decode()
    assert 'data-testid="campaign-link"' in html
    assert "首页的柚子" in html


def test_an_order_says_which_campaign_and_which_session_it_came_from(client: Client) -> None:
    host = make_user()
    session, _ = make_session(host=host)
    listing = make_listing(supplier=session.room.supplier)
    make_freight(session.room.supplier)
    make_division()
    put(session, listing, host)
    page = make_page(block("live", title="", room=session.room_id))
    assert client.get(f"/live/songyuan/?from={page.mark}").status_code == 200
    spec = spec_of(listing).specification_id
    add = client.post(f"/shop/basket/add/?from=session-{session.pk}", {"spec": spec, "quantity": 1})
    assert add.status_code == 302
    key = client.get("/shop/checkout/", {"s": spec}).context["key"]
    client.post(
        "/shop/checkout/",
        {
            "key": key, "s": spec, "address": "new", "name": "周敏", "phone": "13800002046", "province": "44",
            "city": "4401", "division": "440106", "street": "龙口西路 8 号 1202", "place": "1",
        },
    )  # fmt: skip
    assert dict(OrderAttribution.objects.values_list("kind", "ref")) == {
        "live": "songyuan",
        "session": str(session.pk),
        "campaign": str(page.pk),
    }


def test_a_mark_goes_before_the_place_on_the_page() -> None:
    assert marked_address("/shop/?sort=new#top", "campaign-3") == "/shop/?sort=new&from=campaign-3#top"
    assert marked_address("/shop/", "campaign-3") == "/shop/?from=campaign-3"


def test_a_picture_whose_file_is_gone_leaves_the_words(client: Client) -> None:
    image = Image.objects.create(title="柚子", file="original_images/gone.webp", width=10, height=10)
    make_page(block("hero", image=image.pk, eyebrow="", headline="霜后第一车", text="", button="", link=""))
    answer = client.get("/citrus/")
    assert answer.status_code == 200
    assert "霜后第一车" in answer.content.decode()
