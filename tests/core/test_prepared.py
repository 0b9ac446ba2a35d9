from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from catalog.models import Listing, Specification
from shop.core.models import Division, OutboxEntry
from shop.core.prepared import Prepared
from tests.factories import make_division, make_listing

pytestmark = pytest.mark.django_db


def test_rows_are_those_of_the_queryset():
    for code, name in (("440106", "天河区"), ("441403", "梅县区"), ("440981", "高州市")):
        make_division(code, name)

    def make(above):
        return (
            Division.objects.filter(level=Division.Level.COUNTY, code__gt=above)
            .order_by("code")
            .values_list("code", "is_assisted")
        )

    prepared = Prepared(make)
    for code in ("440200", "440982", "999999"):
        assert prepared(code) == list(make(code))


def test_lists_of_any_length_and_dates_and_booleans():
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    for number in range(4):
        OutboxEntry.objects.create(
            task=f"t{number}", args={"n": number}, key=f"k{number}", created_at=at, available_at=at
        )

    def make(ids):
        return OutboxEntry.objects.filter(pk__in=ids).order_by("pk").values_list("task", "available_at", "args")

    prepared, every = Prepared(make), list(OutboxEntry.objects.order_by("pk").values_list("pk", flat=True))
    for ids in (every, every[:1], every[2:], [*every, 999]):
        assert prepared(ids) == list(make(ids))
    assert prepared(every[:1])[0] == ("t0", at, {"n": 0})


def test_objects_come_with_what_was_joined_and_counted():
    listings = [make_listing(name) for name in ("金柚", "菜心")]

    def make(slug):
        return (
            Specification.objects.filter(listing__slug=slug)
            .select_related("listing__supplier", "picture")
            .annotate(double=F("price_fen") * Value(2))
            .order_by("pk")
        )

    prepared = Prepared(make)
    for listing in listings:
        with CaptureQueriesContext(connection) as queries:
            (spec,) = prepared(listing.slug)
            assert (spec.listing.name_zh, spec.listing.supplier_id) == (listing.name_zh, listing.supplier_id)
            assert (spec.listing.supplier.name_zh, spec.picture) == (listing.supplier.name_zh, None)
            assert spec.double == spec.price_fen * 2
        assert len(queries) == 1
        assert spec == make(listing.slug).get()


def test_only_the_chosen_columns_are_read():
    listing = make_listing()
    prepared = Prepared(lambda slug: Listing.objects.filter(slug=slug).only("slug", "name_zh"))
    assert prepared(listing.slug)[0].get_deferred_fields() >= {"name_en", "summary_zh"}


def test_an_argument_that_does_not_reach_the_sql_is_refused():
    with pytest.raises(ValueError, match="not in its SQL"):
        Prepared(lambda text: Division.objects.filter(name_zh__contains=text))("梅县")


def test_a_list_filled_up_to_a_kept_length_finds_what_it_names():
    codes = [f"4401{number:02d}" for number in range(1, 45)]
    for code in codes:
        make_division(code, code)

    prepared = Prepared(lambda wanted: Division.objects.filter(pk__in=wanted).order_by("pk").values_list("pk"))
    for length in (0, 1, 5, 13, 25, 40, 41, 44):
        assert prepared(codes[:length]) == [(code,) for code in codes[:length]]
    # 1, 6, 16 and 40; none for an empty list and for those too long to be kept.
    assert len(prepared._compiled) == 4


def test_the_server_keeps_the_plan_and_what_is_fixed_stays_as_written(on_postgres):
    make_listing("100% 金柚")

    def make(slug):
        return (
            Listing.objects.filter(slug=slug, name_zh__endswith="金柚")
            .exclude(name_zh="5%s%")
            .values_list("pk", "name_zh")
        )

    prepared = Prepared(make)
    slug = Listing.objects.get().slug
    with CaptureQueriesContext(connection) as queries:
        for _ in range(3):
            assert prepared(slug) == list(make(slug))
    assert len(queries) == 6
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements WHERE statement LIKE %s", ["%金柚%"])
        assert ["LIKE '%金柚'" in row[0] and "$1" in row[0] for row in cursor.fetchall()] == [True]
