"""The basket: adding, changing, looking."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.queries import specifications_for_sale
from shop.core.errors import DomainError, InvalidInput
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.redirects import inside, onward
from shop.core.templatetags.heqiao import local
from shop.sales import visitors
from shop.sales.operations import baskets
from shop.sales.queries.baskets import basket_page, count_pieces, find_basket
from shop.sales.rules import new_once
from shop.sales.texts import in_reader_language
from shop.sales.whose import Whose

GUANGDONG = "44"


def wants_json(request: HttpRequest) -> bool:
    """Tell whether a script asks."""
    return "application/json" in request.headers.get("Accept", "")


def destination_of(request: HttpRequest) -> str:
    """Return the division code the visitor chose for delivery (without filling zeros); Guangdong until then."""
    code = request.COOKIES.get("hq_to", "")
    if not (code.isascii() and code.isdigit() and len(code) in (2, 4, 6)):
        return GUANGDONG
    return code.removesuffix("00").removesuffix("00") if len(code) == 6 else code


def specification_of(text: str | None) -> int:
    """Return a specification's id from a form. Raises InvalidInput for anything else."""
    if (pk := read_id(text)) is None:
        raise InvalidInput(_("This product does not exist. Please choose again."), code="not_for_sale", field="spec")
    return pk


def refuse(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Answer a refusal: JSON to scripts, a page with the way back to people."""
    if wants_json(request):
        answer = {"code": error.code, "message": str(error.message), "field": error.field}
        return JsonResponse(answer, status=error.status)
    safe = onward(request, "") or inside(request, request.headers.get("Referer", "")) or local("/shop/basket/")
    return render(request, "sales/refused.html", {"message": error.message, "back": safe}, status=error.status)


@never_cache
@post_only
def add(request: HttpRequest) -> HttpResponse:
    """Put pieces into the basket; with `buy_now`, go to the checkout with these pieces alone."""
    at = timezone.now()
    user = visitors.user_of(request)
    try:
        specification_id = specification_of(request.POST.get("spec") or request.POST.get("specification"))
        quantity = baskets.parse_quantity(request.POST.get("quantity", "1"))
        if request.POST.get("buy_now"):
            baskets.check(specification_id=specification_id, quantity=quantity)
            checkout = f"{local('/shop/checkout/')}?buy={specification_id}:{quantity}&once={new_once()}"
            return JsonResponse({"next": checkout}) if wants_json(request) else HttpResponseRedirect(checkout)
        basket = baskets.open_basket(user=user, basket_id=visitors.basket_id_of(request))
        held = baskets.add(basket=basket, specification_id=specification_id, quantity=quantity, at=at)
    except DomainError as error:
        return refuse(request, error)
    response: HttpResponse
    if wants_json(request):
        pieces = count_pieces(user=user, basket_id=basket.pk)
        response = JsonResponse({"basket_count": pieces, "quantity": held})
    else:
        response = HttpResponseRedirect(onward(request, local("/shop/basket/")))
    return _keep(response, request, user, basket.pk)


def _keep(response: HttpResponse, request: HttpRequest, user: Any, basket_id: int) -> HttpResponse:
    if user is None:
        visitors.keep_basket(response, request, basket_id)
    else:
        visitors.keep_me(response, request)
    return response


@never_cache
@post_only
def update(request: HttpRequest) -> HttpResponse:
    """Change a line's quantity, take it out, or put it back; scripts get the new basket, others the page again."""
    at = timezone.now()
    user = visitors.user_of(request)
    basket = find_basket(user=user, basket_id=visitors.basket_id_of(request))
    action = request.POST.get("action", "set")
    undo = None
    try:
        specification_id = specification_of(request.POST.get("spec"))
        if action == "restore":
            basket = basket or baskets.open_basket(user=user)
            quantity = baskets.parse_quantity(request.POST.get("quantity"))
            baskets.add(basket=basket, specification_id=specification_id, quantity=quantity, at=at)
        elif basket is None:
            raise InvalidInput(_("Your basket is empty."), code="empty")
        elif action == "remove":
            undo = (specification_id, baskets.remove(basket=basket, specification_id=specification_id))
        else:
            quantity = baskets.parse_quantity(request.POST.get("quantity"))
            baskets.set_quantity(basket=basket, specification_id=specification_id, quantity=quantity, at=at)
    except DomainError as error:
        refused = (request.POST.get("spec", ""), str(error.message), request.POST.get("quantity", "")[:12])
        return _show(request, user, refusal=refused, status=error.status)
    if request.headers.get("X-Requested-With") == "fetch":
        return _keep(_show(request, user, undo=undo), request, user, basket.pk)
    query = f"?undo={undo[0]}:{undo[1]}" if undo and undo[1] else ""
    return _keep(HttpResponseRedirect(local("/shop/basket/") + query), request, user, basket.pk)


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    """Show the basket. `off` names specifications not chosen, `coupon` a code; `undo` what was just taken out."""
    return _show(request, visitors.user_of(request), undo=_pair(request.GET.get("undo", "")))


def _pair(text: str) -> tuple[int, int] | None:
    first, _colon, second = text.partition(":")
    one, other = read_id(first), read_id(second)
    return None if one is None or other is None else (one, other)


def _show(
    request: HttpRequest,
    user: Any,
    *,
    undo: tuple[int, int] | None = None,
    refusal: tuple[str, str, str] = ("", "", ""),
    status: int = 200,
) -> HttpResponse:
    given = request.GET if request.method in ("GET", "HEAD") else request.POST
    page = basket_page(
        at=timezone.now(),
        user=user,
        basket_id=visitors.basket_id_of(request),
        left_out={pk for text in given.getlist("off") if (pk := read_id(text)) is not None},
        coupon_code=given.get("coupon", ""),
        destination=destination_of(request),
    )
    context = {
        "page": page,
        "undo": undo if undo and undo[1] and 0 < undo[1] < 1000 else None,
        "undo_name": _name_of(undo) if undo else "",
        "refused_spec": refusal[0],
        "refusal": refusal[1],
        "refused_quantity": refusal[2],
        "signed_in": user is not None,
        "needs_phone": _needs_phone(page, user),
    }
    part = request.headers.get("X-Requested-With") == "fetch"
    if page.coupon_error and status == 200 and not part:
        status = 422
    return render(request, "sales/basket_part.html" if part else "sales/basket.html", context, status=status)


def _needs_phone(page: Any, user: Any) -> bool:
    """Tell whether something chosen is limited for each customer, and this one has not proved who it is."""
    chosen = (line for group in page.groups for line in group.lines if line.chosen)
    return any(line.spec.purchase_limit is not None for line in chosen) and not Whose.of(user).is_proved


def _name_of(undo: tuple[int, int]) -> str:
    spec = specifications_for_sale([undo[0]]).get(undo[0])
    return in_reader_language(spec.name_zh, spec.name_en) if spec else ""
