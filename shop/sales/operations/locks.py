"""The one order of locks: written down here, taken here, checked by `tests/interleavings/test_lock_order.py`.

Two transactions that take the same locks in different orders end in a deadlock. So whatever locks several rows locks
them in the order of `LOCK_ORDER`, rows of one table by their ids; updating a row locks it like `SELECT … FOR UPDATE`.
What is locked already may be read and changed again at any time.

An order is never locked without its purchase: paying and expiring start from the purchase, cancelling and shipping
from an order, and all of them meet at the purchase's row.
"""

from typing import Any

from shop.sales.models import OrderFacts, Purchase

# Tables by what they hold. Those of packages above are named as text: nothing is imported from above.
LOCK_ORDER: tuple[str, ...] = (
    "accounts_user",
    # What somebody opened before anything is bought: a request, a need, a session, a basket.
    "procurement_budgetunit",
    "procurement_quotadeclaration",
    "procurement_purchaserequest",
    "procurement_need",
    "procurement_receiptlink",
    "livestream_livesession",
    "basket_basket",
    "basket_line",
    # The trade: purchase, its attempts to pay, its orders by id.
    "sales_purchase",
    "sales_payment",
    # A line of the bank's statement, which several purchases may share.
    "sales_statementline",
    "sales_orderfacts",
    # What many buyers share: listings, drops, stock pools, lots, offers, guarded accounts; each by id.
    "catalog_listing",
    "livestream_drop",
    "catalog_stock",
    "traceability_producelot",
    "traceability_supplierchain",
    "catalog_certificate",
    "voucher_voucher",
    "offer_conditionaloffer",
    "sales_offerconsent",
    # Certified output (`certificate:…`) before budgets (`budget:…`), as participants are called.
    "core_account",
)

# Rows that change only under the lock of what they belong to: nobody waits for them, so they have no place above.
OWNED_BY: dict[str, str] = {
    "order_order": "sales_purchase",
    "sales_linefacts": "sales_orderfacts",
    "sales_aftersale": "sales_orderfacts",
    "sales_offerapproval": "offer_conditionaloffer",
    "procurement_unitorder": "sales_orderfacts",
}


def lock_purchase(purchase_id: int) -> Purchase:
    """Return a purchase with its row locked until the transaction ends."""
    return Purchase.objects.select_for_update(no_key=True).get(pk=purchase_id)


def lock_order(order_id: int) -> OrderFacts:
    """Return an order's facts with its purchase and then its own row locked until the transaction ends."""
    # A subquery would lock in an order of the planner's choice; the purchase of an order never changes.
    purchase = lock_purchase(OrderFacts.objects.values_list("purchase_id", flat=True).get(pk=order_id))
    order = _locked_orders().get(pk=order_id)
    order.purchase = purchase
    return order


def lock_orders(purchase: Purchase) -> list[OrderFacts]:
    """Return the orders of a locked purchase, locked in the order of their ids."""
    orders = list(_locked_orders().filter(purchase_id=purchase.pk).order_by("pk"))
    for order in orders:
        order.purchase = purchase
    return orders


def _locked_orders() -> Any:
    return OrderFacts.objects.select_for_update(of=("self",), no_key=True).select_related("order")
