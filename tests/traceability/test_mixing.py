"""Mixed lots, and lots packed anew: form two, links to the parts, weights."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import CertifiedListing
from shop.core.errors import InvalidInput
from tests.factories import AT, make_certificate, make_listing, make_user
from tests.traceability.growing import (
    GRAMS,
    finish,
    make_base,
    make_grown,
    make_lot,
    pack,
    paid_order,
    parcel_of,
    send,
)
from traceability.errors import AlreadyRecorded, BeyondHarvest, OtherProduce
from traceability.models import ConformityCertificate, ProduceLot, ProductionBase
from traceability.operations.mixing import mix_lots
from traceability.operations.recording import close_lot
from traceability.queries.trace import trace_page
from traceability.queries.verifying import altered_rows, verify_chain

HOUR = timedelta(hours=1)


def states() -> list[str]:
    return list(ProduceLot.objects.order_by("pk").values_list("state", flat=True))


def whole(supplier_id: int) -> bool:
    return verify_chain(supplier_id)[1] is None and altered_rows(supplier_id) == []


def mixed(listing, *parts, occurred_at: datetime = AT - 4 * HOUR, key: str = "") -> ProduceLot:
    base = ProductionBase.objects.filter(supplier=listing.supplier).order_by("pk")[0]
    return mix_lots(
        supplier_id=listing.supplier_id, listing_id=listing.pk, base_id=base.pk,
        sources=[(lot.pk, pieces * GRAMS) for lot, pieces in parts], occurred_at=occurred_at, actor=None, at=AT,
        key=key,
    )  # fmt: skip


@pytest.mark.django_db
class TestMixing:
    def test_a_mix_ships_only_with_form_two_that_names_its_parents(self):
        listing = make_grown()
        first, second = make_lot(listing, keeps=20), make_lot(listing, days_ago=2, keeps=40)
        finish(first)
        mix = mixed(listing, (first, 10), (second, 2))
        assert (mix.kind, mix.harvested_on, mix.best_before) == ("mix", first.harvested_on, first.best_before)
        close_lot(supplier_id=listing.supplier_id, lot_id=second.pk, actor=None, at=AT, rest="gone")
        order_ = paid_order(listing, 4)
        with pytest.raises(BeyondHarvest):
            send(order_, 4)
        pack(mix)
        paper = ConformityCertificate.objects.get(lot=mix)
        numbers = [ConformityCertificate.objects.get(lot=lot).number for lot in (first, second)]
        assert (paper.form, paper.basis, paper.parents) == ("two", "collected", sorted(numbers))
        parcel = parcel_of(send(order_, 4))
        html = Client().get(f"/t/{parcel.code}").content.decode()
        assert 'data-testid="mixed-from"' in html
        assert all(each in html for each in (first.code, second.code, *numbers))
        page = Client().get(f"/t/{parcel.code}/certificate/").content.decode()
        assert ('data-form="two"' in page, all(number in page for number in numbers)) == (True, True)
        assert Client().get(f"/t/{parcel.code}/certificate.pdf").content.startswith(b"%PDF")
        assert whole(listing.supplier_id)

    def test_without_its_parents_certificates_a_mix_is_not_packed(self):
        listing = make_grown()
        lot = make_lot(listing)
        mix = mixed(listing, (lot, 3))
        ConformityCertificate.objects.filter(lot=lot).delete()
        with pytest.raises(InvalidInput) as refused:
            pack(mix)
        assert refused.value.code == "parents_missing"

    def test_no_more_is_mixed_than_is_left_and_twice_is_once(self):
        listing = make_grown()
        lot = make_lot(listing, pieces=10)
        with pytest.raises(BeyondHarvest) as refused:
            mixed(listing, (lot, 11))
        assert refused.value.field == f"source-{lot.pk}"
        mix = mixed(listing, (lot, 8), key="page")
        with pytest.raises(AlreadyRecorded) as again:
            mixed(listing, (lot, 8), key="page")
        assert again.value.details == {"lot_id": mix.pk}
        lot.refresh_from_db()
        assert (lot.mixed_grams, lot.left_grams) == (8 * GRAMS, 2 * GRAMS)
        with pytest.raises(BeyondHarvest):
            send(paid_order(listing, 3), 3)
        with pytest.raises(InvalidInput):
            mixed(listing, (lot, 1), occurred_at=AT - timedelta(days=90))

    def test_the_form_mixes_and_says_what_is_wrong_beside_the_lot(self):
        member = make_user()
        listing = make_grown(member)
        lot = make_lot(listing, pieces=10)
        make_base(listing.supplier, "包装间")
        client = Client()
        client.force_login(member)
        base = ProductionBase.objects.order_by("pk")[0]
        when = timezone.localtime(AT - HOUR)
        sent = {"listing": listing.pk, "base": base.pk, "occurred_at": f"{when:%Y-%m-%dT%H:%M}"}
        answer = client.post("/seller/lots/mix/", sent | {f"source-{lot.pk}": "26"})
        assert (answer.status_code, "只剩 25 kg" in answer.content.decode()) == (409, True)
        answer = client.post("/seller/lots/mix/", sent | {f"source-{lot.pk}": "10"})
        mix = ProduceLot.objects.get(kind="mix")
        assert (answer.status_code, answer.headers["Location"]) == (302, f"/seller/lots/{mix.pk}/")
        assert client.get("/seller/lots/mix/").status_code == 200

    def test_a_lot_of_another_product_is_not_mixed_and_not_offered(self):
        member = make_user()
        pomelo = make_grown(member)
        orange = make_listing(supplier=pomelo.supplier, slug="orange", specs=({"stock": 50, "net_grams": GRAMS},))
        own, other = make_lot(pomelo), make_lot(orange)
        for parts in ([(other, 1)], [(own, 1), (other, 1)]):
            with pytest.raises(OtherProduce) as refused:
                mixed(pomelo, *parts)
            assert (refused.value.field, refused.value.status) == (f"source-{other.pk}", 422)
            assert (refused.value.code, refused.value.details["lot_id"]) == ("other_produce", other.pk)
        assert list(ProduceLot.objects.values_list("mixed_grams", flat=True)) == [0, 0]
        client = Client()
        client.force_login(member)
        for product, offered, hidden in ((pomelo, own, other), (orange, other, own)):
            html = client.get(f"/seller/lots/mix/?listing={product.pk}").content.decode()
            assert (f'name="source-{offered.pk}"' in html, f'name="source-{hidden.pk}"' in html) == (True, False)
            assert html.count('name="listing"') == 1
        assert mixed(orange, (other, 2)).listing_id == orange.pk

    @pytest.mark.parametrize("is_foreign", [False, True])
    def test_a_mix_carries_only_the_certificates_of_every_part(self, is_foreign):
        pomelo = make_grown()
        orange = make_listing(supplier=pomelo.supplier, slug="orange", specs=({"stock": 50, "net_grams": GRAMS},))
        CertifiedListing.objects.create(
            certificate=make_certificate(pomelo, number="GAP-SHARED", kind="gap"), listing=orange, draws=False
        )
        make_certificate(pomelo, number="AGI-POMELO")
        lot = make_lot(pomelo, pieces=2)
        mix = mixed(pomelo, (lot, 2))
        pack(mix)
        again = mixed(pomelo, (mix, 2), occurred_at=AT - 2 * HOUR)
        pack(again, occurred_at=AT - HOUR)
        parcel = parcel_of(send(paid_order(pomelo, 2), 2))
        if is_foreign:
            # As such mixes could be made before they were refused.
            ProduceLot.objects.filter(pk=lot.pk).update(listing=orange)
        page = trace_page(parcel.code)
        assert page is not None
        assert [(each.lot.pk, each.made_of) for each in page.lots] == [
            (again.pk, frozenset({pomelo.pk, orange.pk} if is_foreign else {pomelo.pk}))
        ]
        for path in (f"/t/{parcel.code}", f"/api/v1/trace/{parcel.code}"):
            told = Client().get(path).content.decode()
            assert ("GAP-SHARED" in told, "AGI-POMELO" in told) == (True, not is_foreign)
