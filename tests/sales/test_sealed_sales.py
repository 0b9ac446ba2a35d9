"""What was sold, from where, on what terms, what came for it and how it was sent: changed past the operations, it is noticed."""

import importlib
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shop.core.models import AuditEntry, SealedFacts
from shop.core.sealed import digest_of
from shop.sales.models import (
    LineFacts,
    OfferConsent,
    OrderAttribution,
    OrderFacts,
    Purchase,
    Refund,
    RefundAccount,
    Remittance,
    Shipment,
)
from shop.sales.operations.funding import answer_consent
from shop.sales.operations.payouts import give_account
from shop.sales.operations.placing import Attribution, Buyer, PlaceLine, ShipTo, place
from shop.sales.operations.tracking import correct_tracking
from shop.sales.queries.sealed import all_facts
from tests.factories import AT, make_division, make_listing, make_supplier, spec_of
from tests.sales.offered import asked_to_fund
from tests.sales.selling import lines_of, paid, receive, ship
from tests.sales.test_bank_lines import program
from tests.sales.test_money_trails import announced, book, finance, paid_out
from tests.sales.test_tracking import RIGHT, right
from tests.tampering import faults, tamper
from traceability.models import TracedParcel

pytestmark = pytest.mark.django_db
SESSION, CAMPAIGN = Attribution("live", "7", "柚子开摘"), Attribution("campaign", "12", "冬柑")


def _placed() -> Purchase:
    """Place one piece of goods of two suppliers, from a session, by who came from a campaign before."""
    make_division()
    specs = [spec_of(make_listing(supplier=make_supplier(), stock=5)) for _ in range(2)]
    return place(
        actor=None, at=AT, lines=[PlaceLine(spec, 1, spec.price_fen) for spec in specs], buyer=Buyer(phone="+8613800002046"),
        ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"), key="from a session", attribution=SESSION, also=[CAMPAIGN],
    )  # fmt: skip


LINE = {
    "county_code": "'441402'",
    "pairing": "'4406-5134'",
    "village_id": "77",
    "net_grams": "net_grams + 1",
    "name_zh": "'别的'",
    "name_en": "'other'",
    "spec_zh": "'别的'",
    "spec_en": "'other'",
    "picture_key": "'other'",
    "price_source": "'drop:1'",
    "listing_id": "listing_id + 100",
    "specification_id": "specification_id + 100",
    "certificate_id": "77",
    "is_fresh": "NOT is_fresh",
    "damage_covered": "NOT damage_covered",
    "is_weighed": "NOT is_weighed",
    "promised_until": "'2027-01-01'",
    "promised_from": "'2026-01-01'",
    "unit_price_fen": "unit_price_fen + 1",
    "discount_fen": "discount_fen + 1",
    "ordered": "ordered + 1",
    "stock_id": "stock_id + 100",
}


@pytest.mark.parametrize("column", LINE)
def test_a_sold_line_that_says_something_else_is_noticed(column: str) -> None:
    one, other = LineFacts.objects.filter(order__purchase=_placed()).order_by("pk")
    assert faults() == []

    tamper(f"UPDATE sales_linefacts SET {column} = {LINE[column]} WHERE line_id = %s", one.pk)

    found = faults()
    assert f"what order_line {one.pk} said when it was written" in found
    assert f"what order_line {other.pk} said when it was written" not in found


def test_lines_of_another_order_supplier_or_day_are_noticed() -> None:
    one, other = OrderFacts.objects.filter(purchase=_placed()).order_by("pk")
    (line,) = lines_of(one)
    for statement, given in (
        ("UPDATE sales_orderfacts SET supplier_id = %s WHERE order_id = %s", (other.supplier_id, one.pk)),
        ("UPDATE sales_orderfacts SET placed_at = %s WHERE order_id = %s", (AT + timedelta(days=400), one.pk)),
        ("UPDATE sales_linefacts SET order_id = %s WHERE line_id = %s", (other.pk, line.pk)),
    ):
        tamper(statement, *given)
        assert f"what order_line {line.pk} said when it was written" in faults()
        tamper("UPDATE sales_orderfacts SET supplier_id = %s WHERE order_id = %s", one.supplier_id, one.pk)
        tamper("UPDATE sales_orderfacts SET placed_at = %s WHERE order_id = %s", AT, one.pk)
        tamper("UPDATE sales_linefacts SET order_id = %s WHERE line_id = %s", one.pk, line.pk)
    assert faults() == []


def test_orders_and_purchases_that_lost_what_they_are_made_of_are_noticed() -> None:
    purchase = _placed()
    one, other = OrderFacts.objects.filter(purchase=purchase).select_related("order").order_by("pk")
    tamper("UPDATE sales_linefacts SET order_id = %s WHERE order_id = %s", other.pk, one.pk)
    empty = Purchase.objects.create(**_copied(purchase))

    assert {f"goods of order {one.order.number}", f"purchase {empty.number}"} <= set(faults())


def _copied(purchase: Purchase) -> dict[str, Any]:
    facts = Purchase.objects.filter(pk=purchase.pk).values().get()
    del facts["id"]
    return facts | {"number": "HQ1", "key": "copied"}


def test_what_happens_to_a_line_afterwards_is_no_fault() -> None:
    order = receive(ship(paid((make_listing(stock=5), 2))))

    assert (lines_of(order)[0].accepted, faults()) == (2, [])


def test_a_source_that_was_changed_added_or_deleted_is_noticed() -> None:
    purchase = _placed()
    session, campaign = (OrderAttribution.objects.get(kind=kind) for kind in ("live", "campaign"))
    assert faults() == []

    tamper("UPDATE sales_orderattribution SET ref = '8' WHERE id = %s", campaign.pk)
    assert faults() == [f"what order_source {campaign.pk} said when it was written"]
    tamper("UPDATE sales_orderattribution SET ref = '12' WHERE id = %s", campaign.pk)

    tamper("DELETE FROM sales_orderattribution WHERE id = %s", session.pk)
    assert faults() == [f"sealed order_source {session.pk} is missing", f"channel of purchase {purchase.number}"]

    OrderAttribution.objects.create(pk=session.pk, purchase=purchase, kind="live", ref="7", label="柚子开摘")
    added = OrderAttribution.objects.create(purchase=purchase, kind="need", ref="3", label="")
    assert faults() == [f"what order_source {added.pk} said when it was written"]


@pytest.mark.parametrize(("kind", "ref"), [("shop", ""), ("live", "8"), ("unit", "7")])
def test_another_channel_than_of_the_sources_is_noticed(kind: str, ref: str) -> None:
    purchase = _placed()
    tamper("UPDATE sales_purchase SET attribution_kind = %s, attribution_ref = %s", kind, ref)

    # The address of a unit is sealed as one that is not erased with who bought.
    also = [f"what purchase_address {purchase.pk} said when it was written"] if kind == "unit" else []
    assert faults() == [*also, f"channel of purchase {purchase.number}"]


@pytest.mark.parametrize(
    "change",
    [
        "terms = '{}'",
        "most_fen = most_fen + 100",
        "most_fen = most_fen - 100",
        "ends_at = '2027-12-31 00:00:00+00:00'",
        "version = version + 1",
        "asked_at = '2026-01-01 00:00:00+00:00'",
        "asked_by_id = 4",
    ],
)
def test_terms_of_a_consent_that_were_changed_are_noticed(change: str) -> None:
    asked = asked_to_fund(make_supplier())
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    assert faults() == []

    tamper(f"UPDATE sales_offerconsent SET {change}")

    assert f"what offer_consent {asked.pk} said when it was written" in faults()


def test_another_answer_on_a_consent_or_of_somebody_else_is_noticed() -> None:
    asked = asked_to_fund(make_supplier())
    answer_consent(consent_id=asked.pk, agree=False, actor=None, at=AT)
    assert faults() == []
    for change, said in (
        ("answered_by_id = 4", f"who answered on consent {asked.pk}, or when"),
        ("answered_by_id = NULL, answered_at = NULL", f"who answered on consent {asked.pk}, or when"),
        ("state = 'withdrawn'", f"state of consent {asked.pk}, of which the last answer was declined"),
    ):
        tamper(f"UPDATE sales_offerconsent SET {change}")
        assert said in faults()
        OfferConsent.objects.update(state="declined", answered_by_id=None, answered_at=AT)
    assert faults() == []


@pytest.mark.parametrize(
    "change",
    ["reference = 'F8', reference_key = 'F8'", "at = '2026-01-01 00:00:00+00:00'", "payer = '张三'", "actor_id = 4"],
)
def test_a_transfer_that_says_something_else_is_noticed(change: str) -> None:
    _purchase, payment = announced()
    book(payment, 89_80, reference="F7")
    row = Remittance.objects.get()
    assert faults() == []

    tamper(f"UPDATE sales_remittance SET {change}")

    assert f"what remittance {row.pk} said when it was written" in faults()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("provider_ref = 'OUT-9'", "how refund {} was paid out"),
        ("finished_at = '2026-01-01 00:00:00+00:00'", "how refund {} was paid out"),
        ("paid_out_by_id = 4", "how refund {} was paid out"),
        ("account_version = 2", "account that refund {} was paid to"),
        ("payee_why = '代收'", "account that refund {} was paid to"),
    ],
)
def test_a_paid_out_refund_that_says_something_else_is_noticed(change: str, said: str) -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "F7")
    refund = Refund.objects.get()
    paid_out(purchase, refund, "OUT-7")
    assert faults() == []

    tamper(f"UPDATE sales_refund SET {change}")

    assert said.format(refund.pk) in faults()


@pytest.mark.parametrize(
    "change", ["number = '6222089999999999'", "holder = '张三'", "bank = '农行'", "version = version + 1", "salt = ''"]
)
def test_another_account_than_was_given_is_noticed(change: str) -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "F7")
    for number in ("6222083602001", "6222083602002"):
        give_account(purchase=purchase, holder="周敏", bank="工行", number=number, actor=None, at=AT)
    assert faults() == []

    tamper(f"UPDATE sales_refundaccount SET {change}")

    assert faults() == [f"account that refunds of purchase {purchase.number} go to"]


def test_finance_is_not_shown_an_account_that_was_changed_and_asks_again() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "F7")
    given = {"purchase": purchase, "holder": "周敏", "bank": "工行", "number": "6222083602001", "actor": None, "at": AT}
    give_account(**given)
    desk, theirs = finance(), "6222089999999999"
    tamper("UPDATE sales_refundaccount SET number = %s", theirs)

    page = desk.get("/review/payouts/").content.decode()
    assert ('data-testid="account-altered"' in page, theirs in page, 'data-testid="payout-account"' in page) == (
        True, False, False,
    )  # fmt: skip
    assert program().get("/review/payouts").data["items"][0]["account"] is None
    # Whatever is said then counts, even the very same.
    give_account(**given | {"number": theirs})
    assert (faults(), RefundAccount.objects.get().version) == ([], 2)
    assert theirs in desk.get("/review/payouts/").content.decode()


def test_an_account_that_nobody_gave_is_noticed_and_one_that_is_erased_is_not() -> None:
    purchase, payment = announced()
    book(payment, 40_00, "give_back", "F7")
    added = RefundAccount.objects.create(purchase=purchase, holder="张三", bank="工行", number="62220836", given_at=AT)
    assert faults() == [f"account that refunds of purchase {purchase.number} go to"]
    added.delete()
    give_account(purchase=purchase, holder="周敏", bank="工行", number="6222083602001", actor=None, at=AT)
    # As it is erased with its person: the seal stays, and nobody can tell of what.
    RefundAccount.objects.get().delete()

    assert faults() == []


PARCEL = {
    "tracking_no": "UPDATE sales_shipment SET tracking_no = 'SF9999999999999'",
    "carrier": "UPDATE sales_shipment SET carrier = 'jd'",
    "shipped_at": "UPDATE sales_shipment SET shipped_at = '2026-01-01 00:00:00+00:00'",
    "weight": "UPDATE sales_shipmentline SET grams = 7",
    "weights": "UPDATE sales_shipmentline SET piece_grams = '[3, 4]'",
}


@pytest.mark.parametrize("was_corrected", [False, True])
@pytest.mark.parametrize("what", PARCEL)
def test_a_parcel_that_says_something_else_is_noticed(what: str, was_corrected: bool) -> None:
    ship(paid((make_listing(stock=5), 2)))
    parcel = Shipment.objects.get()
    if was_corrected:
        right(parcel)
    assert faults() == []

    tamper(PARCEL[what])

    said = f"what parcel {parcel.pk} said when it was written"
    if was_corrected and what in ("tracking_no", "carrier"):
        said = f"number of parcel {parcel.pk}, which a correction made another"
    order = Shipment.objects.get().order.order.number
    assert faults() == [said, *([f"when order {order} was sent"] if what == "shipped_at" else [])]


def test_a_parcel_that_was_corrected_twice_is_as_it_was_sealed() -> None:
    ship(paid((make_listing(stock=5), 2)))
    parcel = right(Shipment.objects.get())
    correct_tracking(
        shipment_id=parcel.pk, carrier="sf", tracking_no=f"{RIGHT[:-1]}9", reason="又错了", actor=None, at=AT
    )

    assert faults() == []


def _migration(name: str) -> Any:
    return importlib.import_module(f"shop.sales.migrations.{name}")


def test_what_was_sold_before_is_sealed_as_it_is_found() -> None:
    ship(paid((make_listing(stock=5), 2)))
    right(Shipment.objects.get())
    _purchase, payment = announced(key="k2")
    book(payment, 89_80, reference="F7")
    purchase, payment = announced(key="k3")
    book(payment, 40_00, "give_back", "F8")
    give_account(purchase=purchase, holder="周敏", bank="工行", number="6222083602001", actor=None, at=AT)
    asked_to_fund(make_supplier())
    _placed()
    sealed = {(kind, pk): digest_of(facts) for kind, rows in all_facts().items() for pk, facts in rows.items()}
    tamper("DELETE FROM core_sealedfacts WHERE id > 0")
    assert len(faults()) > len(sealed) - 20

    _migration("0029_seal_what_was_sold").fill(apps, None)
    _migration("0034_seal_purchases_refunds_and_cases").fill(apps, None)
    importlib.import_module("traceability.migrations.0012_seal_parcel_codes").fill(apps, None)

    assert faults() == []
    kept = {(kind, pk): digest for kind, pk, digest in SealedFacts.objects.values_list("kind", "object_id", "digest")}
    (parcel,) = (key for key in sealed if key[0] == "parcel")
    # A corrected parcel is sealed as it was sent.
    account = ("refund_account", AuditEntry.objects.get(action="refund_account_given").pk)
    code = ("traced_parcel", TracedParcel.objects.get().pk)
    assert ({key for key in sealed if sealed[key] != kept[key]}, set(kept)) == ({parcel}, {*sealed, account, code})


def test_placing_seals_all_its_lines_and_sources_at_once() -> None:
    with CaptureQueriesContext(connection) as seen:
        purchase = _placed()

    writes = [query for query in seen.captured_queries if "core_sealedfacts" in (query["sql"] or "")]
    kinds = SealedFacts.objects.order_by("kind", "pk").values_list("kind", "at")
    assert (len(writes), OrderFacts.objects.filter(purchase=purchase).count()) == (1, 2)
    of_purchase = [(kind, AT) for kind in ("purchase", "purchase_address", "purchase_contact")]
    assert list(kinds) == [("order_line", AT)] * 2 + [("order_source", AT)] * 2 + of_purchase
