"""The facts of the trade that nothing else lets one work out again, and that are sealed when they are written.

What changes by law afterwards is not among them: pieces sent or given back, money, states. A parcel's number may be
corrected; the audit trail then says what it was before (`trail_projections`).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from shop.core.models import AuditEntry
from shop.core.sealed import FEW, differing, facts_of
from shop.sales.models import (
    LineFacts,
    OfferConsent,
    OrderAttribution,
    RefundAccount,
    Remittance,
    Shipment,
    ShipmentLine,
)

LINE, SOURCE, CONSENT, MONEY, PARCEL = "order_line", "order_source", "offer_consent", "remittance", "parcel"
ACCOUNT = "refund_account"
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
AT_ONCE = 2000
Sealed = dict[int, dict[str, Any]]


def placed_facts(lines: Iterable[LineFacts], sources: Iterable[OrderAttribution]) -> dict[str, Sealed]:
    """Return what is sealed of a purchase that was just written. No query."""
    return {
        LINE: {line.pk: facts_of(line, _LINE) for line in lines},
        SOURCE: {source.pk: facts_of(source, _SOURCE) for source in sources},
    }


def money_facts(row: Remittance) -> Sealed:
    """Return what is sealed of money that was just booked. No query."""
    return {row.pk: facts_of(row, _MONEY)}


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
    rows |= {CONSENT: (OfferConsent, _CONSENT)}
    return {
        kind: iter(model._default_manager.order_by("pk").values(*names).iterator(AT_ONCE))
        for kind, (model, names) in rows.items()
    }


def all_facts() -> dict[str, Sealed]:
    """Return everything that is sealed here with the row, by kind and id. Six queries."""
    found = {kind: {row["pk"]: row for row in rows} for kind, rows in each_fact().items()}
    return found | {PARCEL: parcel_facts()}
