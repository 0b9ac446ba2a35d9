"""Days that a lot can't have are refused where they are entered, with the days that can be."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from shop.accounts.operations.groups import ensure_groups, give_role
from shop.accounts.roles import PLATFORM_ADMIN
from shop.core.errors import InvalidInput
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.traceability.growing import make_grown, make_lot, pack
from traceability.models import KeepingLimit, ProduceLot, ProductionBase
from traceability.operations.recording import record_harvest
from traceability.rules.dates import KeepingTerm, best_before_days, harvest_days

DAY = timedelta(days=1)
TODAY = timezone.localtime(AT).date()


def harvest(listing, *, occurred_at=AT - DAY, best_before=None, confirm=False) -> ProduceLot:
    return record_harvest(
        supplier_id=listing.supplier_id, listing_id=listing.pk, base_id=ProductionBase.objects.get().pk, grams=1000,
        occurred_at=occurred_at, best_before=best_before, actor=None, at=AT, confirm=confirm,
    )  # fmt: skip


@pytest.mark.django_db
class TestDays:
    def grown(self, **fields):
        KeepingLimit.objects.all().delete()
        KeepingLimit.objects.create(
            stored_days=30, keeps_days=400, document="例：平台 2026 年第 1 号", valid_from=date(2026, 1, 1)
        )
        return make_grown(**{"shelf_life_days": 90, **fields})

    @pytest.mark.parametrize("wrong", [date(2126, 11, 1), TODAY + 91 * DAY, TODAY - 2 * DAY])
    def test_a_best_before_day_outside_the_shelf_life_is_refused_with_the_days_that_can_be(self, wrong):
        listing = self.grown()
        with pytest.raises(InvalidInput) as refused:
            harvest(listing, best_before=wrong)
        assert (refused.value.code, refused.value.field) == ("best_before_range", "best_before")
        span = {"first": (TODAY - DAY).isoformat(), "last": (TODAY + 90 * DAY).isoformat()}
        assert {name: refused.value.details[name] for name in span} == span
        assert ProduceLot.objects.count() == 0

    def test_the_last_day_of_the_shelf_life_is_taken(self):
        listing = self.grown()
        assert harvest(listing, best_before=TODAY + 90 * DAY).best_before == TODAY + 90 * DAY

    def test_a_harvest_longer_ago_than_such_goods_keep_is_refused(self):
        listing = self.grown()
        with pytest.raises(InvalidInput) as refused:
            harvest(listing, occurred_at=AT - 121 * DAY)
        assert (refused.value.code, refused.value.field) == ("harvest_too_old", "occurred_at")
        assert refused.value.details["first"] == (TODAY - 120 * DAY).isoformat()
        assert harvest(listing, occurred_at=AT - 120 * DAY, confirm=True).harvested_on == TODAY - 120 * DAY

    def test_goods_without_a_shelf_life_keep_as_long_as_the_limit_of_their_category_says(self):
        listing = self.grown(shelf_life_days=None)
        with pytest.raises(InvalidInput):
            harvest(listing, best_before=TODAY + 401 * DAY)
        KeepingLimit.objects.create(
            category_id=listing.category_id, stored_days=0, keeps_days=10, document="例", valid_from=date(2026, 1, 1)
        )
        with pytest.raises(InvalidInput) as refused:
            harvest(listing, best_before=TODAY + 11 * DAY)
        assert refused.value.details["last"] == (TODAY + 10 * DAY).isoformat()

    def test_what_expired_is_not_packed(self):
        lot = make_lot(make_grown(), days_ago=9, keeps=3, packed=False)
        with pytest.raises(InvalidInput) as refused:
            pack(lot, occurred_at=AT - DAY)
        assert (refused.value.code, refused.value.field) == ("lot_expired", "occurred_at")
        assert lot.certificates.count() == 0


@pytest.mark.django_db
def test_the_form_and_the_api_say_which_days_can_be():
    member = make_user()
    listing = make_grown(member, shelf_life_days=90)
    base = ProductionBase.objects.get()
    now = timezone.localtime()
    client = Client()
    client.force_login(member)
    sent = {
        "listing": listing.pk, "place": f"{base.pk}-{base.plots.get().pk}", "kilograms": "500",
        "occurred_at": f"{now - DAY:%Y-%m-%dT%H:%M}", "best_before": "2126-11-01",
    }  # fmt: skip
    answer = client.post("/seller/lots/new/", sent)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["best_before"])
    assert f"{now.date() + 90 * DAY:%Y-%m-%d}" in answer.context["form"].errors["best_before"][0]
    answer = client.post("/seller/lots/new/", sent | {"best_before": "", "occurred_at": "2016-11-30T08:00"})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["occurred_at"])
    told = program_of(member, "lots:write").post(
        "/seller/lots",
        {"listing_id": listing.pk, "base_id": base.pk, "grams": 1, "occurred_at": (now - DAY).isoformat(),
         "best_before": "2126-11-01"},
        key="one",
    )  # fmt: skip
    assert (told.status_code, told.data["code"]) == (422, "best_before_range")


@pytest.mark.django_db
def test_the_administrator_edits_how_long_goods_keep():
    admin = make_user()
    ensure_groups()
    give_role(user=admin, role=PLATFORM_ADMIN, actor=None, at=AT)
    client = Client()
    client.force_login(admin)
    sent = {
        "category": make_grown().category_id, "stored_days": "30", "keeps_days": "60", "document": "例",
        "valid_from": "2026-01-01", "reason": "新规定",
    }  # fmt: skip
    assert client.post("/admin/traceability/keepinglimit/add/", sent).status_code == 302
    assert KeepingLimit.objects.filter(stored_days=30, keeps_days=60).count() == 1


@given(
    ago=st.integers(0, 2000), shelf=st.none() | st.integers(1, 900), stored=st.integers(0, 900),
    keeps=st.integers(1, 2000),
)  # fmt: skip
def test_goods_harvested_within_the_days_can_be_best_before_today_or_later(ago, shelf, stored, keeps):
    term = KeepingTerm(stored, keeps)
    first, last = harvest_days(TODAY, shelf, term)
    assert first <= last == TODAY
    start, end = best_before_days(TODAY - ago * DAY, TODAY, shelf, term)
    assert start == TODAY - ago * DAY
    assert end == TODAY + (shelf or keeps) * DAY
