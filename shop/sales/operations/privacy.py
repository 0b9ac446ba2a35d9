"""What sales gives out about a person, and how orders lose one.

Orders are kept for years by law; the person in them is not. Answers `shop.accounts.hooks`.
"""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from oscar.apps.basket.models import Basket
from oscar.apps.order.models import Order
from oscar.apps.wishlists.models import WishList

from shop.core.errors import DomainError
from shop.sales.models import AfterSale, OrderFacts, Purchase, RefundAccount, Remittance, ReviewFacts
from shop.sales.queries.payouts import by_hand
from shop.sales.states import AfterSaleState, OrderState, PurchaseState, RefundState

NOBODY = "**"
OPEN_ORDERS = (OrderState.UNPAID, OrderState.TO_SHIP, OrderState.SHIPPED)


class StillOpen(DomainError):
    """Something is on its way to or from the person: it must end first."""

    code = "orders_open"


def export_purchases(user: Any) -> dict[str, Any]:
    """Return the person's purchases with their orders, and reviews, as plain JSON values. Amounts in 分."""
    purchases = Purchase.objects.filter(user=user).select_related("ship_division").order_by("pk")
    orders: dict[int, list[dict[str, Any]]] = {}
    rows = OrderFacts.objects.filter(purchase__user=user).select_related("order", "supplier").prefetch_related("lines")
    for row in rows.order_by("pk"):
        lines = [{"name": line.name_zh, "quantity": line.ordered} for line in row.lines.all()]
        orders.setdefault(row.purchase_id, []).append(
            {
                "number": row.order.number,
                "supplier": row.supplier.name_zh,
                "state": row.state,
                "total_fen": row.total_fen,
                "note": row.note,
                "lines": lines,
            }
        )
    accounts = {
        each.purchase_id: {"holder": each.holder, "bank": each.bank, "number": each.number}
        for each in RefundAccount.objects.filter(purchase__user=user)
    }
    payers: dict[int, list[str]] = {}
    for purchase_id, payer in _remittances(purchases).values_list("payment__payable_id", "payer"):
        payers.setdefault(purchase_id, []).append(payer)
    reviews = ReviewFacts.objects.filter(review__user=user).select_related("review").order_by("pk")
    return {
        "purchases": [
            {
                "number": row.number,
                "placed": row.placed_at.isoformat(),
                "state": row.state,
                "total_fen": row.total_fen,
                "recipient": row.ship_name,
                "phone": row.ship_phone,
                "address": f"{row.ship_division.full_name_zh} {row.ship_street}",
                "invoice_title": row.invoice_title,
                "refund_account": accounts.get(row.pk),
                "payers": payers.get(row.pk, []),
                "orders": orders.get(row.pk, []),
            }
            for row in purchases
        ],
        "reviews": [{"stars": row.review.score, "text": row.review.body} for row in reviews],
    }


def _remittances(purchases: QuerySet[Purchase]) -> QuerySet[Remittance]:
    """Return the money that came for these purchases by transfers, which name who paid."""
    rows = Remittance.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchases.values("pk"))
    return rows.exclude(payer="").order_by("pk")


def erase_buyer(user: Any, at: datetime) -> None:
    """Take the person out of its orders and reviews; baskets and wish lists go. In the caller's transaction.

    Raises StillOpen while something is unpaid, under way, or being settled.
    """
    own = Purchase.objects.filter(user=user)
    list(own.order_by("pk").select_for_update(no_key=True).values_list("pk"))
    is_open = Q(state__in=OPEN_ORDERS) | Q(purchase__state=PurchaseState.UNPAID)
    if OrderFacts.objects.filter(is_open, purchase__user=user).exists():
        raise StillOpen(_("Some of your orders are not finished yet. Receive or cancel them first."))
    if AfterSale.objects.filter(line__order__purchase__user=user, state=AfterSaleState.OPEN).exists():
        raise StillOpen(_("A complaint of yours is still being settled. Please wait for it first."))
    if by_hand().filter(payment__payable_id__in=own.values("pk"), state=RefundState.REQUESTED).exists():
        raise StillOpen(_("Money of yours is still to be paid back. Please wait for it first."))
    RefundAccount.objects.filter(purchase__user=user).delete()
    _remittances(own).update(payer=NOBODY)
    ReviewFacts.objects.filter(line__order__purchase__user=user).update(shown_name=NOBODY)
    OrderFacts.objects.filter(purchase__user=user).update(note="")
    Order.objects.filter(facts__purchase__user=user).update(guest_email="")
    own.update(
        contact_phone="",
        contact_email="",
        guest_token_hash="",
        link_token_hash="",
        ship_name=NOBODY,
        ship_phone="",
        ship_street="",
        invoice_email="",
    )
    Basket.objects.filter(owner=user, status=Basket.OPEN).delete()
    WishList.objects.filter(owner=user).delete()
