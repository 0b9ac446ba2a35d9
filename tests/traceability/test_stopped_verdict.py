"""A lot that was stopped says so first, whatever is tested later; a report's number stands for one report."""

from datetime import timedelta

import pytest
from django.test import Client

from shop.core.errors import InvalidInput
from tests.factories import AT, make_user
from tests.traceability.growing import finish, look, make_grown, make_lot, paid_order, parcel_of, report, send
from traceability.models import LabTest, ParcelLot
from traceability.operations import printing
from traceability.operations.quality import LabReport, dispose_of_lot

pytestmark = pytest.mark.django_db
ZH = {"accept-language": "zh-CN"}
HOUR = timedelta(hours=1)


@pytest.fixture
def recalled():
    """A lot that was sent, failed, and passed afterwards."""
    member = make_user()
    listing = make_grown(member)
    lot = make_lot(listing, packed=False)
    finish(lot)
    parcel = parcel_of(send(paid_order(listing)))
    look(
        lot,
        LabReport("农残 4 项", "毒死蜱超标", False, "市农检", "", "SJ-1", "commissioned"),
        occurred_at=AT - 2 * HOUR,
    )
    look(lot, LabReport("农残 4 项", "均未检出", True, "省农检", "", "SJ-2", "commissioned"), occurred_at=AT - HOUR)
    lot.refresh_from_db()
    return {"member": member, "lot": lot, "parcel": parcel}


def part(html: str, mark: str, end: str) -> str:
    return html.split(mark)[1].split(end, maxsplit=1)[0]


def head(parcel) -> tuple[str, str, str]:
    html = Client().get(f"/t/{parcel.code}", headers=ZH).content.decode()
    badge = part(html, 'data-testid="verified"', "</span>")
    return badge, part(html, 'data-testid="head-verdict">', "</dd>"), html


def test_a_recalled_lot_is_headed_recalled_though_a_later_test_passed(recalled):
    badge, verdict, html = head(recalled["parcel"])
    assert 'data-evidence="recalled"' in badge
    assert "已召回" in badge
    assert "检测" not in badge
    assert verdict == "已召回"
    assert '<span class="" data-testid="test-verdict">' in html
    assert 'class="good"' not in part(html, 'class="card trace-test"', "</section>")
    assert 'data-testid="evidence-commissioned_test"' not in html
    assert "省农检" in part(html, 'data-testid="timeline"', "</section>")


def test_a_disposed_lot_is_headed_disposed_of(recalled):
    lot = recalled["lot"]
    dispose_of_lot(supplier_id=lot.supplier_id, lot_id=lot.pk, method="深埋", occurred_at=AT, actor=None, at=AT)
    badge, verdict, _html = head(recalled["parcel"])
    assert "已处置" in badge
    assert verdict == "已处置"


def test_the_api_tells_that_it_was_stopped_and_no_later_test_as_evidence(recalled):
    lot = Client().get(f"/api/v1/trace/{recalled['parcel'].code}").json()["lots"][0]
    assert (lot["state"], lot["is_stopped"]) == ("recalled", True)
    assert [each["kind"] for each in lot["verified"]] == ["records"]
    assert [each["step"] for each in lot["events"]].count("inspecting") == 3


def test_the_label_of_a_recalled_parcel_says_so(recalled, monkeypatch):
    told = printing._label(recalled["parcel"], list(ParcelLot.objects.filter(parcel=recalled["parcel"])))
    assert told["stopped"] == "已召回"
    shipment = recalled["parcel"].shipment_id
    assert printing.labels_pdf(supplier_id=recalled["lot"].supplier_id, shipment_ids=[shipment])[:4] == b"%PDF"


def test_a_report_of_another_suppliers_lot_is_refused():
    look(make_lot(make_grown()), report())
    other = make_lot(make_grown())
    for typed in ("MJ-0412", "ＭＪ－０４１２", "mj 0412"):
        with pytest.raises(InvalidInput) as refused:
            look(other, LabReport("农残 4 项", "均未检出", True, "梅县农检站", "", typed, "commissioned"))
        assert (refused.value.code, refused.value.field) == ("report_of_another", "report_no")
    look(other, LabReport("农残 4 项", "均未检出", True, "自检", "", "MJ-0412", "own"))
    assert LabTest.objects.count() == 2


def test_one_report_for_several_lots_of_a_supplier_says_the_same_and_the_page_names_them():
    member = make_user()
    listing = make_grown(member)
    first, second = make_lot(listing), make_lot(listing)
    look(first, report())
    with pytest.raises(InvalidInput) as refused:
        look(second, LabReport("农残 4 项", "均未检出", True, "别的检测站", "", "MJ-0412", "commissioned"))
    assert (refused.value.code, refused.value.field) == ("report_differs", "report_no")
    with pytest.raises(InvalidInput):
        look(second, LabReport("农残 4 项", "毒死蜱超标", False, "梅县农检站", "", "MJ-0412", "commissioned"))
    client = Client()
    client.force_login(member)
    page = client.post(
        f"/seller/lots/{second.pk}/test/",
        {"test-kind": "commissioned", "test-item": "农残 4 项", "test-result": "均未检出", "test-passed": "1",
         "test-lab": "梅县农检站", "test-report_no": "MJ-0412", "test-occurred_at": f"{AT - HOUR:%Y-%m-%dT%H:%M}"},
        headers=ZH, follow=True,
    )  # fmt: skip
    assert f"这份报告也用于以下批次：{first.code}。" in page.content.decode()


def test_finishing_a_lot_has_nothing_chosen_and_asks_what_became_of_its_rest():
    member = make_user()
    lot = make_lot(make_grown(member, stock=10), pieces=10)
    client = Client()
    client.force_login(member)
    page = client.get(f"/seller/lots/{lot.pk}/", headers=ZH).content.decode()
    form = part(page, 'data-testid="finish-lot"', "</form>")
    assert ("checked" in form, "有 10 件" in part(form, 'data-confirm="', '"')) == (False, True)
    answer = client.post(f"/seller/lots/{lot.pk}/close/", {}, headers=ZH)
    lot.refresh_from_db()
    assert (answer.status_code, lot.state) == (422, "open")
    assert client.post(f"/seller/lots/{lot.pk}/close/", {"close-rest": "gone"}).status_code == 302
