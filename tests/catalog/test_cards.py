"""The flat table of cards and the stored counts."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.utils.translation import override

from catalog.cardpress import shown
from catalog.models import FacetCount, ListingCard
from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from catalog.pictures import rendition
from shop.core import outbox
from shop.core.models import OutboxEntry
from tests import factories

pytestmark = pytest.mark.django_db
AT = factories.AT


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_pressed_card_is_what_the_template_gives(language):
    listing = factories.make_listing(
        '<b>金柚</b> & "柚"', badge_zh="产地直发", badge_en="From the orchard", summary_zh="好"
    )
    picture = factories.add_picture(listing, ground="#DBE2D0")
    rebuild_cards(at=AT)
    card = ListingCard.objects.get()
    english = language == "en"
    spec = listing.specifications.get()
    rendered = rendition(picture.key, picture.widths, size=(480, 480), ground=picture.ground)
    with override(language):
        wanted = render_to_string(
            "components/product_card.html",
            {
                "card": {
                    "name": listing.name_en if english else listing.name_zh,
                    "spec": spec.text_en if english else spec.text_zh,
                    "supplier_name": listing.supplier.name_en if english else listing.supplier.name_zh,
                    "price_fen": 3280,
                    "unit_price_text": "¥6.56 / 500 g" if english else "6.56 元/斤",
                    "badge": {"text": listing.badge_en if english else listing.badge_zh, "kind": "neutral"},
                    "url": f"{'/en' if english else ''}/shop/p/{listing.slug}/",
                    "picture": rendered,
                    "can_add": True,
                    "listing_id": listing.pk,
                    "spec_id": spec.pk,
                }
            },
        )
    assert shown([card.html_en if english else card.html_zh]) == [wanted]


def test_facts_of_a_card():
    county = factories.make_division("513437", "雷波县")
    county.is_assisted = True
    county.save()
    top = factories.make_category("应季鲜果")
    leaf = factories.make_category("柑橘柚类", parent=top)
    listing = factories.make_listing(
        county=county, category=leaf, sold_count=7, badge_kind="proven", ship_within_hours=72,
        specs=[{"price_fen": 3280, "stock": 0}, {"price_fen": 6000, "stock": 3, "net_grams": 5000}],
    )  # fmt: skip
    factories.make_certificate(listing)
    rebuild_cards(at=AT)
    card = ListingCard.objects.get()
    second = listing.specifications.all()[1]
    assert (card.category_top_id, card.category_id) == (top.pk, leaf.pk)
    assert (card.specification_id, card.price_fen, card.jin_fen) == (second.pk, 6000, 600)
    assert (card.county_code, card.province_code) == ("513437", "51")
    assert (card.in_stock, card.certified, card.within_48h, card.is_assisted) == (True, True, False, True)
    assert card.fresh_rank == int(AT.timestamp())


def test_out_of_season_and_sold_out_cards_offer_a_reminder():
    lychee = factories.make_listing(season_start=6, season_end=7)
    sold_out = factories.make_listing(stock=0)
    sold = factories.make_listing()
    rebuild_cards(at=AT)
    cards = ListingCard.objects.in_bulk()
    assert [cards[each.pk].is_preorder for each in (lychee, sold_out, sold)] == [True, False, False]
    assert [cards[each.pk].in_stock for each in (lychee, sold_out, sold)] == [False, False, True]
    html = {each.pk: shown([cards[each.pk].html_zh], AT.date())[0] for each in (lychee, sold_out, sold)}
    assert ["card-remind" in html[each.pk] for each in (lychee, sold_out, sold)] == [True, True, False]
    assert ["card-add" in html[each.pk] for each in (lychee, sold_out, sold)] == [False, False, True]
    ranks = [cards[each.pk].rank for each in (sold, lychee, sold_out)]
    assert ranks == sorted(ranks, reverse=True)
    june = datetime(2026, 6, 10, tzinfo=UTC)
    rebuild_cards(listing_ids=[lychee.pk], at=june)
    assert ListingCard.objects.get(pk=lychee.pk).in_stock


def test_withdrawn_listings_lose_their_card():
    first, second, third = (factories.make_listing() for _ in range(3))
    assert rebuild_cards(at=AT) == 3
    first.state = "withdrawn"
    first.save()
    second.supplier.is_active = False
    second.supplier.save()
    third.specifications.update(is_offered=False)
    assert rebuild_cards(at=AT) == 0
    assert not ListingCard.objects.exists()


def test_building_again_changes_nothing():
    for _ in range(3):
        factories.make_listing()
    rebuild_cards(at=AT)
    first = list(ListingCard.objects.order_by("pk").values())
    told = []
    rebuild_cards(at=AT, progress=lambda done, total: told.append((done, total)))
    assert list(ListingCard.objects.order_by("pk").values()) == first
    assert told == [(3, 3)]


def test_thirty_cards_cost_what_one_costs(django_assert_num_queries):
    supplier, category = factories.make_supplier(), factories.make_category()
    listings = [factories.make_listing(supplier=supplier, category=category) for _ in range(30)]
    counts = []
    for ids in ([listings[0].pk], [each.pk for each in listings]):
        with django_assert_num_queries(9) as seen:
            rebuild_cards(listing_ids=ids, at=AT)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_facets_add_up():
    top = factories.make_category("应季鲜果")
    leaf = factories.make_category("柑橘柚类", parent=top)
    seller = factories.make_supplier()
    factories.make_certificate(factories.make_listing(category=leaf, supplier=seller))
    factories.make_listing(category=leaf, supplier=seller, price_fen=1000)
    factories.make_listing(category=factories.make_category("茶饮"))
    rebuild_cards(at=AT)
    rebuild_facets(at=AT)
    counts = Counter({(row.scope, row.facet, row.value): row.count for row in FacetCount.objects.all()})
    assert counts["all", "total", ""] == 3
    assert counts["all", "suppliers", ""] == 2
    scope = f"category:{top.pk}"
    assert (counts[scope, "total", ""], counts[scope, "suppliers", ""]) == (2, 1)
    assert counts[scope, "category", str(leaf.pk)] == 2
    assert counts[scope, "county", "441403"] == 2
    assert counts[scope, "certified", "1"] == 1
    assert (counts[scope, "price", "1"], counts[scope, "price", "3"]) == (1, 1)
    assert FacetCount.objects.get(scope="all", facet="county", value="441403").label_zh == "广州 梅县"


def test_a_change_reaches_the_card_through_the_outbox():
    listing = factories.make_listing()
    outbox.enqueue(task="catalog.rebuild_cards", args={"listing_ids": [listing.pk]}, at=AT)
    assert outbox.drain(at=AT) == 2
    assert ListingCard.objects.get().pk == listing.pk
    assert FacetCount.objects.get(scope="all", facet="total").count == 1
    assert not OutboxEntry.objects.filter(done_at__isnull=True).exists()
