"""What a request asks for: in words, as its versions keep it, and by ids beside them."""

from collections.abc import Iterable
from typing import Any

from procurement.models import PurchaseRequest, RequestLine

ADDRESS = ("ship_name", "ship_phone", "ship_division_id", "ship_street")
_FACTS = (*ADDRESS, "fund", "terms", "note", "freight_fen")
_LINE = ("sku", "name_zh", "name_en", "spec_zh", "spec_en", "unit_price_fen", "quantity")


def request_key(number: str) -> str:
    """Return the key that the purchase of a request is placed with."""
    return f"request:{number}"


def facts_of(request: PurchaseRequest) -> dict[str, Any]:
    """Return what is approved besides the lines and the year: a version keeps it, and nothing else is ordered."""
    return {name: getattr(request, name) for name in _FACTS}


def lines_of(lines: Iterable[RequestLine]) -> list[dict[str, Any]]:
    """Return lines as a version keeps them."""
    return [{name: getattr(line, name) for name in _LINE} for line in lines]


def asked_of(request: PurchaseRequest, lines: Iterable[RequestLine]) -> dict[str, Any]:
    """Return who asks for what, by ids: a decision's entry in the audit trail says it beside the version's words."""
    goods = [[line.specification_id, line.listing_id, line.supplier_id, line.quantity] for line in lines]
    return {"unit": request.unit_id, "buyer": request.buyer_id, "editors": list(request.editors), "goods": goods}
