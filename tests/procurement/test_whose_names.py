"""Names that matter: who gets public money back, from whose account it comes, who accepted goods together."""

import pytest
from django.utils import translation

from procurement.models import GoodsAcceptance, PurchaseRequest, UnitPayer
from procurement.operations.accepting import Receivers, accept_goods
from procurement.operations.payers import register_payer
from procurement.operations.requests import Address, set_address
from procurement.operations.units import set_delivery
from procurement.queries.acceptances import told_to_supplier
from shop.core.errors import InvalidInput
from shop.core.models import AuditEntry
from shop.core.names import is_among, is_name, plain_name
from shop.sales.models import Payment, Refund, RefundAccount
from shop.sales.operations.payouts import give_account
from shop.sales.operations.transfers import match_transfer
from tests.api.conftest import program_of
from tests.factories import AT
from tests.sales.selling import lines_of, ship

from .offices import as_, ask, make_office, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
NUMBER = "6222020200001234"


@pytest.fixture
def office():
    return make_office(budget_fen=1_000_000)


def test_names_are_told_apart_by_letters_and_digits_alone():
    assert plain_name("周 敏\u200b.") == plain_name("周敏") == "周敏"
    assert plain_name("ＡＢ（公司）") == plain_name("ab(公司)")
    assert is_among("工 会\u2060", ["工会"])
    assert not is_among("\u200b", ["", "."])
    assert [is_name(text) for text in ("周敏", "Li", "=1", "=HYPERLINK(周敏)", "李", "\u200b\u200b", "12")] == [
        True, True, False, False, False, False, False,
    ]  # fmt: skip


def book(payer):
    match_transfer(
        payment_id=Payment.objects.get().pk, received_fen=510_00, payer=payer, why="代付", then="give_back",
        reference="IN-1", actor=None, at=AT,
    )  # fmt: skip


def over_paid(office, listing):
    (order,) = ordered(office, (listing, 5), terms="prepaid")
    number = PurchaseRequest.objects.get().number
    as_(office.finance).post(f"/units/payments/{number}/", {"how": "transfer"})
    return order.purchase, number


def give(purchase, holder, through="unit"):
    give_account(
        purchase=purchase, holder=holder, bank="工行天河支行", number=NUMBER, through=through, actor=None, at=AT
    )


@pytest.mark.parametrize("holder", ["周敏", "=1", "\u200b", "另一家公司"])
def test_a_units_refund_goes_to_no_other_holder_on_any_door(office, listing, holder):
    purchase, number = over_paid(office, listing)
    book("学校")
    with pytest.raises(InvalidInput) as refused:
        give(purchase, holder)
    assert refused.value.field == "holder"
    sent = {"holder": holder, "bank": "工行天河支行", "number": NUMBER}
    page = as_(office.finance).post(f"/units/payments/{number}/account/", sent)
    assert (page.status_code, "has-error" in page.content.decode()) == (422, True)
    answer = program_of(office.finance).post(f"/units/requests/{number}/refund-account", sent, key="a1")
    assert answer.status_code == 422
    assert not RefundAccount.objects.exists()
    give(purchase, office.unit.organisation.name_zh + "\u200b")
    assert RefundAccount.objects.get().holder == office.unit.organisation.name_zh


def test_a_registered_payer_gets_back_only_what_it_paid(office, listing):
    centre, unused = "天河区国库支付中心", "天河区教育工会"
    for name, account in ((centre, "62220800001"), (unused, "62220800002")):
        register_payer(unit_id=office.unit.pk, name=name, bank="工行", account=account, actor=office.finance, at=AT)
    purchase, _number = over_paid(office, listing)
    book(centre)
    with pytest.raises(InvalidInput) as refused:
        give(purchase, unused)
    assert (refused.value.code, centre in str(refused.value.message)) == ("holder_not_payer", True)
    give(purchase, centre)
    assert Refund.objects.count() == 1


@pytest.mark.parametrize("change", [lambda name: name, lambda name: f"{name[0]} {name[1:]}.", str.upper])
def test_nobody_of_the_unit_is_a_registered_payer(office, change):
    for person in (office.buyer, office.approver, office.finance):
        with pytest.raises(InvalidInput) as refused:
            register_payer(
                unit_id=office.unit.pk, name=change(person.name), bank="工行", account="62220800001",
                actor=office.finance, at=AT,
            )  # fmt: skip
        assert (refused.value.code, refused.value.field) == ("payer_is_member", "payer_name")
    body = {"name": change(office.buyer.name), "bank": "工行", "account": "62220800001"}
    assert program_of(office.finance).post("/units/payers", body, key="p1").status_code == 422
    assert not UnitPayer.objects.exists()


def test_registering_a_payer_leaves_its_name_in_the_audit(office):
    register_payer(
        unit_id=office.unit.pk, name="国库中心", bank="工行", account="62220800001", actor=office.finance, at=AT
    )
    entry = AuditEntry.objects.get(action="register_payer")
    assert (entry.actor_id, entry.data["name"]) == (office.finance.pk, "国库中心")


def of_two():
    """Return an office where two accept together; its buyer is 周敏."""
    office = make_office(budget_fen=1_000_000, needs_two_receivers=True)
    type(office.buyer).objects.filter(pk=office.buyer.pk).update(name="周敏")
    office.buyer.refresh_from_db()
    return office


@pytest.mark.parametrize("second", ["周敏", "周 敏", "周敏.", "周\u200b敏", "．", "李"])
def test_two_who_accept_together_are_two_people_however_it_is_written(listing, second):
    office = of_two()
    (order,) = ordered(office, (listing, 2))
    ship(order)
    given = {"order_id": order.pk, "accepted": {lines_of(order)[0].pk: 2}, "actor": office.buyer, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        accept_goods(receivers=Receivers("周敏", second), **given)
    assert refused.value.field == "second"
    accept_goods(receivers=Receivers("周敏", "李文静", is_outside=True), **given)
    found = GoodsAcceptance.objects.get()
    assert (found.second_name, found.second_kind, found.second_account_id) == ("李文静", "outside", None)


def test_who_accepts_with_another_is_of_the_unit_or_a_witness_from_outside(listing):
    office = of_two()
    (order,) = ordered(office, (listing, 2))
    ship(order)
    stranger = make_office().buyer
    line = lines_of(order)[0].pk
    given = {"order_id": order.pk, "accepted": {line: 2}, "actor": office.buyer, "at": AT}
    for receivers, field in (
        (Receivers("周敏", "李文静"), "second"),
        (Receivers("周敏", stranger.name), "second"),
        (Receivers("周敏", second_account_id=stranger.pk), "second"),
        (Receivers("周敏", second_account_id=office.finance.pk), "second"),
        (Receivers("周敏", office.approver.name, is_outside=True), "witness"),
    ):
        with pytest.raises(InvalidInput) as refused:
            accept_goods(receivers=receivers, **given)
        assert refused.value.field == field, receivers
    path = f"/units/orders/{order.order.number}/"
    sent = {f"accepted-{line}": 2, "receiver": "周敏"}
    buyer = as_(office.buyer)
    for more in ({"second": "李文静"}, {"second": stranger.pk}, {"second": "outside"}, {"witness": "李文静"}):
        page = buyer.post(f"{path}accept/", sent | more)
        assert (page.status_code, "has-error" in page.content.decode()) == (422, True), more
    answer = program_of(office.buyer).post(f"{path[:-1]}/acceptance", {"received_with": "李文静"}, key="a1")
    assert (answer.status_code, "second_not_member" in answer.content.decode()) == (422, True)
    assert not GoodsAcceptance.objects.exists()
    body = {"received_with": "李文静", "is_witness": True}
    assert program_of(office.buyer).post(f"{path[:-1]}/acceptance", body, key="a2").status_code == 201
    paper = buyer.get(f"{path}acceptances/1/").content.decode()
    assert "李文静（单位外见证人）" in paper
    (told,) = program_of(office.buyer).get(f"{path[:-1]}/acceptances").data["items"]
    assert (told["received_with"], told["is_witness"]) == ("李文静", True)


@pytest.mark.parametrize("change", [str, str.upper, lambda name: f"{name[0]} {name[1:]}."])
def test_whoever_pays_for_the_unit_neither_receives_nor_witnesses(listing, change):
    office = of_two()
    (order,) = ordered(office, (listing, 2))
    ship(order)
    payer = change(office.finance.name)
    given = {"order_id": order.pk, "accepted": {lines_of(order)[0].pk: 2}, "actor": office.buyer, "at": AT}
    for receivers, field, code in (
        (Receivers("周敏", payer, is_outside=True), "witness", "witness_is_member"),
        (Receivers(payer, second_account_id=office.approver.pk), "receiver", "receiver_pays"),
    ):
        with pytest.raises(InvalidInput) as refused:
            accept_goods(receivers=receivers, **given)
        assert (refused.value.field, refused.value.code) == (field, code)
    path = f"/units/orders/{order.order.number}"
    sent = {f"accepted-{lines_of(order)[0].pk}": 2, "receiver": "周敏", "second": "outside", "witness": payer}
    page = as_(office.buyer).post(f"{path}/accept/", sent)
    assert (page.status_code, "这是本单位自己的人，不是单位外见证人" in page.content.decode()) == (422, True)
    answer = program_of(office.buyer).post(
        f"{path}/acceptance", {"received_by": "周敏", "received_with": payer, "is_witness": True}, key="w1"
    )
    assert (answer.status_code, answer.data["code"]) == (422, "witness_is_member")
    assert not GoodsAcceptance.objects.exists()


def test_one_of_two_receivers_is_of_the_unit_on_record(listing):
    office = of_two()
    (order,) = ordered(office, (listing, 2))
    ship(order)
    given = {"order_id": order.pk, "accepted": {lines_of(order)[0].pk: 2}, "actor": office.buyer, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        accept_goods(receivers=Receivers("路人甲", "路人乙", is_outside=True), **given)
    assert (refused.value.field, refused.value.code) == ("receiver", "nobody_of_unit")
    body = {"received_by": "路人甲", "received_with": "路人乙", "is_witness": True}
    answer = program_of(office.buyer).post(f"/units/orders/{order.order.number}/acceptance", body, key="n1")
    assert (answer.status_code, answer.data["code"]) == (422, "nobody_of_unit")
    accept_goods(receivers=Receivers("路人甲", second_account_id=office.approver.pk), **given)
    told = program_of(office.buyer).get(f"/units/orders/{order.order.number}/acceptances").data["items"][0]
    assert (told["received_by_member"], told["is_witness"]) == (False, False)


def test_a_supplier_reads_who_was_a_witness_as_the_unit_does(listing):
    office = of_two()
    (order,) = ordered(office, (listing, 2))
    ship(order)
    accept_goods(
        order_id=order.pk, accepted={lines_of(order)[0].pk: 2}, actor=office.buyer, at=AT,
        receivers=Receivers("周敏", "李文静", is_outside=True),
    )  # fmt: skip
    with translation.override("zh-hans"):
        (told,) = told_to_supplier(order.pk)
        assert told.by == "周敏 · 李文静（单位外见证人）"


@pytest.mark.parametrize(
    "holder",
    ["{}（食堂）", "{}(食堂)", "{}食堂", "{} 食堂专户", "食堂（{}）", "张三（食堂）", "张三食堂", "Li Lei (canteen)"],
)
def test_a_person_with_the_word_canteen_is_no_payer(office, holder):
    facts = {"name": holder.format(office.buyer.name), "bank": "工行", "account": "62220800001"}
    with pytest.raises(InvalidInput) as refused:
        register_payer(unit_id=office.unit.pk, **facts, actor=office.finance, at=AT)
    assert refused.value.field == "payer_name"
    assert program_of(office.finance).post("/units/payers", facts, key="p1").status_code == 422
    assert not UnitPayer.objects.exists()


@pytest.mark.parametrize(
    "holder",
    [
        "{}",
        "{}（食堂）",
        "{}食堂专户",
        "{}工会委员会",
        "天河区教育工会",
        "天河区国库支付中心",
        "Tianhe Education Bureau",
    ],
)
def test_the_unit_its_funds_and_institutions_are_payers(office, holder):
    name = holder.format(office.unit.organisation.name_zh)
    register_payer(unit_id=office.unit.pk, name=name, bank="工行", account="62220800001", actor=office.finance, at=AT)
    assert UnitPayer.objects.get().name == name


@pytest.mark.parametrize(("name", "street", "field"), [("\u200b", "龙口西路", "name"), ("周敏", "\u2060 .", "street")])
def test_goods_go_to_somebody_who_can_be_seen(office, listing, name, street, field):
    to = {"division_code": office.unit.ship_division_id, "phone": "+8613800002046", "name": name, "street": street}
    with pytest.raises(InvalidInput) as refused:
        set_delivery(unit_id=office.unit.pk, actor=office.finance, at=AT, **to)
    assert refused.value.field == field
    request = ask(office, (listing, 1))
    with pytest.raises(InvalidInput) as refused:
        set_address(request_id=request.pk, address=Address(**to), actor=office.buyer, at=AT)
    assert refused.value.field == field
    body = {"name": name, "phone": "13800002046", "division": to["division_code"], "street": street}
    assert program_of(office.finance).send("PUT", "/units/delivery", body).status_code == 422
    address = {"version": request.version, "ship_to": body}
    path = f"/units/requests/{request.number}/address"
    assert program_of(office.buyer).send("PUT", path, address).status_code == 422
