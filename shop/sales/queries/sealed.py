"""The facts of the trade that nothing else lets one work out again, and that are sealed when they are written.

What changes by law afterwards is not among them: pieces sent or given back, money, states. A parcel's number may be
corrected; the audit trail then says what it was before (`trail_projections`). What is erased with its person is hashed
with the purchase's own salt, which is erased with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import F

from shop.core.models import AuditEntry
from shop.core.sealed import FEW, differing, facts_of
from shop.sales import hooks
from shop.sales.models import (
    AfterSale,
    LineFacts,
    OfferConsent,
    OrderAttribution,
    Purchase,
    Refund,
    RefundAccount,
    Remittance,
    Shipment,
    ShipmentLine,
)
from shop.sales.states import Terms

LINE, SOURCE, CONSENT, MONEY, PARCEL = "order_line", "order_source", "offer_consent", "remittance", "parcel"
ACCOUNT = "refund_account"
PURCHASE, CONTACT, SHIP_TO, BROWSER = "purchase", "purchase_contact", "purchase_address", "purchase_browser"
PAYMENT, REFUND, CASE = "remittance_payment", "refund", "after_sale"
_LINE = (
    *("pk", "order_id", "order__purchase_id", "order__supplier_id", "order__placed_at"),
    *("listing_id", "specification_id", "stock_id", "name_zh", "name_en", "spec_zh", "spec_en", "picture_key"),
    *("unit_price_fen", "discount_fen", "price_source", "net_grams", "ordered"),
    *("county_code", "village_id", "pairing", "certificate_id", "is_fresh", "damage_covered", "is_weighed"),
    *("promised_until", "promised_from"),
)
_SOURCE = ("pk", "purchase_id", "kind", "ref", "label")
_CONSENT = ("pk", "offer_id", "supplier_id", "version", "terms", "most_fen", "ends_at", "asked_at", "asked_by_id")
_MONEY = ("pk", "payment_id", "amount_fen", "payer", "reference", "reference_key", "actor_id", "at")
_PARCEL = ("pk", "order_id", "carrier", "tracking_no", "shipped_at")
_ACCOUNT = ("pk", "holder", "bank", "number", "version", "way", "given_at", "salt")
_PACKED = ("shipment_id", "line_id", "quantity", "grams", "piece_grams")
_PURCHASE = (
    *("pk", "number", "key", "placed_at", "terms", "term_days", "coupon_code", "basket_id"),
    *("goods_fen", "discount_fen", "freight_fen", "total_fen", "ship_division_id", "invoice_title", "invoice_tax_no"),
)
_CONTACT = ("contact_phone", "contact_email", "invoice_title", "invoice_email", "content_digest")
_SHIP_TO = ("ship_name", "ship_phone", "ship_street", "ship_postcode")
_BROWSER = ("guest_token_hash", "link_token_hash")
_PERSON = ("pk", "attribution_kind", "seal_salt", "invoice_tax_no", *_CONTACT, *_SHIP_TO, *_BROWSER)
_PAYMENT = ("payable_kind", "payable_id", "gateway", "method", "key", "started_at")
_REFUND = ("pk", "payment_id", "order_id", "amount_fen", "reason", "key", "requested_at")
_CASE = ("pk", "line_id", "kind", "quantity", "amount_fen", "opened_at")
# What a person is called once it is erased.
NOBODY = "**"
AT_ONCE = 2000
Sealed = dict[int, dict[str, Any]]
Facts = dict[str, Any]


def placed_facts(
    lines: Iterable[LineFacts], sources: Iterable[OrderAttribution], purchase: Purchase | None = None
) -> dict[str, Sealed]:
    """Return what is sealed of a purchase that was just written. No query."""
    found = {
        LINE: {line.pk: facts_of(line, _LINE) for line in lines},
        SOURCE: {source.pk: facts_of(source, _SOURCE) for source in sources},
    }
    if purchase is not None:
        found[PURCHASE] = {purchase.pk: _as_placed(facts_of(purchase, _PURCHASE))}
        person = facts_of(purchase, _PERSON)
        found |= {kind: {purchase.pk: facts} for kind, facts in _of_person(person).items()}
    return found


def _as_placed(facts: Facts) -> Facts:
    """Return what never changes of a purchase: one paid online may be paid by transfer, and waits longer then.

    A title without a tax number is its person's, and is sealed as that.
    """
    terms = Terms.ONLINE if facts["terms"] == Terms.TRANSFER else facts["terms"]
    title = facts["invoice_title"] if facts["invoice_tax_no"] else ""
    return facts | {"terms": str(terms), "invoice_title": title}


def _of_person(row: Facts) -> dict[str, Facts]:
    """Return by kind what is sealed of who bought, and of where it goes; nothing of what was erased or never said.

    The address of a unit or of who was given to is theirs: it is not erased with who bought, and needs no salt.
    """
    title = "" if row["invoice_tax_no"] else row["invoice_title"]
    said = {name: row[name] for name in _CONTACT} | {"invoice_title": title}
    address = {name: row[name] for name in _SHIP_TO}
    tokens = {name: row[name] for name in _BROWSER}
    found: dict[str, Facts] = {}
    if any(said.values()):
        found[CONTACT] = {"pk": row["pk"], "salt": row["seal_salt"], **said}
    if address != dict.fromkeys(_SHIP_TO, "") | {"ship_name": NOBODY}:
        salt = "" if row["attribution_kind"] in hooks.doors else row["seal_salt"]
        found[SHIP_TO] = {"pk": row["pk"], "salt": salt, **address}
    if any(tokens.values()):
        found[BROWSER] = {"pk": row["pk"], **tokens}
    return found


def each_person() -> Iterator[tuple[str, Facts]]:
    """Return, purchase by purchase, what is sealed of who bought, by kind. One query."""
    for row in Purchase.objects.order_by("pk").values(*_PERSON).iterator(AT_ONCE):
        yield from _of_person(row).items()


def money_facts(row: Remittance) -> dict[str, Sealed]:
    """Return what is sealed of money that was just booked, and of the attempt it came by. No query."""
    of_payment = {"pk": row.pk, "payment_id": row.payment_id} | facts_of(row.payment, _PAYMENT)
    return {MONEY: {row.pk: facts_of(row, _MONEY)}, PAYMENT: {row.pk: of_payment}}


def refund_facts(refunds: Iterable[Refund]) -> Sealed:
    """Return what is sealed of refunds that were just asked for. No query."""
    return {refund.pk: facts_of(refund, _REFUND) for refund in refunds}


def case_facts(case: AfterSale) -> Sealed:
    """Return what is sealed of a case that was just opened. No query."""
    return {case.pk: facts_of(case, _CASE)}


def consent_facts(**which: Any) -> Sealed:
    """Return, by id, on what terms suppliers were asked to pay for offers. One query."""
    return {row["pk"]: row for row in OfferConsent.objects.filter(**which).order_by("pk").values(*_CONSENT)}


def parcel_facts(**which: Any) -> Sealed:
    """Return, by id, what parcels say and hold. Two queries."""
    found: Sealed = {
        row["pk"]: row | {"lines": []} for row in Shipment.objects.filter(**which).order_by("pk").values(*_PARCEL)
    }
    of = {f"shipment__{name}": value for name, value in which.items()}
    for pk, *packed in ShipmentLine.objects.filter(**of).order_by("line_id").values_list(*_PACKED):
        found[pk]["lines"].append(packed)
    return found


def account_facts(account: RefundAccount, entry_id: int) -> Sealed:
    """Return what is sealed of an account that refunds go to, by the entry of the audit trail that it was given with.

    Each word of it is another seal, the row has the last one. It goes with its person, and its salt with it. No query.
    """
    return {entry_id: facts_of(account, _ACCOUNT)}


def altered_accounts(accounts: Mapping[str, RefundAccount]) -> list[str]:
    """Return of which purchases (by number) the account is not the one that was given last. Two queries."""
    entries = AuditEntry.objects.filter(object_kind="purchase", action="refund_account_given")
    if len(accounts) < FEW:
        entries = entries.filter(object_id__in=accounts)
    given: dict[str, int] = dict(entries.order_by("pk").values_list("object_id", "pk"))
    facts: Sealed = {}
    for number in accounts.keys() & given.keys():
        facts |= account_facts(accounts[number], given[number])
    altered = set(differing(ACCOUNT, facts))
    return [number for number in accounts if number not in given or given[number] in altered]


def each_fact() -> dict[str, Iterator[dict[str, Any]]]:
    """Return by kind what is sealed of rows that never change, row by row: there are many. A query for each kind."""
    rows = {LINE: (LineFacts, _LINE), SOURCE: (OrderAttribution, _SOURCE), MONEY: (Remittance, _MONEY)}
    rows |= {CONSENT: (OfferConsent, _CONSENT), REFUND: (Refund, _REFUND), CASE: (AfterSale, _CASE)}
    found: dict[str, Iterator[Facts]] = {
        kind: iter(model._default_manager.order_by("pk").values(*names).iterator(AT_ONCE))
        for kind, (model, names) in rows.items()
    }
    found[PURCHASE] = map(_as_placed, Purchase.objects.order_by("pk").values(*_PURCHASE).iterator(AT_ONCE))
    attempts = {name: F(f"payment__{name}") for name in _PAYMENT}
    of_payment: Any = Remittance.objects.order_by("pk").values("pk", "payment_id", **attempts)
    found[PAYMENT] = iter(of_payment.iterator(AT_ONCE))
    return found


def all_facts() -> dict[str, Sealed]:
    """Return everything that is sealed here with the row, by kind and id. Ten queries."""
    found = {kind: {row["pk"]: row for row in rows} for kind, rows in each_fact().items()}
    for kind, facts in each_person():
        found.setdefault(kind, {})[facts["pk"]] = facts
    return found | {PARCEL: parcel_facts()}
