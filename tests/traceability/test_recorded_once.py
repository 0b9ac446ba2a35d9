"""What is sent twice from one page is recorded once, and said so; two pages are two acts, whatever they hold."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.traceability.growing import GRAMS, look, make_base, make_grown, make_lot, report
from traceability.errors import AlreadyRecorded
from traceability.models import LabTest, ProduceLot, ProductionBase, TraceEvent
from traceability.operations.quality import dispose_of_lot

pytestmark = pytest.mark.django_db
WHEN = timezone.localtime(AT - timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
AGAIN = "已经记过了，没有重复记录。"


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def client(member):
    client = Client()
    client.force_login(member)
    return client


def key_of(client, path: str, name: str) -> str:
    return re.search(rf'name="{name}" value="([0-9a-f]{{20}})"', client.get(path).content.decode())[1]


def said(client, path: str, facts) -> str:
    return client.post(path, facts, follow=True).content.decode()


def test_a_packing_of_one_page_is_recorded_once_and_of_two_pages_twice(client, member):
    lot = make_lot(make_grown(member, stock=0), pieces=10, packed=False)
    path = f"/seller/lots/{lot.pk}/"
    facts = {"pack-kilograms": "5", "pack-boxes": "2", "pack-grade": "first", "pack-sorted_out": "0",
             "pack-occurred_at": WHEN}  # fmt: skip
    first = facts | {"pack-key": key_of(client, path, "pack-key")}
    assert AGAIN not in said(client, f"{path}pack/", first)
    assert AGAIN in said(client, f"{path}pack/", first)
    assert AGAIN not in said(client, f"{path}pack/", facts | {"pack-key": key_of(client, path, "pack-key")})
    lot.refresh_from_db()
    assert (lot.packed_grams, lot.certificates.count()) == (10_000, 2)


def test_a_harvest_of_one_page_opens_one_lot_and_of_two_pages_two(client, member):
    listing = make_grown(member)
    base = ProductionBase.objects.get()
    facts = {
        "listing": listing.pk,
        "place": f"{base.pk}-{base.plots.get().pk}",
        "kilograms": "100",
        "occurred_at": WHEN,
    }
    first = facts | {"key": key_of(client, "/seller/lots/new/", "key")}
    assert AGAIN not in said(client, "/seller/lots/new/", first)
    assert AGAIN in said(client, "/seller/lots/new/", first)
    assert ProduceLot.objects.count() == 1
    assert AGAIN not in said(client, "/seller/lots/new/", facts | {"key": key_of(client, "/seller/lots/new/", "key")})
    assert list(ProduceLot.objects.values_list("harvested_grams", flat=True)) == [100_000, 100_000]


def test_a_mixture_of_one_page_is_one_lot_and_of_two_pages_two(client, member):
    listing = make_grown(member)
    lot = make_lot(listing, pieces=10)
    make_base(listing.supplier, "包装间")
    base = ProductionBase.objects.order_by("pk")[0]
    facts = {"listing": listing.pk, "base": base.pk, "occurred_at": WHEN, f"source-{lot.pk}": "5"}
    first = facts | {"key": key_of(client, "/seller/lots/mix/", "key")}
    assert (AGAIN in said(client, "/seller/lots/mix/", first), AGAIN in said(client, "/seller/lots/mix/", first)) == (
        False, True,
    )  # fmt: skip
    said(client, "/seller/lots/mix/", facts | {"key": key_of(client, "/seller/lots/mix/", "key")})
    assert ProduceLot.objects.filter(kind="mix").count() == 2


def test_a_test_and_a_disposal_that_are_recorded_already_say_so(client, member):
    lot = make_lot(make_grown(member), pieces=10)
    facts = {"test-kind": "own", "test-item": "农残", "test-result": "超标", "test-passed": "0", "test-confirm": "on",
             "test-occurred_at": WHEN, "test-key": "page"}  # fmt: skip
    path = f"/seller/lots/{lot.pk}/"
    assert (AGAIN in said(client, f"{path}test/", facts), AGAIN in said(client, f"{path}test/", facts)) == (False, True)
    assert LabTest.objects.count() == 1
    gone = {"dispose-method": "深埋", "dispose-occurred_at": WHEN}
    assert AGAIN not in said(client, f"{path}dispose/", gone)
    assert AGAIN in said(client, f"{path}dispose/", gone | {"dispose-method": "喂猪"})
    assert TraceEvent.objects.filter(step="destroying").count() == 1
    with pytest.raises(AlreadyRecorded):
        dispose_of_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, method="喂猪", occurred_at=AT, actor=None, at=AT)


def test_by_the_api_the_idempotency_key_says_which_packings_are_one(member):
    lot = make_lot(make_grown(member, stock=0), pieces=10, packed=False)
    farm = program_of(member, "lots:read", "lots:write")
    path = f"/seller/lots/{lot.pk}/packings"
    body = {"grams": 2 * GRAMS, "boxes": 2, "grade": "first", "occurred_at": (AT - timedelta(hours=3)).isoformat()}
    for key in ("one", "one", "two"):
        assert farm.post(path, body, key=key).status_code == 201
    lot.refresh_from_db()
    assert lot.packed_grams == 4 * GRAMS


def test_an_own_test_needs_no_laboratory_and_a_commissioned_one_does(client, member):
    lot = make_lot(make_grown(member), pieces=10)
    path = f"/seller/lots/{lot.pk}/test/"
    facts = {"test-item": "农残", "test-result": "未检出", "test-passed": "1", "test-occurred_at": WHEN}
    refused = client.post(path, facts | {"test-kind": "commissioned", "test-report_no": "MJ-0412"})
    assert (refused.status_code, "请填写检测机构" in refused.content.decode()) == (422, True)
    assert client.post(path, facts | {"test-kind": "own"}).status_code == 302
    assert LabTest.objects.get().lab == lot.supplier.name_zh
    farm = program_of(member, "lots:read", "lots:write")
    body = {"kind": "own", "item": "糖度", "result": "12", "passed": True, "occurred_at": AT.isoformat()}
    assert farm.post(f"/seller/lots/{lot.pk}/tests", body).status_code == 201
    look(lot, report())
    assert LabTest.objects.filter(lab=lot.supplier.name_zh).count() == 2


def test_a_mixed_lot_was_mixed_and_not_harvested(client, member):
    listing = make_grown(member)
    lot = make_lot(listing, pieces=10)
    facts = {
        "listing": listing.pk,
        "base": ProductionBase.objects.get().pk,
        "occurred_at": WHEN,
        f"source-{lot.pk}": "5",
    }
    said(client, "/seller/lots/mix/", facts)
    mix = ProduceLot.objects.get(kind="mix")
    page = client.get(f"/seller/lots/{mix.pk}/").content.decode()
    assert re.search(r'<dt>\s*混装或分装\s*</dt>\s*<dd data-testid="lot-harvested">', page)
    early = timezone.localtime(AT - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    packing = {"pack-kilograms": "5", "pack-boxes": "1", "pack-grade": "first", "pack-sorted_out": "0"}
    refused = client.post(f"/seller/lots/{mix.pk}/pack/", packing | {"pack-occurred_at": early}).content.decode()
    assert ("早于混装或分装的时间" in refused, "早于采收时间" in refused) == (True, False)
    many = client.post(f"/seller/lots/{mix.pk}/pack/", packing | {"pack-kilograms": "6", "pack-occurred_at": WHEN})
    assert "超过了混装或分装的重量" in many.content.decode()
