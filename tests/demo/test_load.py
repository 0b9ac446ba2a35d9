"""The loaded world: what stands in the database, and that every page of demo_info opens."""

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count, DateField, DateTimeField, Sum
from django.test import Client
from django.utils import timezone
from oscar.apps.catalogue.reviews.models import ProductReview
from wagtail.models import Site

from catalog.models import Listing, ListingCard, Picture, Specification, Stock, Supplier, Village
from procurement.models import BudgetUnit, GoodsAcceptance, Need, Pledge, QuotaDeclaration, UnitOrder
from procurement.queries.quota import amounts_of
from shop.accounts import roles
from shop.accounts.models import User
from shop.campaigns.models import HomePage
from shop.core.models import AssistancePairing, AuditEntry, Division, OutboxEntry, Transfer
from shop.demo.loading.people import PASSWORD
from shop.demo.loading.pictures import load_pictures
from shop.demo.loading.scale import load_scale
from shop.demo.loading.units import LIVED_DAYS
from shop.demo.loading.world import load_world
from shop.demo.showing import demo_info
from shop.demo.world import PICTURES
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Purchase, Shipment
from shop.sales.states import OrderState

pytestmark = pytest.mark.usefixtures("world")


def test_everything_is_there():
    assert Listing.objects.count() == ListingCard.objects.count() == 71
    assert Village.objects.count() == 27
    assert Supplier.objects.count() == 28
    assert Picture.objects.count() >= 76
    assert Division.objects.filter(is_watched=True).count() == 22
    assert AssistancePairing.objects.filter(assisting="4406", assisted="5134").exists()
    assert not Picture.objects.filter(alt_zh="", uploaded_by_id=None, ground="").exists()


def test_a_second_load_changes_nothing():
    def counts():
        models = (Listing, User, Purchase, Transfer, ProductReview, AuditEntry, OutboxEntry, Picture)
        return [model.objects.count() for model in models]

    before, said = counts(), []

    assert load_world(at=timezone.now(), say=said.append) is False
    assert counts() == before
    assert said == ["The demo world is loaded already."]


def test_the_books_balance():
    call_command("check_ledger", stdout=io.StringIO())


def test_every_state_of_an_order_can_be_seen():
    assert set(OrderFacts.objects.values_list("state", flat=True)) == set(OrderState.values)
    assert AfterSale.objects.filter(state="open").exists()
    assert OrderFacts.objects.filter(state=OrderState.TO_SHIP, ship_by__lt=timezone.now()).exists()


def test_counts_are_those_of_the_orders():
    sold = dict(
        LineFacts.objects.exclude(order__state__in=[OrderState.UNPAID, OrderState.CANCELLED])
        .values_list("listing_id")
        .annotate(sold=Sum("ordered") - Sum("cancelled"))
    )
    approved = dict(
        ProductReview.objects.filter(status=ProductReview.APPROVED)
        .values_list("facts__listing_id")
        .annotate(how_many=Count("pk"))
    )

    assert {pk: count for pk, count in Listing.objects.values_list("pk", "sold_count") if count} == sold
    assert {pk: count for pk, count in Listing.objects.values_list("pk", "review_count") if count} == approved


def test_stock_holds_what_waits_to_be_sent():
    reserved = dict(
        LineFacts.objects.filter(order__state__in=[OrderState.UNPAID, OrderState.TO_SHIP])
        .values_list("stock_id")
        .annotate(waiting=Sum("ordered") - Sum("shipped") - Sum("cancelled"))
    )

    assert {pk: count for pk, count in Stock.objects.values_list("pk", "reserved") if count} == reserved


def test_no_review_repeats_another():
    texts = list(ProductReview.objects.values_list("body", flat=True))

    assert len(texts) == len(set(texts)) > 20
    assert ProductReview.objects.filter(status=ProductReview.FOR_MODERATION).exists()


def test_every_effect_was_done():
    assert not OutboxEntry.objects.filter(done_at__isnull=True).exists()
    assert not OutboxEntry.objects.exclude(last_error="").exists()


def test_events_stand_in_the_order_of_time():
    # Shoppers' purchases and units' years were lived one after the other: each story stands in its own order.
    rows = Transfer.objects.filter(debit__asset="CNY").order_by("reference", "pk").values_list("reference", "at")

    assert all(one != other or earlier <= later for (one, earlier), (other, later) in pairwise(rows))


# Moments that are not events: until when, by when, from when on.
DEADLINES = {
    "end_datetime", "expire_date", "valid_until", "best_before", "answer_by", "ship_by", "pay_by", "due_at", "until",
    "expires_at", "planned_at", "ends_at", "starts_on", "ends_on", "changes_on",
    "promised_until",
}  # fmt: skip


def test_nothing_that_happened_lies_ahead():
    ahead = {}
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if not isinstance(field, DateField) or field.name in DEADLINES:
                continue
            now = timezone.now() if isinstance(field, DateTimeField) else timezone.localdate()
            if late := model._default_manager.filter(**{f"{field.name}__gt": now}).count():
                ahead[f"{model._meta.label}.{field.name}"] = late
    told = [step["at"] for track in Shipment.objects.values_list("track", flat=True) for step in track]

    assert ahead == {}
    assert told
    assert max(datetime.fromisoformat(at) for at in told) <= timezone.now()


def test_a_units_purchase_is_over_within_the_days_that_are_kept_free():
    longest = timedelta(hours=14 + 27 + 24 + 29) + timedelta(days=4)  # asked at two, placed, sent, accepted

    assert longest < timedelta(days=LIVED_DAYS)


def test_there_is_an_account_for_every_role():
    info = demo_info()

    for role in roles.ALL:
        assert User.objects.get(email=f"{role}@demo.heqiao.example").role_names == {role}
    assert {account.login for account in info.accounts} >= {f"{role}@demo.heqiao.example" for role in roles.ALL}
    assert "beneficiary-school@demo.heqiao.example" in {account.login for account in info.accounts}
    assert User.objects.get(email="consumer@demo.heqiao.example").check_password(PASSWORD)


def test_demo_info_speaks_to_people_and_machines():
    table, data = io.StringIO(), io.StringIO()
    call_command("demo_info", stdout=table)
    call_command("demo_info", "--json", stdout=data)

    assert "consumer@demo.heqiao.example" in table.getvalue()
    assert {"accounts", "pages", "codes", "password"} == set(json.loads(data.getvalue()))
    assert "HEQIAO10" in table.getvalue()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_every_page_of_demo_info_opens(prefix):
    failed = {}
    for page in demo_info().pages:
        client = Client()
        if page.login:
            client.force_login(User.objects.get(email=page.login), backend="django.contrib.auth.backends.ModelBackend")
        path = page.path if page.path.startswith(("/pay/", "/en/", "/cms/", "/t/")) else prefix + page.path
        # A cashier where a transfer waits leads on to its account and code.
        response = client.get(path, follow=path.startswith("/pay/"))
        if response.status_code != 200 or (page.login and "/login/" in response.request["PATH_INFO"]):
            failed[path] = response.status_code

    assert failed == {}


def test_guests_open_their_orders_by_token():
    paths = [code.value for code in demo_info().codes if code.value.startswith("/account/orders/")]

    assert paths
    for path in paths:
        response = Client().get(path, follow=True)
        assert response.status_code == 200, path
        assert Client().get(path.partition("?")[0]).status_code in {302, 404}


def test_the_home_page_is_the_root_of_the_site():
    root = Site.objects.get(is_default_site=True).root_page.specific

    assert root.headline == "霜降过后，果子都甜了"
    assert root.kicker.startswith("冬令产地直发")
    assert HomePage.objects.count() == 2


def test_scale_adds_up_to_the_number_and_no_more():
    seen = []

    assert load_scale(total=91, at=timezone.now(), progress=lambda done, total: seen.append((done, total))) == 20
    assert load_scale(total=91, at=timezone.now(), progress=print) == 0
    assert seen == [(91, 91)]
    assert Listing.objects.count() == ListingCard.objects.count() == 91
    assert Specification.objects.filter(listing__slug="sample-000000").count() == 2


def test_thirty_units_have_a_year_of_orders_one_late_one_exemplary():
    units = BudgetUnit.objects.filter(kind="unit")
    year = QuotaDeclaration.objects.latest("year").year
    rates = {
        unit: sum(part.fulfilled for part in funds.values()) / max(1, sum(part.reserved for part in funds.values()))
        for unit, funds in amounts_of(units.values_list("pk", flat=True), year).items()
        if sum(part.reserved for part in funds.values())
    }

    assert units.count() == 30
    assert BudgetUnit.objects.filter(kind="finance_office").count() == 2
    assert len(rates) == 28
    assert timezone.localdate().month < 6 or min(rates.values()) < 0.4 < 0.9 < max(rates.values())
    assert GoodsAcceptance.objects.filter(short_fen__gt=0).exists()
    assert UnitOrder.objects.filter(order__purchase__state="unpaid").exists()


def test_six_needs_and_gifts_at_each_stage():
    assert Need.objects.count() == 6
    assert set(Pledge.objects.values_list("purchase__orders__state", flat=True)) == {
        "unpaid", "to_ship", "shipped", "completed",
    }  # fmt: skip


def test_pictures_are_loaded_once_each():
    before = Picture.objects.count()
    first, second = load_pictures(), load_pictures()
    assert first == second
    assert Picture.objects.count() == before
    assert all(picture.ground.startswith("#") and picture.widths for picture in first.values())


AHEAD = """
import sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from shop.demo.loading import pictures
folder = Path(sys.argv[1])
pictures.encode_ahead(folder)
begun = dict(pictures._begun)
found = dict(pictures._encoded(sorted(begun)))
assert not pictures._begun
for path, encoded in found.items():
    assert begun[path].result() is encoded
    assert (Path(settings.MEDIA_ROOT) / f"{encoded.key}-240.avif").exists()
print(*sorted(path.stem for path in found))
"""


def test_what_was_encoded_ahead_is_what_is_loaded(tmp_path):
    (tmp_path / "pictures.csv").write_text("file,ground_hex\nmango.webp,#FFFFFF\ntea.webp,#FFFFFF\n")
    for name in ("mango.webp", "tea.webp"):
        shutil.copy(PICTURES / name, tmp_path)
    # In a process of its own: tests have threads, and a fork would not take them along.
    command = [sys.executable, "-c", AHEAD, str(tmp_path)]
    done = subprocess.run(
        command, env={**os.environ, "VAR_DIR": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("mango tea", "")
