"""Favourites and reminders."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from catalog.operations import reminders as reminding
from catalog.queries.follows import followed_villages
from catalog.queries.places import village_card
from catalog.queries.trade import live_listing, reminders_of
from catalog.states import ReminderKind
from shop.accounts.signing import safe_next
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.sales.operations.favourites import toggle_favourite
from shop.sales.queries.favourites import favourite_page
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.views.basket import wants_json


def _listing_id(request: HttpRequest) -> int:
    pk = read_id(request.POST.get("listing"))
    if pk is None:
        raise Http404
    return pk


def _ask_to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    """A guest signs in first, and comes back to where it was."""
    if wants_json(request):
        login = redirect_to_login(back, local("/account/login/"))
        return JsonResponse(
            {"message": _("Sign in first: then we keep it for you."), "url": login["Location"]}, status=401
        )
    return redirect_to_login(back, local("/account/login/"))


@never_cache
@login_required
@require_safe
def favourites(request: HttpRequest) -> HttpResponse:
    """Show what the person keeps, cheaper ones marked."""
    page, kept = favourite_page(request.user, request.GET.get("page", 1))
    rows = [
        {
            "listing": each.listing,
            "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
            "supplier": in_reader_language(each.listing.supplier_zh, each.listing.supplier_en),
            "picture": thumb_url(each.listing.picture_key),
            "cheaper_fen": each.cheaper_fen,
        }
        for each in kept
    ]
    villages = [village_card(each) for each in followed_villages(request.user)]
    return render(request, "sales/favourites.html", {"page": page, "rows": rows, "villages": villages})


@never_cache
@post_only
def toggle(request: HttpRequest) -> HttpResponse:
    """Keep a listing, or let it go."""
    listing_id = _listing_id(request)
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request, safe_next(request, "/account/favourites/"))
    is_on = toggle_favourite(user=request.user, listing_id=listing_id, at=timezone.now())
    if is_on is None:
        raise Http404
    said = _("Kept in your favourites.") if is_on else _("Taken out of your favourites.")
    if wants_json(request):
        return JsonResponse({"on": is_on, "message": said})
    messages.success(request, said)
    return HttpResponseRedirect(safe_next(request, "/account/favourites/"))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reminders(request: HttpRequest) -> HttpResponse:
    """Show what the person waits for; by POST, wait for one more listing."""
    if request.method == "POST":
        return _remind(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), local("/account/login/"))
    rows = [
        {
            "reminder": each,
            "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
            "picture": thumb_url(each.listing.picture_key),
            "kind": ReminderKind(each.kind).label,
        }
        for each in reminders_of(request.user)
    ]
    return render(request, "sales/reminders.html", {"rows": rows})


def _remind(request: HttpRequest) -> HttpResponse:
    listing_id = _listing_id(request)
    kind = request.POST.get("kind", ReminderKind.RESTOCK)
    listing = live_listing(listing_id)
    if listing is None or kind not in ReminderKind.values:
        raise Http404
    product = local(f"/shop/p/{listing.slug}/")
    if not request.user.is_authenticated:
        return _ask_to_sign_in(request, product)
    reminding.ask(user=request.user, listing=listing, kind=kind, at=timezone.now())
    said = _("We tell you as soon as it can be bought.")
    if wants_json(request):
        return JsonResponse({"on": True, "message": said})
    messages.success(request, said)
    return HttpResponseRedirect(safe_next(request, f"/shop/p/{listing.slug}/"))


@never_cache
@login_required
@post_only
def reminder_delete(request: HttpRequest, reminder_id: int) -> HttpResponse:
    """Stop waiting."""
    reminding.forget(user=request.user, reminder_id=reminder_id)
    return redirect("sales:reminders")
