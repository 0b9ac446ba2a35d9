"""A delivery that is short by pieces and by weight: each cut has its line, and a weight has to be possible."""

import re
from datetime import timedelta

import pytest

from procurement.models import AcceptanceLine, GoodsAcceptance
from procurement.operations.accepting import accept_goods
from procurement.settled import settle_order
from shop.core.errors import InvalidInput
from shop.core.projections import run_all
from shop.sales.models import WeightTerms
from shop.sales.report_shown import why_words
from tests.api.conftest import program_of
from tests.factories import AT, make_listing
from tests.sales.reporting import staff
from tests.sales.selling import lines_of, ship

from .offices import as_, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


@pytest.fixture
def boxes():
    return make_listing(specs=[{"price_fen": 2240, "stock": 200, "net_grams": 2500}])


@pytest.fixture
def delivered(office, boxes):
    """Sixteen boxes of 2.5 kg for ¥22.40 each."""
    (order,) = ordered(office, (boxes, 16))
    ship(order)
    return order


def deductions(page):
    found = re.findall(r'data-testid="deduction">\s*(.*?)</div>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def test_pieces_and_weight_have_a_line_each_and_add_up(office, delivered):
    (line,) = lines_of(delivered)
    path = f"/units/orders/{delivered.order.number}/"
    posted = {"receiver": "何师傅", f"accepted-{line.pk}": "13", f"weight-{line.pk}": "30"}
    assert as_(office.buyer).post(f"{path}accept/", posted).status_code == 302
    # Three boxes are 67.20; the others should weigh 32.5 kg: 2.5 kg of 291.20 are 22.40.
    (row,) = AcceptanceLine.objects.all()
    assert (row.short_fen, row.weight_fen) == (8960, 2240)
    line.refresh_from_db()
    assert (line.refunded_fen, line.light_fen) == (8960, 2240)
    page = as_(office.buyer).get(path).content.decode()
    name = line.name_zh
    assert deductions(page) == [f"{name} 3 件未收 −¥67.20", f"{name} 验收称重不足 −¥22.40"]
    # A minus stays with its amount.
    assert '比应有重量少 2.5 千克：<span class="nowrap">−¥22.40</span>' in page
    paper = as_(office.buyer).get(f"{path}acceptances/1/").content.decode()
    # Each deduction with its reason and amount, then their sum.
    for words in ("3 件未收：−¥67.20", "比应有重量少 2.5 千克：−¥22.40", "¥89.60"):
        assert words in re.sub(r"<[^>]+>", "", paper), words
    assert "广东省广州市天河区 龙口西路 8 号" in paper
    pay = as_(office.finance).get(f"/units/payments/{delivered.of_unit.request.number}/").content.decode()
    assert len(deductions(pay)) == 2

    told = program_of(office.buyer, "units:read").send("GET", path[:-1]).data
    assert [(each["why"], each["amount"]) for each in told["deductions"]] == [
        ("3 not accepted", "67.20"), ("weighed less at the acceptance", "22.40"),
    ]  # fmt: skip
    assert (told["deducted"], told["lines"][0]["deducted"], told["lines"][0]["deducted_for_weight"]) == (
        "89.60", "89.60", "22.40",
    )  # fmt: skip
    assert [found for _name, found in run_all() if found] == []


def test_only_lighter_goods_say_so_and_no_pieces(office, delivered):
    (line,) = lines_of(delivered)
    accept_goods(order_id=delivered.pk, accepted={}, weighed={line.pk: 39_000}, actor=office.buyer, at=AT)
    delivered.refresh_from_db()
    (only,) = settle_order(delivered.of_unit).deductions
    assert (only.why, only.fen) == ("验收称重不足", 896)


@pytest.mark.parametrize(
    ("pieces", "grams", "words"),
    [
        (16, 99_999_000, "16 件应在 10 kg 至 80 kg 之间：请核对数字和单位。"),
        (16, 9_999, "16 件应在 10 kg 至 80 kg 之间：请核对数字和单位。"),
        (8, 40_001, "8 件应在 5 kg 至 40 kg 之间：请核对数字和单位。"),
        (0, 100, "一件未收，重量请留空。"),
    ],
)
def test_a_weight_that_these_pieces_can_not_have_is_refused(office, delivered, pieces, grams, words):
    (line,) = lines_of(delivered)
    facts = {"order_id": delivered.pk, "accepted": {line.pk: pieces}, "actor": office.buyer, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        accept_goods(weighed={line.pk: grams}, **facts)
    assert (refused.value.code, refused.value.field) == ("weight_implausible", f"weight-{line.pk}")
    assert str(refused.value.message) == words
    posted = {"receiver": "何师傅", f"accepted-{line.pk}": str(pieces), f"weight-{line.pk}": f"{grams / 1000}"}
    page = as_(office.buyer).post(f"/units/orders/{delivered.order.number}/accept/", posted)
    assert (page.status_code, words in page.content.decode()) == (422, True)
    body = {"lines": [{"line_id": line.pk, "quantity": pieces, "weighed_grams": grams}]}
    program = program_of(office.buyer, "units:read", "units:write")
    answer = program.send("POST", f"/units/orders/{delivered.order.number}/acceptance", body, key="w")
    assert (answer.status_code, answer.data["code"]) == (422, "weight_implausible")
    assert GoodsAcceptance.objects.count() == 0


@pytest.mark.parametrize("grams", [10_000, 80_000])
def test_a_weight_on_the_bound_is_taken(office, delivered, grams):
    (line,) = lines_of(delivered)
    accept_goods(order_id=delivered.pk, accepted={}, weighed={line.pk: grams}, actor=office.buyer, at=AT)
    assert AcceptanceLine.objects.get().weighed_grams == grams


def test_which_weights_are_believed_is_an_operators_row_with_its_day(office, delivered):
    (line,) = lines_of(delivered)
    WeightTerms.objects.create(since=AT.date() + timedelta(days=2), least_percent=1, most_percent=1000)
    facts = {"order_id": delivered.pk, "accepted": {}, "weighed": {line.pk: 90_000}, "actor": office.buyer}
    with pytest.raises(InvalidInput):
        accept_goods(at=AT, **facts)
    accept_goods(at=AT + timedelta(days=2), **facts)
    assert AcceptanceLine.objects.get().weighed_grams == 90_000


@pytest.mark.parametrize(
    ("pieces", "grams", "causes", "words"),
    [
        (16, 30_000, ("light",), "验收称重不足"),
        (13, None, ("not_accepted",), "验收扣减"),
        (13, 30_000, ("not_accepted", "light"), "验收扣减 · 验收称重不足"),
    ],
)
def test_a_report_names_what_was_short_by_pieces_and_by_weight_apart(office, delivered, pieces, grams, causes, words):
    (line,) = lines_of(delivered)
    accept_goods(
        order_id=delivered.pk, accepted={line.pk: pieces}, weighed={line.pk: grams} if grams else None,
        actor=office.buyer, at=AT,
    )  # fmt: skip
    reader = staff()
    assert why_words(causes) == words
    assert f'<span class="hint">{words}</span>' in as_(reader).get("/reports/unit/orders/?only=taken").content.decode()
    (told,) = program_of(reader).get("/reports/sales/lines?by=unit&only=taken").data["items"]
    assert tuple(told["why"]) == causes


@pytest.mark.parametrize(
    ("pieces", "said"),
    [("16", "已验收。"), ("13", "已验收，扣减 ¥67.20。"), ("0", "已拒收，扣减 ¥358.40。")],
)
def test_what_was_noted_says_whether_the_goods_were_accepted(office, delivered, pieces, said):
    (line,) = lines_of(delivered)
    posted = {"receiver": "何师傅", f"accepted-{line.pk}": pieces, "note": "" if pieces != "0" else "全部发霉"}
    path = f"/units/orders/{delivered.order.number}/"
    page = as_(office.buyer).post(f"{path}accept/", posted, follow=True)
    assert [str(message) for message in page.context["messages"]] == [said]
