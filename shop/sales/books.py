"""Which accounts the trade moves, and the postings of each step. Pure: numbers in, postings out.

gateway:{name}          what a gateway holds for us (clearing)
supplier:{id}:held      paid, not yet received by the buyer
supplier:{id}:payable   received: to be settled with the supplier
platform:discounts      discounts that the platform pays for (clearing)
offers:{id}:given       discounts that a supplier pays for itself, on the goods that were paid and kept; no money moves
offers:given            what they add up to (clearing)
"""

from shop.core.ledger import Posting


def held(supplier_id: int) -> str:
    """Return the account of what is paid to a supplier but not yet received by the buyer."""
    return f"supplier:{supplier_id}:held"


def payable(supplier_id: int) -> str:
    """Return the account of what is to be settled with a supplier."""
    return f"supplier:{supplier_id}:payable"


def gateway(name: str) -> str:
    """Return the clearing account of a gateway."""
    return f"gateway:{name}"


def given(supplier_id: int) -> str:
    """Return the account of the discounts that a supplier pays for itself."""
    return f"offers:{supplier_id}:given"


DISCOUNTS = "platform:discounts"
GIVEN = "offers:given"


def captured(
    *, number: str, supplier_id: int, gateway_name: str, total_fen: int, platform_discount_fen: int
) -> list[Posting]:
    """Return what capturing one order's money books: the buyer's part and the platform's discount."""
    postings = []
    if total_fen:
        postings.append(
            Posting(f"capture:{number}", gateway(gateway_name), held(supplier_id), total_fen, "capture", number)
        )
    if platform_discount_fen:
        postings.append(
            Posting(
                f"discount:{number}", DISCOUNTS, held(supplier_id), platform_discount_fen, "platform_discount", number
            )
        )
    return postings


def completed(*, number: str, supplier_id: int, amount_fen: int) -> list[Posting]:
    """Return what the buyer's receipt books: what is left of the order becomes payable."""
    if not amount_fen:
        return []
    return [Posting(f"complete:{number}", held(supplier_id), payable(supplier_id), amount_fen, "complete", number)]


def refunded(
    *,
    key: str,
    number: str,
    supplier_id: int,
    gateway_name: str,
    amount_fen: int,
    discount_back_fen: int,
    is_completed: bool,
) -> list[Posting]:
    """Return what giving `amount_fen` back books; the platform's part of the discount returns to the platform."""
    source = payable(supplier_id) if is_completed else held(supplier_id)
    postings = [Posting(f"refund:{key}", source, gateway(gateway_name), amount_fen, "refund", number)]
    if discount_back_fen:
        postings.append(
            Posting(f"refund-discount:{key}", source, DISCOUNTS, discount_back_fen, "refund_discount", number)
        )
    return postings


def own_discount(*, key: str, number: str, supplier_id: int, amount_fen: int) -> list[Posting]:
    """Return what a paid order books of the supplier's own discount: it got so much less than its goods cost."""
    if not amount_fen:
        return []
    return [Posting(f"given:{key}", GIVEN, given(supplier_id), amount_fen, "own_discount", number)]


def own_discount_back(*, key: str, number: str, supplier_id: int, amount_fen: int) -> list[Posting]:
    """Return what giving an order's money back books of the supplier's own discount on it."""
    if not amount_fen:
        return []
    return [Posting(f"given-back:{key}", given(supplier_id), GIVEN, amount_fen, "own_discount_back", number)]
