"""The address book, the division picker's data, paste recognition, and where to deliver to."""

from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts import queries, signing
from shop.accounts.forms.own import AddressForm
from shop.accounts.operations import addresses as operations
from shop.core import regions, sent
from shop.core.client_address import client_ip
from shop.core.division_fields import DivisionFields
from shop.core.errors import DomainError
from shop.core.pasted import Pasted, paste
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal

DAY = 24 * 3600
get_and_post = require_http_methods(["GET", "HEAD", "POST"])


@never_cache
@login_required
@require_safe
def address_list(request: HttpRequest) -> HttpResponse:
    """Show the address book."""
    return render(request, "accounts/addresses.html", {"addresses": queries.addresses(request.user)})


@never_cache
@login_required
@get_and_post
def address_add(request: HttpRequest) -> HttpResponse:
    """Add an address."""
    return _edit(request, None, {})


@never_cache
@login_required
@get_and_post
def address_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change an address of one's own."""
    address = queries.address(request.user, pk)
    if address is None:
        raise Http404
    return _edit(request, pk, AddressForm.initial_of(address))


def _edit(request: HttpRequest, pk: int | None, initial: dict[str, object]) -> HttpResponse:
    onward = signing.safe_next(request, "/account/addresses/")
    form, status, told = AddressForm(initial=initial), 200, ""
    if request.method == "POST" and "pick" in request.POST:
        # Without scripts: a province or city was chosen, show what lies in it and keep the rest.
        form = AddressForm(initial=request.POST.dict())
    elif request.method == "POST" and "recognise" in request.POST:
        pasted = _pasted(request)
        form, told = AddressForm(initial={**request.POST.dict(), **pasted.values}), pasted.told
    elif request.method == "POST":
        form, status = AddressForm(request.POST), 422
        if form.is_valid():
            try:
                operations.save_address(actor=request.user, at=timezone.now(), pk=pk, **form.facts)
                messages.success(request, _("Address saved."))
                return HttpResponseRedirect(onward)
            except DomainError as error:
                add_refusal(form, error)
                status = error.status
    shown = {"form": form, "pk": pk, "next": onward, "told": told}
    return render(request, "accounts/address_form.html", shown, status=status)


def _pasted(request: HttpRequest) -> Pasted:
    """Return what the pasted text makes of the form, which is sent with it."""
    return paste(
        sent.paragraphs(request, "text"),
        before=sent.paragraphs(request, "pasted"),
        given=request.POST,
    )


@never_cache
@login_required
@post_only
def address_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an address of one's own."""
    try:
        operations.delete_address(actor=request.user, pk=pk, at=timezone.now())
        messages.success(request, _("Address deleted."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("accounts:addresses")


@never_cache
@login_required
@post_only
def address_default(request: HttpRequest, pk: int) -> HttpResponse:
    """Make an address of one's own the default."""
    try:
        operations.make_default(actor=request.user, pk=pk, at=timezone.now())
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("accounts:addresses")


def _who(request: HttpRequest) -> str:
    """Return who asks, for counting: an account does not share its count with others at its address."""
    return f"account:{request.user.pk}" if request.user.is_authenticated else str(client_ip(request))


@never_cache
@post_only
def address_parse(request: HttpRequest) -> JsonResponse:
    """Answer {name, phone, province, city, division, division_name, street, postcode, told} for a pasted `text`.

    The fields as they stand, and the text `pasted` before, may be sent with it: what that had set is cleared.
    """
    try:
        signing.limit(request, "parse_address", _who(request))
    except DomainError as error:
        message = " ".join((str(error.message), _("The fields below can be filled in by hand now.")))
        return JsonResponse({"code": error.code, "message": message}, status=error.status)
    pasted = _pasted(request)
    found = pasted.values
    deepest = found["division"] or found["city"] or found["province"]
    row = regions.division(deepest) if deepest else None
    return JsonResponse({**found, "division_name": regions.full_name(row) if row else "", "told": pasted.told})


@require_safe
def divisions(request: HttpRequest) -> JsonResponse:
    """Answer what lies directly in the division `in` (the provinces without it), in the page's language; cacheable."""
    code = request.GET.get("in", "")
    rows = regions.children(code) if code else regions.provinces()
    response = JsonResponse({"divisions": [{"code": row.code, "name": regions.name(row)} for row in rows]})
    response["Cache-Control"] = f"public, max-age={DAY}"
    return response


@never_cache
@get_and_post
def deliver_to(request: HttpRequest) -> HttpResponse:
    """Choose the county that pages show delivery and freight for; kept in the cookie hq_to."""
    onward = signing.safe_next(request, "/")
    if request.method != "POST" or "pick" in request.POST:
        given = request.POST.dict() if request.method == "POST" else {"division": request.COOKIES.get("hq_to", "")}
        form = DivisionFields(initial=given)
        own = queries.addresses(request.user) if request.user.is_authenticated else []
        return render(request, "accounts/deliver_to.html", {"form": form, "next": onward, "addresses": own})
    form = DivisionFields(request.POST)
    if not form.is_valid():
        return render(request, "accounts/deliver_to.html", {"form": form, "next": onward}, status=422)
    response = HttpResponseRedirect(onward)
    code = form.cleaned_data["division"]
    row = regions.division(code)
    signing.keep(request, response, "hq_to", code)
    # Scripts show the place without asking the server; cookies hold no Chinese.
    signing.keep(request, response, "hq_to_name", quote(regions.name(row) if row else ""))
    return response
