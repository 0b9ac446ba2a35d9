"""Every fact that a parcel's page, its certificate page and the PDF assert: changed behind the trigger, all of them say so."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from tests.factories import AT
from tests.traceability.growing import GRAMS, finish, make_base, make_grown, make_lot, paid_order, parcel_of, send
from traceability.models import (
    ConformityCertificate,
    LabTest,
    LotSource,
    ParcelLot,
    Plot,
    ProduceLot,
    ProductionBase,
    TracedParcel,
    TraceEvent,
)
from traceability.operations import printing
from traceability.operations.mixing import mix_lots
from traceability.queries.verifying import altered_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def parcel():
    """A parcel of a lot that was tested, then packed; beside it a second lot and a second base, to point at."""
    listing = make_grown()
    finish(make_lot(listing, packed=False))
    made = parcel_of(send(paid_order(listing)))
    make_lot(listing, days_ago=1)
    make_base(listing.supplier, "另一处")
    return made


def first(model):
    return model.objects.order_by("pk")[0]


def last(model):
    return model.objects.order_by("-pk")[0]


CHANGES = {
    ("lot", "code"): lambda: ("X-1", ProduceLot),
    ("lot", "harvested_on"): lambda: (date(2026, 11, 1), ProduceLot),
    ("lot", "best_before"): lambda: (date(2030, 1, 1), ProduceLot),
    ("lot", "harvested_grams"): lambda: (99_000_000, ProduceLot),
    ("lot", "packed_grams"): lambda: (20_000, ProduceLot),
    ("lot", "product_zh"): lambda: ("有机金柚", ProduceLot),
    ("lot", "base_id"): lambda: (last(ProductionBase).pk, ProduceLot),
    ("lot", "plot_id"): lambda: (last(Plot).pk, ProduceLot),
    ("lot", "kind"): lambda: ("mix", ProduceLot),
    ("lot", "required_tests"): lambda: (["农残"], ProduceLot),
    ("place", "place_zh"): lambda: ("赣州市寻乌县", ProductionBase),
    ("place", "name_zh"): lambda: ("名优基地", ProductionBase),
    ("place", "latitude"): lambda: (25_000_000, ProductionBase),
    ("place", "altitude_m"): lambda: (1420, ProductionBase),
    ("field", "area_tenth_mu"): lambda: (9000, Plot),
    ("field", "name_zh"): lambda: ("老树坡", Plot),
    ("test", "item"): lambda: ("农残 500 项", LabTest),
    ("test", "result"): lambda: ("极好", LabTest),
    ("test", "passed"): lambda: (False, LabTest),
    ("test", "lab"): lambda: ("国家中心", LabTest),
    ("test", "kind"): lambda: ("own", LabTest),
    ("test", "report_no"): lambda: ("GJ-1", LabTest),
    ("test", "tested_at"): lambda: (AT - timedelta(days=1), LabTest),
    ("certificate", "number"): lambda: ("HGZ1", ConformityCertificate),
    ("certificate", "grams"): lambda: (99_000_000, ConformityCertificate),
    ("certificate", "producer"): lambda: ("别家合作社", ConformityCertificate),
    ("certificate", "product"): lambda: ("有机金柚", ConformityCertificate),
    ("certificate", "origin"): lambda: ("赣州市寻乌县", ConformityCertificate),
    ("certificate", "basis"): lambda: ("own_control", ConformityCertificate),
    ("certificate", "form"): lambda: ("two", ConformityCertificate),
    ("certificate", "issued_on"): lambda: (date(2026, 11, 1), ConformityCertificate),
    ("certificate", "parents"): lambda: (["HGZ9"], ConformityCertificate),
    ("certificate", "lot_id"): lambda: (last(ProduceLot).pk, ConformityCertificate),
    ("goods", "pieces"): lambda: (9, ParcelLot),
    ("goods", "grams"): lambda: (9, ParcelLot),
    ("goods", "name_zh"): lambda: ("有机金柚", ParcelLot),
    ("parcel", "shipped_at"): lambda: (AT - timedelta(days=3), TracedParcel),
}


def says_broken(code: str) -> None:
    """The page, the certificate's page and the PDF of a parcel each say that something was changed."""
    for path in (f"/t/{code}", f"/t/{code}/certificate/"):
        html = Client().get(path, headers={"accept-language": "zh-CN"}).content.decode()
        assert 'data-testid="broken"' in html, path
        assert 'data-testid="verified"' not in html


def no_claim_of_intactness(code: str) -> None:
    """Nothing of a changed parcel says that it was compared and found unchanged: pages in both languages, and the API."""
    for language, claims in (
        ("zh-CN", ("记录未被改动", "本页生成时核对", "其余内容都与封存的记录核对过", "有改动，这里看得出来")),
        (
            "en",
            ("Records unchanged", "checked by this page", "is compared with what was sealed", "a change shows here"),
        ),
    ):
        for path in (f"/t/{code}", f"/t/{code}/certificate/"):
            html = Client().get(path, headers={"accept-language": language}).content.decode()
            assert [claim for claim in claims if claim in html] == [], (path, language)
    told = Client().get(f"/api/v1/trace/{code}").json()
    assert told["is_intact"] is False
    for lot in told["lots"]:
        assert [proof["kind"] for proof in lot["verified"] if proof["kind"] != "certified"] == []
        assert [lot["is_sealed"], *(paper["is_sealed"] for paper in lot["certificates"])].count(True) == 0


@pytest.fixture
def printed(monkeypatch):
    """What is given to the printer."""
    sheets = []

    def keep(sheet, data):
        sheets.append(data)
        return b"%PDF"

    monkeypatch.setattr(printing, "_compile", keep)
    return sheets


@pytest.mark.parametrize("change", CHANGES, ids="-".join)
def test_a_changed_fact_is_named_everywhere(parcel, printed, change):
    value, model = CHANGES[change]()
    model.objects.filter(pk=first(model).pk).update(**{change[1]: value})
    with pytest.raises(CommandError):
        call_command("verify_chains")
    if change == ("certificate", "lot_id"):
        # The parcel's own page loses the certificate, and misses it.
        assert 'data-testid="broken"' in Client().get(f"/t/{parcel.code}").content.decode()
        return
    says_broken(parcel.code)
    no_claim_of_intactness(parcel.code)
    Client().get(f"/t/{parcel.code}/certificate.pdf")
    assert printed[-1]["papers"][0]["warning"]


def test_nothing_is_said_of_an_untouched_parcel(parcel, printed, capsys):
    call_command("verify_chains")
    assert capsys.readouterr().out.endswith("events: whole\n")
    html = Client().get(f"/t/{parcel.code}").content.decode()
    assert ('data-testid="broken"' in html, 'data-testid="coverage"' in html) == (False, True)
    page = Client().get(f"/t/{parcel.code}/certificate/").content.decode()
    assert ('data-testid="broken"' in page, 'data-testid="not-covered"' in page) == (False, True)
    Client().get(f"/t/{parcel.code}/certificate.pdf")
    assert printed[-1]["papers"][0]["warning"] == ""


def test_a_contact_is_not_covered_and_may_be_erased(parcel):
    ConformityCertificate.objects.update(contact="")
    ProductionBase.objects.update(contact="")
    call_command("verify_chains")


def test_the_row_is_named_with_the_column(parcel):
    supplier = parcel.supplier_id
    paper = first(ConformityCertificate)
    ConformityCertificate.objects.filter(pk=paper.pk).update(grams=1, producer="别家")
    assert [str(each) for each in altered_rows(supplier)] == [
        f"supplier {supplier}, event 3: certificate {paper.number} differs from it: grams, producer"
    ]


def test_a_parcel_that_was_given_another_lot_is_named(parcel):
    other = last(ProduceLot)
    ParcelLot.objects.update(lot=other)
    assert "parcel" in altered_rows(parcel.supplier_id)[0].row
    assert 'data-testid="broken"' in Client().get(f"/t/{parcel.code}").content.decode()


def test_a_code_that_was_moved_to_another_parcel_is_named(parcel):
    TracedParcel.objects.filter(pk=parcel.pk).update(code="2222222222X2"[:12])
    assert altered_rows(parcel.supplier_id)[0].row == f"parcel {parcel.pk}"


@pytest.mark.parametrize("model", [LabTest, ConformityCertificate, ParcelLot])
def test_what_is_missing_is_named(parcel, model):
    first(model).delete()
    assert altered_rows(parcel.supplier_id) != []
    assert 'data-testid="broken"' in Client().get(f"/t/{parcel.code}").content.decode() or model is ParcelLot


def test_what_was_put_in_is_named(parcel):
    lot = first(ProduceLot)
    event = TraceEvent.objects.filter(step="shipping").get()
    LabTest.objects.create(
        lot=lot, event=event, item="农残", result="未检出", passed=True, lab="国家中心", tested_at=AT
    )
    ConformityCertificate.objects.create(
        lot=lot, number="HGZ-FALSE", product="柚", grams=1, producer="别家", origin="梅县", issued_on=AT.date()
    )
    rows = [each.row for each in altered_rows(parcel.supplier_id)]
    assert (any(row.startswith("test") for row in rows), "certificate HGZ-FALSE" in rows) == (True, True)
    says_broken(parcel.code)


def test_a_released_lot_is_named_when_its_test_still_stands(parcel):
    LabTest.objects.update(passed=True)
    ProduceLot.objects.filter(pk=first(ProduceLot).pk).update(state="recalled")
    assert altered_rows(parcel.supplier_id) == []
    listing = first(ProduceLot).listing
    failed = make_lot(listing, days_ago=1)
    finish(failed, passed=False)
    ProduceLot.objects.filter(pk=failed.pk).update(state="open")
    assert [each.row for each in altered_rows(parcel.supplier_id)] == [f"lot {failed.code}"]


def test_sources_of_a_mix_are_sealed(parcel):
    lot = last(ProduceLot)
    mix = mix_lots(
        supplier_id=lot.supplier_id, listing_id=lot.listing_id, base_id=lot.base_id, sources=[(lot.pk, GRAMS)],
        occurred_at=AT, actor=None, at=AT,
    )  # fmt: skip
    assert altered_rows(parcel.supplier_id) == []
    LotSource.objects.filter(lot=mix).update(source=first(ProduceLot))
    assert f"lot {mix.code}" in [each.row for each in altered_rows(parcel.supplier_id)]


def test_the_badge_says_what_was_verified_and_no_more():
    listing = make_grown()
    make_lot(listing)
    bare = parcel_of(send(paid_order(listing, key="bare")))
    html = Client().get(f"/t/{bare.code}", headers={"accept-language": "zh-CN"}).content.decode()
    assert ('data-evidence="promise"' in html, "来源已核对" in html, "trace-proven" in html) == (True, False, False)
    assert "由梅" in html or "承诺，没有别人核验过" in html
    ConformityCertificate.objects.all().delete()
    tested = make_grown()
    finish(make_lot(tested, packed=False))
    parcel = parcel_of(send(paid_order(tested, key="tested"), number=2))
    html = Client().get(f"/t/{parcel.code}", headers={"accept-language": "zh-CN"}).content.decode()
    assert "检测合格 · 梅县农检站 · 2026-11-2" in html
    assert "平台未见原件" in html
