"""The cashier: choose how to pay, wait for the provider, see what was bought.

Its addresses have no language; it speaks the one of `lang`, else the one the visitor chose last.
"""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.core import sent
from shop.core.errors import DomainError
from shop.core.languages import spoken
from shop.core.money import in_yuan
from shop.core.numbered import numbered
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.sales import hooks, visitors
from shop.sales.gateways import offered
from shop.sales.money_shown import cancel_purchase_words, cancel_unpaid_words, cancelled_words
from shop.sales.operations import baskets, closing, payments
from shop.sales.operations.payouts import give_account
from shop.sales.operations.slips import add_slip
from shop.sales.queries import cashier as queries
from shop.sales.queries.backs import NOTHING, orders_would_go_back, purchase_would_go_back, went_back_of
from shop.sales.queries.cashier import Cashier, PlacedOrder
from shop.sales.queries.slips import slip_replaced, slips_of
from shop.sales.queries.unpayable import Unpayable, unpayable, unpayable_words
from shop.sales.states import PurchaseState


def _of(request: HttpRequest, number: str) -> Cashier:
    """Return the visitor's own purchase, expired if its time is over. Raises Http404 for anybody else's."""
    at = timezone.now()
    visitor = visitors.visitor(request)
    found = queries.cashier_of(visitor, number, at=at)
    if found is not None and found.is_due and closing.expire_purchase(purchase_id=found.purchase.pk, at=at):
        found = queries.cashier_of(visitor, number, at=at)
    if found is None:
        raise Http404(number)
    visitors.end_checkout(request, found.purchase.key)
    return found


def _to(number: str, step: str = "") -> HttpResponseRedirect:
    return HttpResponseRedirect(f"/pay/{number}/{step}")


@never_cache
@spoken
@numbered
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, number: str) -> HttpResponse:
    """Ask where the money of a bank transfer goes back to."""
    found = _of(request, number)
    door = hooks.elsewhere(hooks.Step.PAY, found.purchase)
    if door is not None:
        return HttpResponseRedirect(door.url)
    if found.goes_back is None:
        return _to(number)
    if request.method != "POST":
        return _show(request, found, "cashier_account")
    try:
        give_account(
            purchase=found.purchase,
            **{name: sent.line(request, name) for name in ("holder", "bank", "number")},
            actor=visitors.user_of(request),
            at=timezone.now(),
            way=found.way,
        )
    except DomainError as error:
        said = {"field": error.field, "refusal": str(error.message), "sent": request.POST, "refused_form": "refund"}
        return _show(request, found, "cashier_account", error.status, **said)
    messages.success(request, _("Thank you: finance pays it to this account."))
    return _to(number)


def _show(request: HttpRequest, found: Cashier, template: str, status: int = 200, **more: Any) -> HttpResponse:
    is_open = found.purchase.state == PurchaseState.UNPAID
    barred = unpayable(found.purchase.pk, at=timezone.now()) if is_open else Unpayable()
    short = [order for order in found.orders if order.number in barred.numbers]
    context = {
        "it": found,
        "purchase": found.purchase,
        "orders": found.orders,
        "without_goods": unpayable_words(barred),
        "short_orders": _cancels_each(found, short),
        "is_all_short": len(short) == found.open_count,
        "may_return": not barred.revoked,
        "cancels": _cancels(found) if is_open else "",
        **more,
    }
    return render(request, f"sales/{template}.html", context, status=status)


def _cancels(found: Cashier) -> str:
    """Say what cancelling the whole purchase ends, and what becomes of its money."""
    back = purchase_would_go_back(found.purchase)
    return cancel_purchase_words(back, names=found.open_names, orders=found.open_count, way=found.way)


def _cancels_each(found: Cashier, orders: Sequence[PlacedOrder]) -> list[tuple[PlacedOrder, str]]:
    """Say of each of these orders what cancelling it alone ends, and what becomes of money that came."""
    would = orders_would_go_back(found.purchase) if orders else {}
    return [
        (
            order,
            cancel_unpaid_words(
                would.get(order.pk, NOTHING),
                {"supplier": order.supplier, "goods": order.goods, "fen": in_yuan(order.left_fen)},
                found.way,
            ),
        )
        for order in orders
    ]


@never_cache
@spoken
@numbered
@require_http_methods(["GET", "HEAD", "POST"])
def cashier(request: HttpRequest, number: str) -> HttpResponse:
    """Show how to pay and until when; a choice starts the payment."""
    found = _of(request, number)
    purchase = found.purchase
    if purchase.state == PurchaseState.PAID:
        return _to(number, "done/")
    if purchase.state != PurchaseState.UNPAID:
        return _show(request, found, "cashier_closed")
    if request.method == "POST":
        return _start(request, found)
    door = hooks.elsewhere(hooks.Step.PAY, purchase)
    if door is not None:
        messages.info(request, door.why)
        return HttpResponseRedirect(door.url)
    return _choose(request, found)


def _choose(request: HttpRequest, found: Cashier) -> HttpResponse:
    """Show the ways to pay, unless one is under way: whoever comes back finds the account and the code again."""
    if "other" not in request.GET:
        if found.is_checking:
            return _show(request, found, "cashier_checking")
        if found.transfer is not None and found.transfer == found.payment:
            return _to(found.purchase.number, "transfer/")
    return _show(request, found, "cashier", gateways=queries.offered_to(found))


def _start(request: HttpRequest, found: Cashier) -> HttpResponse:
    method = request.POST.get("method", "")
    number = found.purchase.number
    if method not in offered():
        return _show(request, found, "cashier", 422, gateways=queries.offered_to(found), error=_("Choose how to pay."))
    try:
        _payment, started = payments.start_payment(purchase=found.purchase, gateway_name=method, at=timezone.now())
    except DomainError as error:
        return _show(
            request, found, "cashier", error.status, gateways=queries.offered_to(found), error=str(error.message)
        )
    return HttpResponseRedirect(started.redirect_url) if started.redirect_url else _to(number, f"{method}/")


@never_cache
@spoken
@require_http_methods(["GET", "HEAD", "POST"])
def demo(request: HttpRequest, number: str) -> HttpResponse:
    """Play the provider's page: pay, pay slowly, or fail. No money moves."""
    if "demo" not in offered():
        raise Http404(number)
    found = _of(request, number)
    if found.purchase.state != PurchaseState.UNPAID:
        return _to(number)
    at = timezone.now()
    if unpayable(found.purchase.pk, at=at):
        return _to(number)
    if request.method != "POST":
        return _show(request, found, "cashier_demo")
    try:
        payment, _started = payments.start_payment(purchase=found.purchase, gateway_name="demo", at=at)
    except DomainError:
        return _to(number)
    outcome = request.POST.get("outcome", "paid")
    if outcome == "fail":
        payments.fail_payment(payment_id=payment.pk, at=at)
    elif outcome == "slow":
        payments.await_confirmation(payment_id=payment.pk, at=at)
    else:
        payments.capture_payment(payment_id=payment.pk, at=at, actor=visitors.user_of(request))
    return _to(number)


@never_cache
@spoken
@numbered
@require_safe
def transfer(request: HttpRequest, number: str) -> HttpResponse:
    """Show the account and the remittance code of a bank transfer, as long as it waits for its money."""
    found = _of(request, number)
    if found.transfer is None:
        return _to(number)
    return _show_transfer(request, found)


def _show_transfer(request: HttpRequest, found: Cashier, status: int = 200, **more: Any) -> HttpResponse:
    assert found.transfer is not None
    # A slip shows the account of who paid.
    slips = [] if found.way else slips_of([found.transfer.pk]).get(found.transfer.pk, [])
    return _show(request, found, "cashier_transfer", status, payee=queries.payee(), slips=slips, **more)


@never_cache
@spoken
@post_only
def slip(request: HttpRequest, number: str) -> HttpResponse:
    """Add a picture of the bank's slip to a transfer."""
    found = _of(request, number)
    if found.transfer is None:
        return _to(number)
    upload = request.FILES.get("slip")
    try:
        add_slip(
            purchase=found.purchase, upload=upload, replaces=None if found.way else slip_replaced(request),
            actor=visitors.user_of(request), at=timezone.now(),
        )  # fmt: skip
    except DomainError as error:
        return _show_transfer(request, found, error.status, field=error.field, refusal=str(error.message))
    messages.success(request, _("Thank you: finance sees the slip beside the transfer."))
    return _to(number, "transfer/")


@never_cache
@spoken
@numbered
@require_safe
def done(request: HttpRequest, number: str) -> HttpResponse:
    """Show what was bought and what comes next."""
    found = _of(request, number)
    if found.purchase.state != PurchaseState.PAID:
        return _to(number)
    return _show(request, found, "cashier_done", signed_in=visitors.user_of(request) is not None)


@never_cache
@spoken
@require_safe
def status(request: HttpRequest, number: str) -> JsonResponse:
    """Answer {state} to the page that waits."""
    state = queries.payment_state(visitors.visitor(request), number)
    if state is None:
        raise Http404(number)
    return JsonResponse({"state": state})


@never_cache
@spoken
@post_only
def cancel(request: HttpRequest, number: str) -> HttpResponse:
    """Close an unpaid purchase at the buyer's wish; with `order`, cancel that one alone and leave the rest to be paid."""
    found = _of(request, number)
    one = request.POST.get("order", "")
    try:
        if one:
            _cancel_one(request, found, one)
            return _to(number)
        closing.cancel_purchase(
            purchase=found.purchase, actor=visitors.user_of(request), at=timezone.now(), way=found.way
        )
    except DomainError as error:
        messages.error(request, str(error.message))
    return _to(number)


def _cancel_one(request: HttpRequest, found: Cashier, order: str) -> None:
    order_id = queries.order_of(found.purchase, order)
    if order_id is None:
        raise Http404(order)
    was_paid = found.purchase.state == PurchaseState.PAID
    closing.cancel_order(order_id=order_id, actor=visitors.user_of(request), at=timezone.now(), way=found.way)
    messages.success(request, cancelled_words(went_back_of(order_id), was_paid=was_paid, way=found.way))


@never_cache
@spoken
@post_only
def again(request: HttpRequest, number: str) -> HttpResponse:
    """Put what was ordered back into the basket."""
    found = _of(request, number)
    user = visitors.user_of(request)
    basket = baskets.open_basket(user=user, basket_id=visitors.basket_id_of(request))
    added, refused = baskets.add_again(basket=basket, wanted=queries.pieces_of(found.purchase), at=timezone.now())
    if added:
        text = ngettext("%(n)d product is in your basket again.", "%(n)d products are in your basket again.", added)
        messages.success(request, text % {"n": added})
    for line in refused:
        messages.warning(request, line)
    response = HttpResponseRedirect(local("/shop/basket/"))
    if user is None:
        visitors.keep_basket(response, request, basket.pk)
    return response
