"""A buyer's orders: the list, one order, finding a guest's order."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.queries.trade import listings_now
from shop.accounts.signing import limit
from shop.core.codes import international_phone, national_phone
from shop.core.errors import DomainError
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local
from shop.sales import rules, visitors
from shop.sales.forms.orders import FindOrderForm
from shop.sales.queries.orders import TABS, find_purchase, order_list, order_of
from shop.sales.shown import show_order, show_order_page
from shop.sales.texts import in_reader_language

FOUND = "found_purchases"


def carriers() -> list[tuple[str, str]]:
    """Return the carriers by which goods can go back."""
    return [(each.code, in_reader_language(each.name_zh, each.name_en)) for each in rules.CARRIERS.values()]


def found_by(request: HttpRequest) -> list[int]:
    """Return the purchases this browser found by phone and number."""
    if request.user.is_authenticated or "sessionid" not in request.COOKIES:
        return []
    return list(request.session.get(FOUND, []))


def tab_labels() -> dict[str, str]:
    """Return the words of the tabs."""
    return {
        "": _("All"),
        "unpaid": _("To be paid"),
        "to_ship": _("To be shipped"),
        "shipped": _("On the way"),
        "to_review": _("To review"),
        "after_sale": _("Refunds and after-sales"),
    }


def _opened_by_link(request: HttpRequest) -> HttpResponse | None:
    """A guest's link carries the token once; it becomes the browser's cookie and leaves the address."""
    token = request.GET.get("t", "")
    if len(token) != visitors.TOKEN_LENGTH:
        return None
    response = HttpResponseRedirect(request.path)
    visitors.keep_guest(response, request, token)
    return response


@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Show the visitor's orders of one tab."""
    opened = _opened_by_link(request)
    if opened is not None:
        return opened
    visitor, found = visitors.visitor(request), found_by(request)
    if visitor.user is None and not visitor.token_hash and not found:
        return redirect("sales:orders-find")
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else ""
    at = timezone.now()
    listed = order_list(visitor, tab=tab, page=request.GET.get("page", 1), found=found)
    context = {
        "page": listed.page,
        "orders": [show_order(order, at) for order in listed.page.object_list],
        "tabs": [(code, label, listed.counts.get(code, 0)) for code, label in tab_labels().items()],
        "tab": tab,
    }
    return render(request, "sales/orders.html", context)


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order."""
    return _opened_by_link(request) or show_one(request, number)


def show_one(
    request: HttpRequest, number: str, *, status: int = 200, refusal: str = "", case_refused: Any = None
) -> HttpResponse:
    """Show one order, with what was refused a moment ago, of the order or of one of its cases."""
    visitor = visitors.visitor(request)
    facts = order_of(visitor, number, found_by(request))
    if facts is None:
        raise Http404
    shown = show_order_page(facts, timezone.now(), open_address=visitor.user is not None)
    slugs = {pk: listing.slug for pk, listing in listings_now(line.listing_id for line in shown.lines).items()}
    context: dict[str, Any] = {
        "order": shown,
        "slugs": slugs,
        "refusal": "" if case_refused else refusal,
        "case_refused": case_refused,
        "carriers": carriers() if any(case.can["send_back"] for line in shown.lines for case in line.cases) else (),
    }
    return render(request, "sales/order.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Let a guest find its order by phone and number; tries are counted."""
    form = FindOrderForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _found(request, form)
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
    return render(request, "sales/find_order.html", {"form": form}, status=status)


def _found(request: HttpRequest, form: FindOrderForm) -> HttpResponse:
    phone = international_phone(form.cleaned_data["phone"])
    limit(request, "find_order", phone)
    number = form.cleaned_data["number"].strip().upper()
    purchase = find_purchase(phones=[phone, national_phone(phone)], number=number)
    if purchase is None:
        raise NoSuchOrder(_("There is no order with this number and phone. Check both."))
    kept = request.session.get(FOUND, [])
    request.session[FOUND] = [*[pk for pk in kept if pk != purchase.pk], purchase.pk][-10:]
    return HttpResponseRedirect(local("/account/orders/"))


class NoSuchOrder(DomainError):
    """No order has this number and phone."""

    code = "no_such_order"
    status = 404
