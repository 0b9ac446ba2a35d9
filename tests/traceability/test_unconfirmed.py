"""Of records that were changed behind the chain nothing is asserted: pages, print, API. And what stopped a lot is said."""

from datetime import timedelta

import pytest
from django.test import Client

from shop.core.errors import InvalidInput
from tests.api.conftest import program_of
from tests.factories import AT, make_user
from tests.traceability.growing import finish, look, make_grown, make_lot, paid_order, parcel_of, report, send
from traceability.models import ConformityCertificate, ParcelLot, ProduceLot, ProductionBase
from traceability.operations import printing
from traceability.operations.quality import dispose_of_lot
from traceability.operations.recording import record_harvest
from traceability.rules.dates import KeepingTerm, harvest_days

pytestmark = pytest.mark.django_db
ZH = {"accept-language": "zh-CN"}
DAY = timedelta(days=1)


@pytest.fixture
def scene():
    member = make_user()
    listing = make_grown(member)
    lot = make_lot(listing, packed=False)
    finish(lot)
    return {"member": member, "lot": lot, "parcel": parcel_of(send(paid_order(listing)))}


def tamper() -> None:
    ConformityCertificate.objects.update(grams=99_000_000)


class TestTampered:
    def test_the_certificate_page_promises_nothing_and_is_not_printed(self, scene):
        page = f"/t/{scene['parcel'].code}/certificate/"
        html = Client().get(page, headers=ZH).content.decode()
        assert ('data-testid="promises"' in html, 'data-testid="certificate-pdf"' in html) == (True, True)
        assert "未能核验" not in html
        tamper()
        html = Client().get(page, headers=ZH).content.decode()
        assert ('data-testid="promises"' in html, 'data-testid="certificate-pdf"' in html) == (False, False)
        weight = html.split('data-testid="weight">')[1].split("</dd>")[0]
        assert "99,000 kg" in weight
        assert "未能核验" in weight

    def test_the_parcels_page_marks_what_it_shows(self, scene):
        tamper()
        html = Client().get(f"/t/{scene['parcel'].code}", headers=ZH).content.decode()
        for mark in ('data-testid="certified-weight">', 'data-testid="producer">', 'data-testid="basis">'):
            assert "未能核验" in html.split(mark)[1].split("</dd>")[0], mark
        assert "未能核验" in html.split('data-testid="test-verdict">')[1].split("</span>")[0]
        assert 'class="good"' not in html.split("<main")[1].split("</main>")[0]

    def test_the_pdf_has_no_ticks_and_marks_its_values(self, scene, monkeypatch):
        text = (printing.SHEETS / "certificate.typ").read_text()
        assert text.index('if paper.warning == ""') < text.index("☑],")
        plain = Client().get(f"/t/{scene['parcel'].code}/certificate.pdf").content
        tamper()
        changed = Client().get(f"/t/{scene['parcel'].code}/certificate.pdf").content
        assert plain[:4] == changed[:4] == b"%PDF"

    def test_the_suppliers_page_has_no_print_and_refuses_the_file(self, scene):
        client = Client()
        client.force_login(scene["member"])
        where = f"/seller/lots/{scene['lot'].pk}/"
        assert 'data-testid="lot-certificate"' in client.get(where).content.decode()
        tamper()
        html = client.get(where).content.decode()
        assert 'data-testid="lot-certificate"' not in html
        assert "本批次的记录被改动过，合格证不能打印。" in html
        assert client.get(f"{where}certificate.pdf").status_code == 409

    def test_the_api_says_with_a_code_that_nothing_is_verified(self, scene):
        def told():
            return Client().get(f"/api/v1/trace/{scene['parcel'].code}").json()

        assert (told()["verified"], told()["unverified_code"]) == (True, "")
        tamper()
        found = told()
        assert (found["verified"], found["unverified_code"]) == (False, "records_changed")
        lot = found["lots"][0]
        assert (lot["is_verified"], lot["certificates"][0]["is_verified"]) == (False, False)
        assert lot["conformity_certificate"] is None
        own = program_of(scene["member"], "lots:read").get(f"/seller/lots/{scene['lot'].pk}").data
        assert (own["is_verified"], own["unverified_code"], own["conformity_certificate"]) == (
            False, "records_changed", None,
        )  # fmt: skip

    def test_a_parcel_is_not_named_by_the_number_of_its_row(self, scene):
        ParcelLot.objects.update(pieces=9)
        html = Client().get(f"/t/{scene['parcel'].code}", headers=ZH).content.decode()
        said = html.split('data-testid="broken"')[1].split("</b>")[0]
        assert "包裹" in said
        assert f"包裹 {scene['parcel'].pk}" not in said


def test_the_certificate_of_a_lot_that_is_gone_says_that_it_was_disposed_of(scene):
    lot = scene["lot"]
    look(lot, report(passed=False), occurred_at=AT - timedelta(hours=2))
    page = f"/t/{scene['parcel'].code}/certificate/"
    assert "召回" in Client().get(page, headers=ZH).content.decode()
    dispose_of_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, method="就地深埋", occurred_at=AT, actor=None, at=AT)
    html = Client().get(page, headers=ZH).content.decode()
    said = html.split('data-testid="stopped"')[1].split("</div>")[0]
    assert "处置" in said
    assert "暂停" not in said
    assert "余货已处置" in Client().get(f"/t/{scene['parcel'].code}", headers=ZH).content.decode()


def test_a_year_old_harvest_of_a_sixty_day_fruit_is_refused():
    listing = make_grown(shelf_life_days=60)
    base = ProductionBase.objects.get()
    facts = {
        "supplier_id": listing.supplier_id, "listing_id": listing.pk, "base_id": base.pk, "grams": 1000,
        "actor": None, "at": AT,
    }  # fmt: skip
    with pytest.raises(InvalidInput) as refused:
        record_harvest(occurred_at=AT - 365 * DAY, **facts)
    assert (refused.value.code, refused.value.field) == ("harvest_too_old", "occurred_at")
    assert record_harvest(occurred_at=AT - 120 * DAY, confirm=True, **facts).pk
    assert ProduceLot.objects.count() == 1


def test_what_a_category_is_said_to_be_stored_goes_before_the_rule_for_all():
    day = AT.date()
    assert harvest_days(day, 60, KeepingTerm(365, 1095))[0] == day - 120 * DAY
    assert harvest_days(day, 60, KeepingTerm(365, 1095, is_general=False))[0] == day - 425 * DAY
