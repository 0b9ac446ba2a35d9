"""Which accounts the trade moves, and the postings of each step. Pure: numbers in, postings out.

gateway:{name}          what a gateway holds for us (clearing)
purchase:{no}:received  came for a purchase, not taken by its orders and not sent back
refunds:to_pay          goes back to buyers, and finance has not paid it out yet
supplier:{id}:held      paid, not yet received by the buyer
supplier:{id}:payable   received and paid: to be settled with the supplier; where the goods come first, delivery by delivery
platform:discounts      discounts that the platform pays for (clearing)
offers:{id}:given       discounts that a supplier pays for itself, on the goods that were paid and kept; no money moves
offers:given            what they add up to (clearing)
"""

from shop.core.ledger import Posting
from shop.sales.rules import is_by_hand


def held(supplier_id: int) -> str:
    """Return the account of what is paid to a supplier but not yet received by the buyer."""
    return f"supplier:{supplier_id}:held"


def payable(supplier_id: int) -> str:
    """Return the account of what is to be settled with a supplier."""
    return f"supplier:{supplier_id}:payable"


def source(supplier_id: int, *, is_completed: bool) -> str:
    """Return where the money of an order stands with its supplier."""
    return payable(supplier_id) if is_completed else held(supplier_id)


def gateway(name: str) -> str:
    """Return the clearing account of a gateway."""
    return f"gateway:{name}"


def received(purchase_number: str) -> str:
    """Return the account of what came for a purchase and waits there."""
    return f"purchase:{purchase_number}:received"


def came(*, key: str, number: str, gateway_name: str, fen: int) -> Posting:
    """Return what money that comes for a purchase books, enough or not."""
    return Posting(f"came:{key}", gateway(gateway_name), received(number), fen, "came", number)


def given(supplier_id: int) -> str:
    """Return the account of the discounts that a supplier pays for itself."""
    return f"offers:{supplier_id}:given"


PART = "part"
PART_BACK = "part_back"


def part_changed(*, number: str, purchase_number: str, supplier_id: int, fen: int, nth: int) -> list[Posting]:
    """Return what an order books of its accepted goods before its purchase is paid: `fen` more, or less below zero."""
    waits, own = received(purchase_number), payable(supplier_id)
    if fen > 0:
        return [Posting(f"part:{number}:{nth}", waits, own, fen, PART, number)]
    return [Posting(f"part-back:{number}:{nth}", own, waits, -fen, PART_BACK, number)] if fen else []


def part_received(*, key: str, number: str, supplier_id: int, fen: int) -> list[Posting]:
    """Return what a delivery that is accepted after its purchase was paid makes payable, before the order is complete."""
    if not fen:
        return []
    return [Posting(f"part-received:{key}", held(supplier_id), payable(supplier_id), fen, "part_received", number)]


def part_reduced(*, key: str, number: str, supplier_id: int, fen: int) -> list[Posting]:
    """Return what a refund needs of what is payable already, while the order is not complete."""
    if not fen:
        return []
    return [Posting(f"part-reduced:{key}", payable(supplier_id), held(supplier_id), fen, "part_reduced", number)]


DISCOUNTS = "platform:discounts"
GIVEN = "offers:given"
TO_PAY = "refunds:to_pay"


def captured(
    *, number: str, purchase_number: str, supplier_id: int, total_fen: int, platform_discount_fen: int
) -> list[Posting]:
    """Return what an order takes when its purchase is paid: the buyer's part and the platform's discount."""
    postings = []
    if total_fen:
        postings.append(
            Posting(f"capture:{number}", received(purchase_number), held(supplier_id), total_fen, "capture", number)
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


def sent_back(*, key: str, source: str, gateway_name: str, fen: int, reference: str) -> Posting:
    """Return what giving money back books; by hand it is to be paid out first."""
    to = TO_PAY if is_by_hand(gateway_name) else gateway(gateway_name)
    return Posting(f"refund:{key}", source, to, fen, "refund", reference)


def paid_out(*, key: str, gateway_name: str, fen: int, reference: str) -> Posting:
    """Return what finance's payment of a refund books."""
    return Posting(f"paid-out:{key}", TO_PAY, gateway(gateway_name), fen, "paid_out", reference)


def discount_back(*, key: str, number: str, source: str, fen: int) -> list[Posting]:
    """Return what of the platform's discount goes back to the platform with a refund."""
    return [Posting(f"refund-discount:{key}", source, DISCOUNTS, fen, "refund_discount", number)] if fen else []


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
