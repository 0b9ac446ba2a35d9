"""What failed its test, or still needs one, goes nowhere; weights are conserved; certificates say what was recorded."""

from datetime import date, timedelta

import pytest
from django.contrib import auth
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from oscar.apps.catalogue.models import Category

from catalog.models import Stock
from catalog.queries.sale import specifications_for_sale
from shop.accounts.operations.groups import ensure_groups, give_role
from shop.accounts.roles import PLATFORM_ADMIN
from shop.core.errors import InvalidInput
from shop.sales.models import LineFacts, Shipment
from tests.api.conftest import program_of
from tests.factories import AT, make_user, spec_of
from tests.traceability.growing import (
    GRAMS,
    look,
    make_grown,
    make_lot,
    pack,
    paid_order,
    parcel_of,
    report,
    send,
)
from tests.traceability.test_mixing import mixed
from traceability.errors import AlreadyRecorded, BeyondHarvest, LotBlocked, WrongMove
from traceability.models import ConformityCertificate, ProduceLot, ProductionBase, TestRequirement
from traceability.operations import printing
from traceability.operations.mixing import mix_lots
from traceability.operations.quality import dispose_of_lot
from traceability.operations.recording import close_lot
from traceability.queries.parcels import lots_to_choose
from traceability.queries.verifying import altered_rows, verify_chain
from traceability.states import Basis

HOUR = timedelta(hours=1)


def states() -> list[str]:
    return list(ProduceLot.objects.order_by("pk").values_list("state", flat=True))


def whole(supplier_id: int) -> bool:
    return verify_chain(supplier_id)[1] is None and altered_rows(supplier_id) == []


# A failed test.


@pytest.mark.django_db
class TestFailed:
    def test_a_lot_that_failed_is_neither_packed_nor_certified_nor_sent_nor_mixed(self):
        listing = make_grown()
        lot = make_lot(listing, packed=False)
        pack(lot, grams=4 * GRAMS)
        look(lot, report(passed=False), occurred_at=AT - 2 * HOUR)
        assert states() == ["held"]
        with pytest.raises(LotBlocked):
            pack(lot, grams=GRAMS, occurred_at=AT - HOUR)
        assert ConformityCertificate.objects.count() == 1
        assert lots_to_choose(listing.supplier_id, [listing.pk], at=AT) == {}
        order_ = paid_order(listing)
        line = LineFacts.objects.get(order=order_)
        with pytest.raises(BeyondHarvest):
            send(order_)
        with pytest.raises(BeyondHarvest):
            send(order_, lots={line.pk: [(lot.pk, 2)]})
        assert Shipment.objects.count() == 0
        base = ProductionBase.objects.get()
        with pytest.raises(LotBlocked):
            mix_lots(
                supplier_id=lot.supplier_id, listing_id=listing.pk, base_id=base.pk, sources=[(lot.pk, GRAMS)],
                occurred_at=AT, actor=None, at=AT,
            )  # fmt: skip
        with pytest.raises(WrongMove):
            close_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, actor=None, at=AT)
        assert whole(lot.supplier_id)

    def test_its_stock_is_held_and_comes_back_with_a_commissioned_pass(self):
        listing = make_grown(stock=50)
        lot = make_lot(listing, pieces=12)
        spec = spec_of(listing)
        look(lot, report(passed=False))
        assert (spec_of(listing).available, Stock.objects.get(pool=f"lot:{lot.pk}").on_hand) == (38, 12)
        look(lot, report(kind="own"), occurred_at=AT - 4 * HOUR)
        assert (states(), spec_of(listing).available) == (["held"], 38)
        look(lot, report(), occurred_at=AT - 3 * HOUR)
        assert (states(), spec_of(listing).available) == (["open"], 50)
        assert specifications_for_sale([spec.specification_id])[spec.specification_id].available == 50
        assert whole(lot.supplier_id)

    def test_what_was_reserved_stays_with_its_order_and_the_rest_is_held(self):
        listing = make_grown(stock=10)
        lot = make_lot(listing, pieces=8)
        paid_order(listing, 6)
        look(lot, report(passed=False))
        stock = Stock.objects.get(pool="main")
        assert (stock.on_hand, stock.reserved, Stock.objects.get(pool=f"lot:{lot.pk}").on_hand) == (6, 6, 4)

    def test_what_was_sent_is_recalled_and_stays_recalled(self):
        listing = make_grown()
        lot = make_lot(listing)
        parcel = parcel_of(send(paid_order(listing)))
        look(lot, report(passed=False))
        assert states() == ["recalled"]
        look(lot, report(), occurred_at=AT - HOUR)
        assert states() == ["recalled"]
        html = Client().get(f"/t/{parcel.code}").content.decode()
        assert 'data-testid="recalled"' in html
        paper = Client().get(f"/t/{parcel.code}/certificate/").content.decode()
        assert 'data-testid="stopped"' in paper

    def test_a_suspended_lot_prints_no_certificate_and_its_address_says_why(self):
        member = make_user()
        lot = make_lot(make_grown(member))
        client = Client()
        client.force_login(member)
        page, paper = f"/seller/lots/{lot.pk}/", f"/seller/lots/{lot.pk}/certificate.pdf"
        assert client.get(paper).content.startswith(b"%PDF")
        assert 'data-testid="lot-certificate"' in client.get(page).content.decode()
        look(lot, report(passed=False))
        self.prints_nothing(client, page, paper, "暂停：检测不合格")
        dispose_of_lot(
            supplier_id=lot.supplier_id, lot_id=lot.pk, method="就地深埋", occurred_at=AT, actor=None, at=AT
        )  # fmt: skip
        self.prints_nothing(client, page, paper, "已处置")

    def prints_nothing(self, client, page, paper, why):
        html = client.get(page).content.decode()
        assert ('data-testid="lot-certificate"' in html, 'data-testid="lot-uncertified"' in html) == (False, True)
        answer = client.get(paper)
        assert (answer.status_code, answer.headers["content-type"]) == (409, "text/html; charset=utf-8")
        assert f"该批次的合格证不再打印：{why}" in answer.content.decode()
        told = program_of(auth.get_user(client), "lots:read").get(page.rstrip("/")).data
        assert told["conformity_certificate"] is None
        assert [each["is_suspended"] for each in told["certificates"]] == [True]

    def test_a_retest_that_passes_has_its_certificates_printed_again(self):
        member = make_user()
        lot = make_lot(make_grown(member))
        client = Client()
        client.force_login(member)
        look(lot, report(passed=False))
        look(lot, report(), occurred_at=AT - 4 * HOUR)
        assert client.get(f"/seller/lots/{lot.pk}/certificate.pdf").content.startswith(b"%PDF")

    def test_the_parcel_of_a_lot_that_was_suspended_afterwards_says_so_and_promises_nothing(self):
        listing = make_grown()
        lot = make_lot(listing)
        parcel = parcel_of(send(paid_order(listing)))
        look(lot, report(passed=False))
        client = Client(headers={"accept-language": "zh-CN"})
        html = client.get(f"/t/{parcel.code}").content.decode()
        assert 'data-testid="certificate-suspended"' in html
        assert "2026-11-" in html.split('data-testid="certificate-suspended"')[1].split("</div>")[0]
        assert 'data-testid="evidence-promise"' not in html
        paper = client.get(f"/t/{parcel.code}/certificate/").content.decode()
        assert 'data-testid="stopped"' in paper
        assert [f'data-testid="{name}"' in paper for name in ("promises", "certificate-pdf")] == [False, False]
        answer = client.get(f"/t/{parcel.code}/certificate.pdf")
        assert (answer.status_code, answer.headers["location"]) == (302, f"/t/{parcel.code}/certificate/")
        told = client.get(f"/api/v1/trace/{parcel.code}").json()["lots"][0]
        assert (told["conformity_certificate"], told["certificates"][0]["is_suspended"]) == (None, True)

    def test_a_parcel_of_two_lots_prints_the_certificate_of_the_sound_one(self, monkeypatch):
        sheets = []
        monkeypatch.setattr(printing, "_compile", lambda _sheet, data: sheets.append(data) or b"%PDF")
        listing = make_grown()
        first, second = make_lot(listing, pieces=1, keeps=20), make_lot(listing, pieces=5, keeps=40)
        parcel = parcel_of(send(paid_order(listing)))
        look(first, report(passed=False))
        assert Client().get(f"/t/{parcel.code}/certificate.pdf").content == b"%PDF"
        assert [paper["lot"] for paper in sheets[0]["papers"]] == [second.code]

    def test_a_failure_reaches_what_was_mixed_from_it_and_lets_go_with_it(self):
        listing = make_grown()
        first, second = make_lot(listing), make_lot(listing)
        mix = mixed(listing, (first, 4), (second, 4))
        pack(mix)
        look(first, report(passed=False))
        assert states() == ["held", "open", "held"]
        look(mix, report(item="铅"), occurred_at=AT - HOUR)
        assert states() == ["held", "open", "held"]
        look(first, report(), occurred_at=AT - HOUR)
        assert states() == ["open", "open", "open"]
        assert whole(listing.supplier_id)

    def test_it_is_disposed_of_with_its_stock_and_once(self):
        listing = make_grown(stock=20)
        lot = make_lot(listing, pieces=5)
        facts = {"supplier_id": lot.supplier_id, "lot_id": lot.pk, "occurred_at": AT, "actor": None, "at": AT}
        with pytest.raises(WrongMove):
            dispose_of_lot(method="就地深埋", **facts)
        look(lot, report(passed=False))
        with pytest.raises(InvalidInput) as refused:
            dispose_of_lot(method=" ", **facts)
        assert refused.value.field == "method"
        dispose_of_lot(method="就地深埋", **facts)
        with pytest.raises(AlreadyRecorded):
            dispose_of_lot(method="就地深埋", **facts)
        assert (states(), sum(Stock.objects.values_list("on_hand", flat=True))) == (["disposed"], 15)
        look(lot, report(), occurred_at=AT - HOUR)
        assert states() == ["disposed"]
        assert whole(lot.supplier_id)

    def test_the_page_says_why_and_offers_what_can_be_done(self):
        member = make_user()
        lot = make_lot(make_grown(member))
        look(lot, report(passed=False))
        client = Client()
        client.force_login(member)
        html = client.get(f"/seller/lots/{lot.pk}/").content.decode()
        assert 'data-testid="lot-held"' in html
        assert [f'data-testid="{name}"' in html for name in ("save-packing", "save-test", "save-disposal")] == [
            False, True, True,
        ]  # fmt: skip
        sent = {"pack-kilograms": "1", "pack-boxes": "0", "pack-grade": "first", "pack-occurred_at": "2026-11-20T07:40"}
        assert client.post(f"/seller/lots/{lot.pk}/pack/", sent).status_code == 409
        where = f"/seller/lots/{lot.pk}/dispose/"
        sent = {"dispose-method": "就地深埋", "dispose-occurred_at": f"{timezone.localtime(AT):%Y-%m-%dT%H:%M}"}
        assert client.post(where, sent | {"dispose-method": ""}).status_code == 422
        assert client.post(where, sent).status_code == 302
        assert states() == ["disposed"]


# A test that is required.


@pytest.mark.django_db
class TestRequired:
    def lot(self, member=None) -> ProduceLot:
        listing = make_grown(member)
        top = Category.objects.get(pk=listing.category_id)
        TestRequirement.objects.create(
            category=top, item="农药残留", document="例：省农发〔2026〕1 号", valid_from=date(2026, 1, 1)
        )
        TestRequirement.objects.create(
            category=top, item="旧规定", document="例", valid_from=date(2025, 1, 1), valid_until=date(2025, 12, 31)
        )
        return make_lot(listing, packed=False)

    def test_it_waits_until_the_test_has_passed_and_is_packed_after_it(self):
        lot = self.lot()
        assert (lot.state, lot.required_tests) == ("awaiting", ["农药残留"])
        with pytest.raises(LotBlocked):
            pack(lot)
        look(lot, report(item="铅"))
        assert states() == ["awaiting"]
        look(lot, report(item="农药残留 22 项"), occurred_at=AT - 2 * HOUR)
        assert states() == ["open"]
        with pytest.raises(InvalidInput) as refused:
            pack(lot, occurred_at=AT - 3 * HOUR)
        assert (refused.value.code, refused.value.field) == ("event_before_test", "occurred_at")
        pack(lot, occurred_at=AT - 2 * HOUR)
        assert ConformityCertificate.objects.get().basis == Basis.COMMISSIONED
        assert whole(lot.supplier_id)

    def test_its_page_names_what_is_missing(self):
        member = make_user()
        lot = self.lot(member)
        client = Client()
        client.force_login(member)
        html = client.get(f"/seller/lots/{lot.pk}/").content.decode()
        assert ('data-testid="lot-awaiting"' in html, "农药残留" in html, "save-packing" in html) == (True, True, False)


@pytest.mark.django_db
def test_the_administrator_edits_what_is_required():
    admin = make_user()
    ensure_groups()
    give_role(user=admin, role=PLATFORM_ADMIN, actor=None, at=AT)
    client = Client()
    client.force_login(admin)
    category = make_grown().category
    sent = {
        "category": category.pk,
        "item": "农药残留",
        "document": "例：省农发〔2026〕1 号",
        "valid_from": "2026-01-01",
        "reason": "新规定",
    }
    assert client.post("/admin/traceability/testrequirement/add/", sent).status_code == 302
    rule = TestRequirement.objects.get()
    answer = client.post(f"/admin/traceability/testrequirement/{rule.pk}/change/", sent | {"valid_until": "2025-01-01"})
    assert (answer.status_code, TestRequirement.objects.get().valid_until) == (200, None)
    assert client.post(f"/admin/traceability/testrequirement/{rule.pk}/delete/").status_code == 403


# Order and weights.


@pytest.mark.django_db
class TestPacking:
    def test_before_the_harvest_is_refused_to_the_minute(self):
        lot = make_lot(make_grown(), packed=False)
        begun = lot.events.get().occurred_at
        for step in (pack, look):
            with pytest.raises(InvalidInput) as refused:
                step(lot, occurred_at=begun - timedelta(minutes=30))
            assert (refused.value.code, refused.value.field) == ("event_before_harvest", "occurred_at")
        pack(lot, occurred_at=begun)

    def test_harvested_is_packed_and_sorted_out_and_left_and_only_packed_is_sendable(self):
        listing = make_grown(stock=400)
        lot = make_lot(listing, pieces=400, packed=False)
        assert lots_to_choose(listing.supplier_id, [listing.pk], at=AT) == {}
        pack(lot, grams=200 * GRAMS, sorted_out_grams=420_000)
        lot.refresh_from_db()
        assert (lot.packed_grams, lot.sorted_out_grams, lot.unpacked_grams) == (500_000, 420_000, 80_000)
        assert lot.left_grams == 500_000
        with pytest.raises(BeyondHarvest):
            send(paid_order(listing, 201), 201)
        with pytest.raises(BeyondHarvest) as refused:
            pack(lot, grams=80_001, occurred_at=AT - HOUR)
        assert refused.value.field == "kilograms"
        with pytest.raises(BeyondHarvest):
            pack(lot, grams=70_000, sorted_out_grams=10_001, occurred_at=AT - HOUR)
        pack(lot, grams=80_000, occurred_at=AT - HOUR)
        assert whole(lot.supplier_id)

    @pytest.mark.parametrize(
        "wrong",
        [{"packed_grams": 25_001}, {"sorted_out_grams": 1}, {"assigned_grams": 25_001}, {"mixed_grams": 25_001}],
    )
    def test_the_database_refuses_weights_that_do_not_add_up(self, wrong):
        lot = make_lot(make_grown(), pieces=10)
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            ProduceLot.objects.filter(pk=lot.pk).update(**wrong)

    def test_each_packing_has_its_certificate_with_its_weight_and_basis_of_then(self):
        lot = make_lot(make_grown(), pieces=10, packed=False)
        pack(lot, grams=4 * GRAMS, occurred_at=AT - 9 * HOUR)
        look(lot, report(kind="own"), occurred_at=AT - 8 * HOUR)
        pack(lot, grams=3 * GRAMS, occurred_at=AT - 7 * HOUR)
        look(lot, occurred_at=AT - 6 * HOUR)
        pack(lot, grams=3 * GRAMS, occurred_at=AT - 5 * HOUR)
        rows = ConformityCertificate.objects.order_by("pk").values_list("grams", "basis", "form")
        assert list(rows) == [
            (4 * GRAMS, "own_control", "one"), (3 * GRAMS, "own_test", "one"), (3 * GRAMS, "commissioned", "one"),
        ]  # fmt: skip
        assert len(set(ConformityCertificate.objects.values_list("number", flat=True))) == 3

    def test_the_producer_is_the_legal_name_and_the_rest_must_be_there(self):
        listing = make_grown()
        organisation = listing.supplier.organisation
        organisation.name_zh = "梅州市梅县区松源青禾种植专业合作社"
        organisation.save()
        lot = make_lot(listing, packed=False)
        ProductionBase.objects.update(contact="")
        with pytest.raises(InvalidInput) as refused:
            pack(lot)
        assert (refused.value.code, refused.value.field) == ("certificate_incomplete", "base")
        ProductionBase.objects.update(contact="0753-2860123")
        pack(lot)
        paper = ConformityCertificate.objects.get()
        assert paper.producer == "梅州市梅县区松源青禾种植专业合作社"
        assert (paper.origin, paper.contact) == ("梅州市梅县区松源镇", "0753-2860123")

    def test_a_commissioned_test_needs_its_report(self):
        lot = make_lot(make_grown())
        with pytest.raises(InvalidInput) as refused:
            look(lot, type(report())("农残", "未检出", True, "站", kind="commissioned"))
        assert refused.value.field == "report_no"
