"""What a request asks for, by ids: kept beside its versions' words, so that neither changes without the other."""

from collections.abc import Iterable
from typing import Any

from procurement.models import PurchaseRequest, RequestLine


def request_key(number: str) -> str:
    """Return the key that the purchase of a request is placed with."""
    return f"request:{number}"


def asked_of(request: PurchaseRequest, lines: Iterable[RequestLine]) -> dict[str, Any]:
    """Return who asks for what, by ids: a decision's entry in the audit trail says it beside the version's words."""
    goods = [[line.specification_id, line.listing_id, line.supplier_id, line.quantity] for line in lines]
    return {"unit": request.unit_id, "buyer": request.buyer_id, "editors": list(request.editors), "goods": goods}
