"""Villages, halls, storefronts and the front page."""

from datetime import date

import pytest

from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from catalog.places import short_en
from shop.core.models import AssistancePairing
from tests import factories

pytestmark = pytest.mark.django_db
PAGES = ["/", "/shop/", "/villages/", "/halls/", "/halls/44/", "/halls/4401/", "/halls/441403/", "/suppliers/"]


def world(number):
    """A county with `number` villages, suppliers and listings."""
    guangzhou = factories.make_division("440106").parent
    for n in range(number):
        village = factories.make_village(f"松源村{n}", headline_zh="", figures=[{"value": "12", "label_zh": "棵"}])
        supplier = factories.make_supplier(village=village, head_name="陈桂香", founded_year=2017, story_zh="一\n\n二")
        factories.make_listing(supplier=supplier, village=village, produced_on=date(2026, 11, 20))
    county = village.county
    county.is_watched = True
    county.save()
    AssistancePairing.objects.get_or_create(assisting=guangzhou, assisted=county.parent, since_year=2021)
    rebuild_cards(at=factories.AT)
    rebuild_facets(at=factories.AT)
    return village, supplier


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_answers_empty_and_full(client, prefix):
    factories.make_division("441403", "梅县区")
    for path in PAGES:
        if path != "/halls/4401/":
            assert client.get(prefix + path).status_code == 200, path
    village, supplier = world(2)
    for path in [*PAGES, f"/villages/{village.slug}/", f"/suppliers/{supplier.slug}/"]:
        assert client.get(prefix + path).status_code == 200, path


def test_unknown_places(client):
    for path in ("/villages/none/", "/halls/99/", "/halls/none/", "/suppliers/none/"):
        assert client.get(path).status_code == 404
    village = factories.make_village(is_published=False)
    supplier = factories.make_supplier(is_active=False)
    assert client.get(f"/villages/{village.slug}/").status_code == 404
    assert client.get(f"/suppliers/{supplier.slug}/").status_code == 404


def test_thirty_of_each_cost_what_one_costs(client, django_assert_max_num_queries):
    village, supplier = world(1)
    addresses = [*PAGES, f"/villages/{village.slug}/", f"/suppliers/{supplier.slug}/"]
    counts = []
    for number in (0, 29):
        if number:
            world(number)
        for path in addresses:
            client.get(path)
        taken = []
        for path in addresses:
            with django_assert_max_num_queries(14) as seen:
                client.get(path)
            taken.append(len(seen))
        counts.append(taken)
    # One village or supplier more may add a page of others, never one query for each.
    assert all(full <= few + 1 for few, full in zip(*counts, strict=True)), counts


def test_a_village(client):
    village, supplier = world(2)
    html = client.get(f"/villages/{village.slug}/").content.decode()
    assert "松源村1，金柚" in html
    assert supplier.slug in html
    assert "陈**" in html
    assert "陈桂香" not in html
    assert html.count('data-testid="product-card"') == 1


def test_a_hall_says_who_assists(client):
    world(1)
    html = client.get("/halls/441403/").content.decode()
    assert "挂牌督战县" in html
    assert "对口帮扶" in html
    assert 'data-testid="hall-products">1<' in html


def test_front_page_counts_what_was_picked_this_week(client):
    world(6)
    html = client.get("/").content.decode()
    assert html.count('data-testid="product-card"') == 6
    assert "走进 6 个村子" in html
    assert "/live/" not in html.split("<main")[1].split("</main>")[0]


def test_short_english_names():
    assert short_en("Liangshan Yi Autonomous Prefecture") == "Liangshan"
    assert short_en("Inner Mongolia Autonomous Region") == "Inner Mongolia"
    assert short_en("Meixian District") == "Meixian"
    assert short_en("Guangdong Province") == "Guangdong"
