"""Accepting delivery by delivery: names, second receiver, weight, time, the paper, the API."""

from datetime import timedelta

import pytest

from procurement.models import GoodsAcceptance, UnitOrder
from procurement.operations.accepting import Receivers, accept_goods
from procurement.states import AcceptanceKind
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.models import Shipment
from shop.sales.operations.receipts import receive_overdue
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import as_, figure, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
OTHER = "SF1234567890999"


@pytest.fixture
def delivered_twice(office, listing):
    """An order of five pieces, two in a first parcel and three in a second."""
    (order,) = ordered(office, (listing, 5))
    (line,) = lines_of(order)
    ship(order, {line.pk: 2})
    ship(order, {line.pk: 3}, number=OTHER)
    return order, line


def test_each_delivery_gets_an_acceptance_of_its_own(office, delivered_twice):
    order, line = delivered_twice
    first, second = Shipment.objects.filter(order=order).order_by("pk")
    path = f"/units/orders/{order.order.number}/"
    page = as_(office.buyer).get(f"{path}accept/?parcel={first.pk}").content.decode()
    assert f'name="parcel" value="{first.pk}"' in page
    assert "已发 2 件" in page

    posted = {"parcel": first.pk, f"accepted-{line.pk}": 2, "receiver": "何师傅", "second": office.approver.pk}
    assert as_(office.buyer).post(f"{path}accept/", posted).status_code == 302
    page = as_(office.buyer).get(path)
    assert figure(page, "acceptance-receivers") == f"何师傅（非本单位账号） · {office.approver.name}"
    assert 'data-testid="go-accept"' in page.content.decode()

    posted = {"parcel": second.pk, f"accepted-{line.pk}": 2, "receiver": "何师傅", "note": "压坏一件"}
    assert as_(office.buyer).post(f"{path}accept/", posted).status_code == 302
    page = as_(office.buyer).get(path).content.decode()
    assert ("第 1 次验收" in page, "第 2 次验收" in page) == (True, True)
    assert 'data-testid="go-accept"' not in page
    found = list(GoodsAcceptance.objects.order_by("sequence").values_list("sequence", "kind", "short_fen"))
    assert found == [(1, AcceptanceKind.FORMAL, 0), (2, AcceptanceKind.FORMAL, 10_000)]
    assert [found for _name, found in run_all() if found] == []


@pytest.mark.parametrize("asked", ["abc", "999999", "of another order"])
def test_a_delivery_that_a_link_names_and_does_not_wait_is_said(office, delivered_twice, listing, asked):
    order, _line = delivered_twice
    if asked == "of another order":
        (other,) = ordered(office, (listing, 1))
        ship(other, {lines_of(other)[0].pk: 1}, number="SF1234567890888")
        asked = str(Shipment.objects.get(order=other).pk)
    path = f"/units/orders/{order.order.number}/accept/"
    said = "不在待验收之列"
    assert said in as_(office.buyer).get(path, {"parcel": asked}).content.decode()
    first = Shipment.objects.filter(order=order).earliest("pk")
    for right in ({"parcel": str(first.pk)}, {}):
        assert said not in as_(office.buyer).get(path, right).content.decode()


def test_an_acceptance_without_a_name_keeps_what_was_typed(office, delivered_twice):
    order, line = delivered_twice
    posted = {f"accepted-{line.pk}": 4, "receiver": " ", "note": "压坏一件"}
    page = as_(office.buyer).post(f"/units/orders/{order.order.number}/accept/", posted)
    assert page.status_code == 422
    text = page.content.decode()
    assert "请填写验收人" in text
    assert 'value="4"' in text
    assert "压坏一件" in text
    assert GoodsAcceptance.objects.count() == 0


def test_a_school_accepts_with_two_people(office, delivered_twice):
    order, line = delivered_twice
    as_(office.approver).post("/units/settings/", {"what": "acceptance", "needs_two_receivers": "on"})
    path = f"/units/orders/{order.order.number}/accept/"
    alone = as_(office.buyer).post(path, {f"accepted-{line.pk}": 5, "receiver": "何师傅"})
    assert alone.status_code == 422
    assert "本单位须两人共同验收" in alone.content.decode()
    for second, code in (("", "second_missing"), ("何师傅 ", "second_same")):
        with pytest.raises(InvalidInput) as refused:
            accept_goods(
                order_id=order.pk, accepted={}, receivers=Receivers("何师傅", second), actor=office.buyer, at=AT
            )
        assert (refused.value.code, refused.value.field) == (code, "second")
    both = as_(office.buyer).post(path, {f"accepted-{line.pk}": 5, "receiver": "何师傅", "second": office.approver.pk})
    assert both.status_code == 302


def test_goods_are_weighed_at_the_door(office, listing):
    (order,) = ordered(office, (listing, 4))
    ship(order)
    (line,) = lines_of(order)
    path = f"/units/orders/{order.order.number}/accept/"
    kilograms = line.net_grams * 4 / 1000
    wrong = as_(office.buyer).post(path, {f"accepted-{line.pk}": 4, f"weight-{line.pk}": "NaN", "receiver": "何师傅"})
    assert wrong.status_code == 422
    posted = {f"accepted-{line.pk}": 4, f"weight-{line.pk}": f"{kilograms * 0.75:.3f}", "receiver": "何师傅"}
    assert as_(office.buyer).post(path, posted).status_code == 302
    assert GoodsAcceptance.objects.get().short_fen == 10_000
    paper = as_(office.buyer).get(f"/units/orders/{order.order.number}/acceptances/1/")
    assert figure(paper, "paper-charged") == "¥300.00"
    assert "人民币叁佰元整" in paper.content.decode()
    assert [found for _name, found in run_all() if found] == []


def test_acceptance_by_time_leaves_a_record(office, delivered_twice):
    order, line = delivered_twice
    first, _second = Shipment.objects.filter(order=order).order_by("pk")
    accept_goods(order_id=order.pk, accepted={line.pk: 1}, shipment_ids=[first.pk], actor=office.buyer, at=AT)
    assert receive_overdue(at=AT + timedelta(days=90)) == 1
    by_hand, by_time = GoodsAcceptance.objects.order_by("sequence")
    assert (by_hand.receiver_name, by_time.kind, by_time.receiver_name) == (
        office.buyer.name, AcceptanceKind.BY_TIME, "",
    )  # fmt: skip
    assert list(by_time.lines.values_list("sent", "accepted")) == [(3, 3)]
    assert UnitOrder.objects.get().order.state == "completed"
    assert "到期自动验收" in as_(office.buyer).get(f"/units/orders/{order.order.number}/").content.decode()
    assert [found for _name, found in run_all() if found] == []


def test_a_stranger_sees_no_acceptance_paper(office, delivered_twice):
    order, _line = delivered_twice
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT)
    path = f"/units/orders/{order.order.number}/acceptances/1/"
    assert as_(office.finance).get(path).status_code == 200
    assert as_(make_office().buyer).get(path).status_code == 404
    assert as_(office.buyer).get(path.replace("/1/", "/2/")).status_code == 404


def test_a_form_sent_again_does_not_accept_the_other_parcel(office, delivered_twice):
    order, line = delivered_twice
    first, second = Shipment.objects.filter(order=order).order_by("pk")
    path = f"/units/orders/{order.order.number}/accept/"
    page = as_(office.buyer).get(f"{path}?parcel={first.pk}").content.decode()
    assert f'name="shown" value="{first.pk}"' in page
    assert f'name="shown" value="{second.pk}"' not in page
    posted = {"parcel": first.pk, "shown": first.pk, f"accepted-{line.pk}": 2, "receiver": "何师傅", "note": "齐"}
    assert as_(office.buyer).post(path, posted).status_code == 302
    again = as_(office.buyer).post(path, posted)
    assert (again.status_code, GoodsAcceptance.objects.count()) == (409, 1)
    assert "这批货已经验收过" in again.content.decode()
    assert again.context["form"]["note"].value() == "齐"
    assert Shipment.objects.filter(received_at=None).get() == second
