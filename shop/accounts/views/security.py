"""Password, phone and e-mail: changed only after the person proved who it is again."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts import limit_words, limits, signing
from shop.accounts.forms.signing import ConfirmPasswordForm, EmailForm, NewPasswordForm, PhoneForm
from shop.accounts.operations import people
from shop.core.errors import DomainError
from shop.core.post_only import post_only

get_and_post = require_http_methods(["GET", "HEAD", "POST"])
View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Let only someone through who signed in or confirmed in the last ten minutes; ask the others first."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not signing.is_confirmed(request):
            messages.info(request, _("Please confirm that it is you first."))
            return redirect(f"{_confirm_url()}?{urlencode({'next': request.get_full_path()})}")
        return view(request, *args, **kwargs)

    return asked


def _confirm_url() -> str:
    return redirect("account_reauthenticate").url


@never_cache
@login_required
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """Show phone, e-mail and password, with the ways to change them."""
    return render(request, "accounts/security.html")


@never_cache
@login_required
@get_and_post
@sensitive_post_parameters("password")
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask for the current password, or offer a code to the phone or e-mail."""
    onward = signing.safe_next(request, "/account/security/")
    form, status = ConfirmPasswordForm(), 200
    if request.method == "POST":
        form, status = ConfirmPasswordForm(request.POST), 422
        try:
            if form.is_valid():
                tried = limits.consume(request, action="reauthenticate")
                if tried is None:
                    raise limit_words.too_many_passwords(request)
                if get_adapter(request).reauthenticate(request.user, form.cleaned_data["password"]):
                    tried.rollback()
                    signing.remember_confirmed(request)
                    return HttpResponseRedirect(onward)
                form.add_error("password", _("This is not your password."))
        except DomainError as error:
            form.add_error(None, str(error.message))
            status = error.status
    context = {"form": form, "next": onward, "has_password": request.user.has_usable_password()}
    return render(request, "accounts/confirm.html", context, status=status)


@never_cache
@login_required
@post_only
def confirm_by_code(request: HttpRequest) -> HttpResponse:
    """Send a code to the person's own phone, else e-mail."""
    onward = signing.safe_next(request, "/account/security/")
    destination = request.user.phone if request.user.phone_verified else request.user.email
    return _send(request, purpose="confirm", destination=destination or request.user.phone, onward=onward)


def _send(request: HttpRequest, *, purpose: str, destination: str, onward: str) -> HttpResponse:
    try:
        signing.send_code(
            request,
            purpose=purpose,
            destination=destination,
            user_id=request.user.pk,
            payload={"next": onward},
        )
    except DomainError as error:
        messages.error(request, str(error.message))
        return redirect("accounts:security")
    return redirect("accounts:code")


@never_cache
@login_required
@post_only
def sign_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End all other sessions, remembered devices and tokens; this session and this device stay."""
    people.sign_out_elsewhere(user=request.user, actor=request.user, at=timezone.now())
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Every other device and program is signed out."))
    return _remembered(request)


def _remembered(request: HttpRequest) -> HttpResponse:
    """Go to the page of security; this device stays known though those of before are not."""
    response = redirect("accounts:security")
    signing.keep_device(request, response, request.user)
    return response


@never_cache
@login_required
@get_and_post
@confirmed
def change_phone(request: HttpRequest) -> HttpResponse:
    """Send a code to the new phone; it becomes the account's when the code comes back, and leads on (`next`)."""
    onward = signing.safe_next(request, "")
    form = PhoneForm(request.POST if request.method == "POST" else None, initial=signing.suggested_phone(request))
    if request.method == "POST" and form.is_valid():
        return _send(request, purpose="change_phone", destination=form.destination, onward=onward)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/change_phone.html", {"form": form}, status=status)


@never_cache
@login_required
@get_and_post
@confirmed
def change_email(request: HttpRequest) -> HttpResponse:
    """Send a code to the new e-mail; it becomes the account's when the code comes back."""
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _send(request, purpose="change_email", destination=form.destination, onward="")
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/change_email.html", {"form": form}, status=status)


@never_cache
@login_required
@get_and_post
@sensitive_post_parameters("password")
@confirmed
def change_password(request: HttpRequest) -> HttpResponse:
    """Set a new password; other sessions end, this one stays."""
    form = NewPasswordForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        people.set_password(user=request.user, password=form.cleaned_data["password"], at=timezone.now())
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your new password is set."))
        return _remembered(request)
    status = 422 if request.method == "POST" else 200
    return render(request, "accounts/change_password.html", {"form": form}, status=status)
