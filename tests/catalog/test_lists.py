"""Lists of products: what they show, what they ask the database, what they make of nonsense."""

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from catalog.asked import Asked, understand
from catalog.models import ListingCard
from catalog.operations.cards import rebuild_cards
from catalog.operations.facets import rebuild_facets
from catalog.queries import lists
from tests import factories

NONSENSE = (
    "?page=0", "?page=-1", "?page=99999999999", "?page=x", "?category=x&category=999999", "?county=99&county='",
    "?low=abc&high=-3", "?low=9&high=2", "?low=NaN&high=Infinity", "?sort=drop", "?certified=yes",
    "?low=1e9", "?category=" + "9" * 40,
)  # fmt: skip


@pytest.fixture
def fruit(db):
    top = factories.make_category("应季鲜果")
    leaves = [factories.make_category(name, parent=top) for name in ("柑橘柚类", "热带水果")]
    seller = factories.make_supplier()
    other = factories.make_division("440825", "徐闻县")
    for number in range(30):
        listing = factories.make_listing(
            f"金柚{number}",
            supplier=seller,
            category=leaves[number % 2],
            county=other if number % 3 == 0 else seller.county,
            price_fen=1000 + 100 * number,
            sold_count=number,
        )
        if number % 5 == 0:
            factories.make_certificate(listing)
    rebuild_cards(at=factories.AT)
    rebuild_facets(at=factories.AT)
    return top


def test_a_category_costs_two_queries_at_one_and_at_thirty(client, fruit, django_assert_num_queries):
    address = f"/shop/c/{fruit.slug}/"
    client.get(address)  # the tree of categories is cached
    with django_assert_num_queries(2):
        assert client.get(address).status_code == 200
    ListingCard.objects.exclude(pk=ListingCard.objects.first().pk).delete()
    with django_assert_num_queries(2):
        client.get(address)


def test_signed_in_costs_at_most_seven(client, fruit, django_assert_max_num_queries):
    client.force_login(factories.make_user(), backend="django.contrib.auth.backends.ModelBackend")
    with django_assert_max_num_queries(7):
        client.get(f"/shop/c/{fruit.slug}/")
    with django_assert_max_num_queries(7):
        client.get(f"/shop/c/{fruit.slug}/?certified=1&county=441403&sort=unit")


def test_shows_how_many_of_how_many_suppliers(client, fruit):
    html = client.get(f"/shop/c/{fruit.slug}/").content.decode()
    assert "30 样，来自 1 家供应商" in html
    assert html.count('data-testid="product-card"') == 24
    second = client.get(f"/en/shop/c/{fruit.slug}/?page=2").content.decode()
    assert "30 products from 1 supplier" in second
    assert second.count('data-testid="product-card"') == 6


def test_filters_narrow_and_count_what_they_show(fruit):
    node = lists.category_tree().by_pk[fruit.pk]
    scope = lists.Scope.of_category(node)
    page = lists.card_page(scope, Asked(flags=("certified",), counties=("440825",)))
    assert (page.total, len(page.cards), page.capped, page.suppliers) == (2, 2, False, 1)
    leaf = node.children[0]
    page = lists.card_page(scope, Asked(categories=(leaf.pk,)))
    assert page.total == 15
    # The other category still says what ticking it as well would add.
    assert {value.value: value.count for value in page.categories} == {str(each.pk): 15 for each in node.children}
    assert sum(value.count for value in page.counties) == 15
    page = lists.card_page(scope, Asked(low_fen=240, high_fen=300))
    assert page.total == ListingCard.objects.filter(jin_fen__gte=240, jin_fen__lte=300).count() == 4


def test_orders(fruit):
    scope = lists.Scope.of_category(lists.category_tree().by_pk[fruit.pk])

    def first(sort):
        with override("zh-hans"):
            return lists.card_page(scope, Asked(sort=sort)).cards[0]

    assert "金柚29" in first("sales")
    assert "金柚0<" in first("unit")


def test_a_capped_list_says_more_than(fruit, monkeypatch, client):
    monkeypatch.setattr(lists, "CAP", 10)
    scope = lists.Scope.of_category(lists.category_tree().by_pk[fruit.pk])
    page = lists.card_page(scope, Asked(flags=("in_stock",)))
    assert (page.total, page.capped, page.suppliers) == (10, True, None)
    assert all(value.count is None for value in page.counties)
    narrow = lists.card_page(scope, Asked(flags=("in_stock",), counties=("440825",)))
    assert (narrow.total, narrow.capped) == (10, False)


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_left_out(client, fruit, query):
    for address in ("/shop/", "/shop/search/", f"/shop/c/{fruit.slug}/"):
        assert client.get(address + query).status_code == 200


def test_what_no_database_holds_is_refused_and_is_no_search(client, fruit):
    for address in ("/shop/", "/shop/search/", f"/shop/c/{fruit.slug}/"):
        assert client.get(f"{address}?q=%00").status_code == 400


def test_a_page_beyond_the_last_is_the_last(client, fruit):
    html = client.get("/shop/?page=400").content.decode()
    assert '<span aria-current="page">2</span>' in html


def test_unknown_category(client, db):
    assert client.get("/shop/c/nothing/").status_code == 404


def test_search(client, fruit):
    village = factories.make_village("金柚村")
    html = client.get("/shop/search/", {"q": "金柚"}).content.decode()
    assert 'data-testid="found-place"' in html
    assert village.slug in html
    assert html.count('data-testid="product-card"') == 24
    for query in ("jinyou", "jy", "JinYou"):
        assert client.get("/shop/search/", {"q": query}).content.decode().count('data-testid="product-card"') == 24
    html = client.get("/shop/search/", {"q": "榴莲"}).content.decode()
    assert "没有找到「榴莲」" in html
    script = "<script>alert(1)</script>"
    assert script not in client.get("/shop/search/", {"q": script}).content.decode()


def test_empty_shop(db):
    assert Client().get("/shop/").status_code == 200


def test_filters_survive_in_the_address():
    asked = understand(QueryDict("q=金柚&category=3&county=441403&certified=1&low=2&high=40.00&sort=unit&page=3"))
    assert understand(QueryDict(asked.address()[1:])) == asked
    assert asked.count == 4
    assert asked.toggled("certified", "1").flags == ()
    assert asked.toggled("county", "440825").counties == ("441403", "440825")
    assert asked.toggled("price", "").low_fen is None


@given(
    st.dictionaries(st.sampled_from(["q", "category", "county", "low", "high", "sort", "page", "in_stock"]), st.text())
)
def test_any_address_is_understood(values):
    query = QueryDict(mutable=True)
    query.update(values)
    asked = understand(query)
    assert understand(QueryDict(asked.address()[1:])).address() == asked.address()
