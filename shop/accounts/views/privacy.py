"""A copy of one's data, and the end of an account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts.forms.own import EraseForm
from shop.accounts.operations import privacy as operations
from shop.accounts.views.security import confirmed
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local


@never_cache
@login_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what we keep, and offer a copy and the end of the account."""
    return render(request, "accounts/privacy.html")


@never_cache
@login_required
@post_only
@confirmed
def export(request: HttpRequest) -> HttpResponse:
    """Send everything kept about the person as a JSON file."""
    response = JsonResponse(
        operations.export_person(user=request.user), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    response["Content-Disposition"] = 'attachment; filename="heqiao-my-data.json"'
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def erase(request: HttpRequest) -> HttpResponse:
    """Ask once more, then forget the person."""
    form, status = EraseForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                operations.erase_person(user=request.user, at=timezone.now())
            except DomainError as error:
                form.add_error(None, str(error.message))
                status = error.status
            else:
                logout(request)
                messages.success(request, _("Your account is closed and your data erased."))
                response = HttpResponseRedirect(local("/"))
                response.delete_cookie("hq_me")
                return response
    return render(request, "accounts/erase.html", {"form": form}, status=status)
