"""A buyer's orders: the list, one order, finding a guest's order."""

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.queries.trade import listings_now
from shop.accounts.hooks import Pending
from shop.accounts.signing import TooOften, Usage, ask_code, limit, too_many_phones
from shop.core.client_address import client_ip
from shop.core.codes import international_phone, national_phone
from shop.core.errors import DomainError
from shop.core.numbered import numbered, typed_number
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local
from shop.sales import openings, visitors
from shop.sales.forms.orders import FindOrderForm
from shop.sales.queries.carriers import carriers_of
from shop.sales.queries.concerns import bought_under_revoked, paid_back, recalled_in
from shop.sales.queries.due import due_of
from shop.sales.queries.orders import TABS, find_purchase, order_list, order_of
from shop.sales.queries.payouts import goes_back
from shop.sales.queries.purchases import guests_purchases, purchase_of_link, way_of
from shop.sales.queries.received import bought_here
from shop.sales.queries.unpayable import unpayable, unpayable_words
from shop.sales.received_shown import show_found
from shop.sales.shown import show_order, show_order_page
from shop.sales.states import OrderState
from shop.sales.texts import in_reader_language

OPEN_ORDER, FIND_ORDER = "open_order", "find_order"


def carriers() -> list[tuple[str, str]]:
    """Return the carriers by which goods can go back: those that leave a number."""
    return [(each.code, each.name) for each in carriers_of(timezone.now()) if each.takes_number]


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


def opened_by_link(request: HttpRequest, onward: str = "") -> HttpResponse | None:
    """Take a link's token out of the address: it becomes this session's permission for the one purchase it opens.

    The token never becomes the browser's own, whatever it opens; one that opens nothing is dropped the same way.
    """
    if "t" not in request.GET:
        return None
    purchase = purchase_of_link(request.GET["t"])
    if purchase is not None:
        openings.open_purchase(request, purchase.pk)
    response = HttpResponseRedirect(onward or request.path)
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def orders(request: HttpRequest) -> HttpResponse:
    """Show the visitor's orders of one tab."""
    opened = opened_by_link(request, local("/account/orders/found/"))
    if opened is not None:
        return opened
    visitor = visitors.visitor(request).own
    # Where a guest has nothing of its own: what was found here, else the way to find it.
    elsewhere = "sales:orders-found" if openings.found_in(request) else "sales:orders-find"
    if visitor.user is None and not visitor.token_hashes:
        return redirect(elsewhere)
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else ""
    at = timezone.now()
    listed = order_list(visitor, tab=tab, page=request.GET.get("page", 1))
    if visitor.user is None and not tab and not listed.page.paginator.count:
        return redirect(elsewhere)
    context = {
        "page": listed.page,
        "orders": [show_order(order, at, way=way_of(visitor, order.purchase)) for order in listed.page.object_list],
        "tabs": [(code, label, listed.counts.get(code, 0)) for code, label in tab_labels().items()],
        "tab": tab,
        "bought_here": bought_here(visitors.bought_in(request)),
    }
    return render(request, "sales/orders.html", context)


@never_cache
@numbered
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Show one order."""
    return opened_by_link(request) or show_one(request, number)


def show_one(
    request: HttpRequest, number: str, *, status: int = 200, refusal: str = "", case_refused: Any = None
) -> HttpResponse:
    """Show one order, with what was refused a moment ago, of the order or of one of its cases."""
    visitor = visitors.visitor(request)
    facts = order_of(visitor, number)
    if facts is None:
        raise Http404
    way = way_of(visitor, facts.purchase)
    # Where the parcel goes is no secret to who proved the phone of who gets it.
    is_known = visitor.user is not None or facts.purchase_id in visitor.proved
    shown = show_order_page(facts, timezone.now(), open_address=is_known, way=way)
    now = listings_now(line.listing_id for line in shown.lines)
    slugs = {pk: listing.slug for pk, listing in now.items()}
    context: dict[str, Any] = {
        "order": shown,
        "slugs": slugs,
        "refusal": "" if case_refused else refusal,
        "case_refused": case_refused,
        "carriers": carriers() if any(case.can["send_back"] for line in shown.lines for case in line.cases) else (),
    }
    # What goes back of its purchase for other orders is said on their pages; what no order took, on each of them.
    waits_fen = facts.went_back.waits_fen + facts.purchase_went_back.waits_fen  # type: ignore[attr-defined]  # noted
    back = goes_back(facts.purchase_id, way) if waits_fen else None
    context["back"] = back and replace(back, fen=waits_fen)
    context["went_back"] = facts.went_back  # type: ignore[attr-defined]  # noted
    if facts.state == OrderState.UNPAID:
        barred = unpayable(facts.purchase_id, at=timezone.now()).of_order(number)
        context["cannot_pay"] = unpayable_words(barred, due_of(facts.purchase) if barred else None)
    claims = {line.pk: line.recalled for line in shown.lines}
    context["recalled"] = [
        {
            "name": in_reader_language(each.line.name_zh, each.line.name_en),
            "pieces": each.pieces,
            "lot": each.lot,
            "line": each.line.pk,
            "claims": claims[each.line.pk],
            "is_given_back": paid_back(each.line),
        }
        for each in (recalled_in(facts) if any(parcel.is_recalled for parcel in shown.parcels) else ())
    ]
    # Read beside what is read anyway: most orders need no query of their own for it.
    may_be_revoked = any(each.has_revoked for each in now.values()) or any(
        line.certificate_id for line in facts.lines.all()
    )
    context["under_revoked"] = [
        {
            "name": in_reader_language(each.line.name_zh, each.line.name_en),
            "pieces": each.pieces,
            "words": each.certificate.words,
            "url": local(f"/shop/certificates/{quote(each.certificate.number, safe='')}/"),
        }
        for each in (bought_under_revoked(facts) if may_be_revoked else ())
    ]
    return render(request, "sales/order.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Let a guest find its order by phone and number; tries are counted. A code to the phone finds it always."""
    form = FindOrderForm(request.POST if request.method == "POST" else None)
    status, is_stopped = 200, False
    by_code = request.POST.get("way") == "code"
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _find_by_code(request, form) if by_code else _found(request, form)
            except DomainError as error:
                status, is_stopped = error.status, by_code or isinstance(error, TooOften)
                add_refusal(form, error)
    context = {"form": form, "is_stopped": is_stopped}
    return render(request, "sales/find_order.html", context, status=status)


def _found(request: HttpRequest, form: FindOrderForm) -> HttpResponse:
    phone = international_phone(form.cleaned_data["phone"])
    number = typed_number(form.cleaned_data["number"])
    tries = _count_tries(request, number, phone)
    purchase = find_purchase(phones=[phone, national_phone(phone)], number=number)
    if purchase is None:
        raise NoSuchOrder(_("There is no order with this number and phone. Check both."))
    for tried in tries:
        tried.rollback()
    if purchase.user_id is not None:
        if purchase.user_id == request.user.pk:
            if purchase.orders.filter(order__number=number).exists():
                return redirect("sales:order", number)
            return HttpResponseRedirect(local("/account/orders/"))
        raise OfAccount(_("This order belongs to an account. Sign in to see it."))
    openings.note_found(request, purchase.pk)
    return HttpResponseRedirect(local("/account/orders/found/"))


def _count_tries(request: HttpRequest, number: str, phone: str) -> tuple[Usage, Usage]:
    """Count one phone tried for the order `number`: at this address, and from everywhere. Raises TooOften.

    Numbers are not guessed (`new_number`): what is tried is the phone of a number that somebody knows.
    """
    try:
        near = limit(request, "find_order", f"{number} {client_ip(request)}")
        try:
            return near, limit(request, "find_order_number", number)
        except TooOften:
            near.rollback()
            raise
    except TooOften as error:
        raise too_many_phones(request, phone=phone, number=number) from error


def _find_by_code(request: HttpRequest, form: FindOrderForm) -> HttpResponse:
    """Send a code to the phone typed if it is that of the order, and look the same if it is not."""
    phone = international_phone(form.cleaned_data["phone"])
    number = typed_number(form.cleaned_data["number"])
    purchase = find_purchase(phones=[phone, national_phone(phone)], number=number)
    return ask_code(
        request,
        purpose=FIND_ORDER,
        destination=phone,
        payload={"purchase": purchase.pk if purchase else 0, "next": local("/account/orders/find/")},
        decoy=purchase is None,
        about=number,
    )


class NoSuchOrder(DomainError):
    """No order has this number and phone."""

    code = "no_such_order"
    status = 404


class OfAccount(DomainError):
    """An account has this order: number and phone do not open it."""

    code = "order_of_account"
    status = 403


@never_cache
@require_safe
def found(request: HttpRequest) -> HttpResponse:
    """Show the state of the guests' orders that were found or opened here, and nothing else of them."""
    purchases = guests_purchases(openings.found_in(request))
    if not purchases:
        return redirect("sales:orders-find")
    opened, proved = openings.opened_in(request), openings.proved_in(request)
    rows = [
        {
            "purchase": purchase,
            "orders": show_found(purchase),
            "is_opened": purchase.pk in opened or purchase.pk in proved,
        }
        for purchase in purchases
    ]
    return render(request, "sales/found_orders.html", {"rows": rows})


@never_cache
@post_only
def send_code(request: HttpRequest, number: str) -> HttpResponse:
    """Send a code to the phone of the purchase of a found order: who has it may act on its orders."""
    rows = guests_purchases(openings.found_in(request))
    purchase = next((each for each in rows if any(row.order.number == number for row in each.orders.all())), None)
    if purchase is None:
        raise Http404
    try:
        return ask_code(
            request,
            purpose=OPEN_ORDER,
            destination=international_phone(purchase.contact_phone),
            payload={"purchase": purchase.pk, "next": local("/account/orders/found/")},
            about=purchase.number,
        )
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("sales:orders-found")


def open_proved(request: HttpRequest, proved: Pending) -> HttpResponse:
    """Let the session that proved the phone of a guest's purchase act on it, with what is said to who bought it.

    See `shop.accounts.hooks.on_proved`. It may be a present: whoever has the phone takes it from nobody.
    """
    purchase = next(iter(guests_purchases([proved.payload["purchase"]])), None)
    if purchase is None or international_phone(purchase.contact_phone) != proved.destination:
        raise Http404
    openings.prove_purchase(request, purchase.pk)
    of_purchase = list(purchase.orders.all())
    if len(of_purchase) == 1:
        return redirect("sales:order", of_purchase[0].order.number)
    return redirect("sales:orders-found")


def find_proved(request: HttpRequest, proved: Pending) -> HttpResponse:
    """Open the order that was looked for by a code to its phone; one of an account is told to sign in."""
    if not guests_purchases([proved.payload["purchase"]]):
        messages.info(request, _("This order belongs to an account. Sign in to see it."))
        return redirect("account_login")
    return open_proved(request, proved)


# What a code to a phone was for here. See `shop.accounts.hooks.on_proved`.
ON_PROVED = {OPEN_ORDER: open_proved, FIND_ORDER: find_proved}
