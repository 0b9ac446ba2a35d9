"""What sales is told about a specification."""

from datetime import date

import pytest

from catalog.queries import specifications_for_sale
from catalog.states import ListingState
from tests import factories

pytestmark = pytest.mark.django_db


def test_tells_every_fact(django_assert_num_queries):
    listing = factories.make_listing(price_fen=3280, stock=12, purchase_limit=10)
    factories.make_freight(listing.supplier)
    spec = listing.specifications.get()
    picture = factories.add_picture(listing)
    factories.add_picture(listing)
    with django_assert_num_queries(1):
        facts = specifications_for_sale([spec.pk, 999_999])
    assert list(facts) == [spec.pk]
    told = facts[spec.pk]
    assert (told.listing_id, told.product_id, told.stockrecord_id) == (listing.pk, spec.product_id, spec.stockrecord_id)
    assert (told.price_fen, told.available, told.purchase_limit, told.is_sellable) == (3280, 12, 10, True)
    assert told.stock_id == spec.stockrecord.pools.get(pool="main").pk
    assert told.picture_key == picture.key
    assert told.freight_template_id == listing.supplier.freight_template_id
    assert (told.partner_id, told.sku) == (listing.supplier.partner_id, spec.stockrecord.partner_sku)
    assert told.holiday_until is None
    assert (told.name_zh, told.name_en, told.slug) == (listing.name_zh, listing.name_en, listing.slug)


def test_reserved_pieces_and_other_pools_are_not_available():
    listing = factories.make_listing(stock=10)
    record = listing.specifications.get().stockrecord
    record.pools.update(reserved=4)
    record.pools.create(pool="drop:1", on_hand=50)
    assert factories.spec_of(listing).available == 6


@pytest.mark.parametrize("how", ["withdrawn", "not offered", "supplier closed"])
def test_is_not_sellable(how):
    listing = factories.make_listing()
    spec = listing.specifications.get()
    if how == "withdrawn":
        listing.state = ListingState.WITHDRAWN
        listing.save()
    elif how == "not offered":
        spec.is_offered = False
        spec.save()
    else:
        listing.supplier.is_active = False
        listing.supplier.holiday_until = date(2026, 12, 1)
        listing.supplier.save()
    assert specifications_for_sale([spec.pk])[spec.pk].is_sellable is False


def test_thirty_cost_what_one_costs(django_assert_num_queries):
    supplier, category = factories.make_supplier(), factories.make_category()
    listings = [factories.make_listing(supplier=supplier, category=category) for _ in range(30)]
    ids = [listing.specifications.get().pk for listing in listings]
    with django_assert_num_queries(1):
        assert len(specifications_for_sale(ids)) == 30
    with django_assert_num_queries(0):
        assert specifications_for_sale([]) == {}


def test_own_picture_of_a_specification_comes_first():
    listing = factories.make_listing(specs=[{}, {"picture": factories.make_picture()}])
    shared = factories.add_picture(listing)
    first, second = listing.specifications.all()
    told = specifications_for_sale([first.pk, second.pk])
    assert (told[first.pk].picture_key, told[second.pk].picture_key) == (shared.key, second.picture.key)
