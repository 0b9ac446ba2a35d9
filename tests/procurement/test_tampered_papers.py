"""Acceptances and approved requests that were changed past the operations are noticed, and print nothing."""

import pytest

from procurement.models import (
    AcceptanceLine,
    GoodsAcceptance,
    PurchaseRequest,
    QuotaDeclaration,
    RequestDecision,
    RequestVersion,
)
from procurement.operations.accepting import Receivers, accept_goods
from shop.sales.models import OrderFacts
from tests.factories import AT
from tests.sales.selling import lines_of, ship
from tests.tampering import faults, tamper

from .offices import approved, as_, ordered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
MARK = 'data-testid="records-changed"'


@pytest.fixture
def accepted(office, listing):
    """Two orders: of each, four of five pieces arrived well."""
    found = []
    for _ in range(2):
        (order,) = ordered(office, (listing, 5))
        ship(order)
        accept_goods(
            order_id=order.pk, accepted={lines_of(order)[0].pk: 4}, actor=office.buyer, at=AT, note="压坏一件",
            receivers=Receivers("李师傅"),
        )  # fmt: skip
        found.append(GoodsAcceptance.objects.get(order=order))
    assert faults() == []
    return found


ACCEPTANCES = {
    "accepted": ("UPDATE procurement_acceptanceline SET accepted = accepted - 1 WHERE acceptance_id = %s", "accepted"),
    "accepted and sent": (
        "UPDATE procurement_acceptanceline SET accepted = accepted - 1, sent = sent - 1 WHERE acceptance_id = %s",
        "accepted pieces",
    ),
    "deduction of a line": (
        "UPDATE procurement_acceptanceline SET short_fen = short_fen + 100 WHERE acceptance_id = %s",
        "deduction of line",
    ),
    "less deducted than of its lines": (
        "UPDATE procurement_goodsacceptance SET short_fen = short_fen - 200 WHERE id = %s",
        "deduction of acceptance",
    ),
    "more deducted than of its lines": (
        "UPDATE procurement_goodsacceptance SET short_fen = short_fen + 200 WHERE id = %s",
        "deduction of acceptance",
    ),
    "weight": (
        "UPDATE procurement_acceptanceline SET weighed_grams = 1 WHERE acceptance_id = %s",
        "what acceptance",
    ),
    "receiver": ("UPDATE procurement_goodsacceptance SET receiver_name = '张三' WHERE id = %s", "what acceptance"),
    "note": ("UPDATE procurement_goodsacceptance SET note = '' WHERE id = %s", "what acceptance"),
    "no lines": ("DELETE FROM procurement_acceptanceline WHERE acceptance_id = %s", "accepted pieces"),
}


@pytest.mark.parametrize("case", ACCEPTANCES)
def test_a_changed_acceptance_is_noticed_and_its_paper_asserts_nothing(office, accepted, case):
    statement, what = ACCEPTANCES[case]
    one, other = accepted

    tamper(statement, one.pk)

    assert any(each.startswith(what) for each in faults())
    number = one.order.order.number
    for path in (f"/units/orders/{number}/", f"/units/orders/{number}/acceptances/1/"):
        page = as_(office.buyer).get(path)
        assert (page.status_code, MARK in page.content.decode()) == (200, True)
        assert "整单拒收" not in page.content.decode()
        assert "−−" not in page.content.decode()
    assert "paper-charged" not in page.content.decode()
    whole = as_(office.buyer).get(f"/units/orders/{other.order.order.number}/acceptances/1/").content.decode()
    assert MARK not in whole
    assert "paper-charged" in whole


def test_an_acceptance_that_was_deleted_or_moved_is_noticed(accepted):
    one, other = accepted
    tamper("UPDATE procurement_goodsacceptance SET order_id = %s, sequence = 2 WHERE id = %s", other.order_id, one.pk)
    line = AcceptanceLine.objects.get(acceptance=one).line_id
    assert f"acceptances of line {line} that are of another order" in faults()

    tamper("DELETE FROM procurement_acceptanceline WHERE acceptance_id = %s", one.pk)
    tamper("DELETE FROM procurement_goodsacceptance WHERE id = %s", one.pk)
    assert {f"accepted pieces of line {line} by its acceptances", f"sealed acceptance {one.pk} is missing"} <= set(
        faults()
    )


REQUESTS = {
    "total": ("UPDATE procurement_purchaserequest SET total_fen = total_fen + 100, goods_fen = goods_fen + 100", "tot"),
    "approved": ("UPDATE procurement_purchaserequest SET approved_fen = approved_fen + 100", "approved of"),
    "address": ("UPDATE procurement_purchaserequest SET ship_street = '家'", "facts of"),
    "terms": ("UPDATE procurement_purchaserequest SET terms = 'prepaid'", "facts of"),
    "year": ("UPDATE procurement_purchaserequest SET year = 2025", "facts of"),
    "purchase": ("UPDATE procurement_purchaserequest SET purchase_id = NULL", "purchase of"),
    "pieces": ("UPDATE procurement_requestline SET quantity = quantity + 1", "lines of"),
    "price": ("UPDATE procurement_requestline SET unit_price_fen = unit_price_fen + 100", "lines of"),
    "goods": ("UPDATE procurement_requestline SET specification_id = specification_id + 1000", "ordered pieces"),
    "version's total": ("UPDATE procurement_requestversion SET total_fen = total_fen + 100", "total of"),
    "version's lines": ("UPDATE procurement_requestversion SET lines = '[]'", "lines of"),
    "version's facts": ("UPDATE procurement_requestversion SET facts = '{}'", "facts of"),
    "decision's total": ("UPDATE procurement_requestdecision SET total_fen = total_fen + 1", "decisions on"),
    "decision turned": (
        "UPDATE procurement_requestdecision SET approved = (id IS NULL)",
        "decisions on",
    ),
    "decision's words": ("UPDATE procurement_requestdecision SET reason = '同意'", "what request_decision"),
    "no decision": ("DELETE FROM procurement_requestdecision WHERE id > 0", "decisions on"),
}


@pytest.mark.parametrize("case", REQUESTS)
def test_a_changed_request_is_noticed_and_its_paper_asserts_nothing(office, listing, case):
    ordered(office, (listing, 5))
    request = PurchaseRequest.objects.get()
    assert faults() == []
    assert MARK not in as_(office.buyer).get(f"/units/requests/{request.number}/paper/").content.decode()
    statement, what = REQUESTS[case]

    tamper(statement)

    assert any(each.startswith(what) for each in faults())
    for path in (f"/units/requests/{request.number}/", f"/units/requests/{request.number}/paper/"):
        page = as_(office.buyer).get(path)
        assert (page.status_code, MARK in page.content.decode()) == (200, True)
    assert "paper-total" not in page.content.decode()


def test_a_decision_by_who_asked_for_it_is_noticed(office, listing):
    request = approved(office, (listing, 5))
    tamper("UPDATE procurement_requestdecision SET actor_id = %s", request.buyer_id)

    assert f"decisions on request {request.number}: one by who asked for it, or two by one" in faults()


def test_another_buyer_than_of_the_purchase_is_noticed(office, listing):
    ordered(office, (listing, 5))
    request = PurchaseRequest.objects.get()
    tamper("UPDATE procurement_purchaserequest SET buyer_id = %s", office.finance.pk)

    assert f"buyer of request {request.number}" in faults()


def test_an_order_that_is_said_to_be_of_another_request_is_noticed(office, listing):
    (order,) = ordered(office, (listing, 5))
    other = approved(office, (listing, 1))
    tamper("UPDATE procurement_unitorder SET request_id = %s WHERE order_id = %s", other.pk, order.pk)

    assert f"request of order {order.pk}, which another purchase is of" in faults()


def test_seals_of_deleted_versions_and_decisions_are_noticed(office, listing):
    request = approved(office, (listing, 5))
    version, decision = RequestVersion.objects.get(), RequestDecision.objects.get()
    tamper("DELETE FROM procurement_requestdecision WHERE id = %s", decision.pk)
    tamper("DELETE FROM procurement_requestversion WHERE id = %s", version.pk)

    assert {
        f"version {request.version} of request {request.number} is missing",
        f"sealed request_version {version.pk} is missing",
        f"sealed request_decision {decision.pk} is missing",
    } <= set(faults())
    assert OrderFacts.objects.count() == 0


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE procurement_quotadeclaration SET reserved_fen = reserved_fen - 1000", "reserved_fen of declaration"),
        ("UPDATE procurement_quotadeclaration SET canteen_spend_fen = 1", "canteen_spend_fen of declaration"),
        ("UPDATE procurement_quotadeclaration SET ratio_bp = 1000", "ratio_bp of declaration"),
        ("UPDATE procurement_quotadeclaration SET state = 'returned'", "declaration"),
        ("UPDATE procurement_declarationsnapshot SET reserved_fen = reserved_fen - 1000", "reserved by declaration"),
    ],
)
def test_a_declaration_that_differs_from_what_was_confirmed_is_noticed(office, statement, what):
    assert QuotaDeclaration.objects.filter(in_force__isnull=False).exists()
    assert faults() == []
    tamper(statement)

    assert any(each.startswith(what) for each in faults())
