"""Signing in and up, signing out, forgotten passwords."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout as django_logout
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts import hooks, limit_words, one_time_codes, queries, signing
from shop.accounts.forms.signing import (
    CodeForm,
    NewPasswordForm,
    PasswordSignInForm,
    PhoneForm,
    ResetForm,
    SignUpForm,
    read_name,
)
from shop.accounts.operations import people
from shop.core.api.problems import answer_problem
from shop.core.errors import DomainError
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local

UNPROCESSABLE = 422
get_and_post = require_http_methods(["GET", "HEAD", "POST"])


def locked_out(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Say that a name had too many wrong passwords (called by axes)."""
    if request.path.startswith("/api/"):
        text = _("Too many wrong passwords. Try again in 15 minutes, or send the `device` of an earlier answer now.")
        return answer_problem(429, "too_often", text)
    credentials = next((each for each in reversed(args) if isinstance(each, dict)), {})
    text, is_open = limit_words.locked(request, credentials)
    return render(request, "accounts/locked.html", {"text": text, "is_open": is_open}, status=429)


@never_cache
@get_and_post
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in by a code to the phone (the first makes the account), or by password."""
    onward = signing.safe_next(request)
    if request.user.is_authenticated:
        # A back office that is not theirs sends them here, and would be sent them back, for ever.
        if signing.is_closed_office(request.user, onward):
            raise PermissionDenied
        return HttpResponseRedirect(onward)
    way = request.POST.get("way") or request.GET.get("way") or "code"
    phone_form = PhoneForm(initial=signing.suggested_phone(request))
    password_form, status = PasswordSignInForm(), 200
    if request.method == "POST":
        try:
            if way == "password":
                password_form = PasswordSignInForm(request.POST)
                if password_form.is_valid():
                    return _enter_by_password(request, password_form.credentials, onward)
            else:
                phone_form = PhoneForm(request.POST)
                if phone_form.is_valid():
                    return _send(request, purpose="sign_in", destination=phone_form.destination, onward=onward)
            status = UNPROCESSABLE
        except DomainError as error:
            (password_form if way == "password" else phone_form).add_error(None, str(error.message))
            status = error.status
        except ValidationError as error:
            password_form.add_error(None, error)
            status = UNPROCESSABLE
    context = {
        "phone_form": phone_form,
        "password_form": password_form,
        "way": way,
        "next": onward,
        "demo_accounts": settings.SHOW_CODES,
    }
    return render(request, "accounts/sign_in.html", context, status=status)


def _enter_by_password(request: HttpRequest, credentials: dict[str, str], onward: str) -> HttpResponse:
    user = get_adapter(request).authenticate(request, **credentials)
    if user is None:
        raise limit_words.wrong_password(request, credentials)
    return signing.sign_in(request, user, onward=onward)


def _send(
    request: HttpRequest,
    *,
    purpose: str,
    destination: str,
    onward: str,
    user_id: int | None = None,
    payload: dict[str, Any] | None = None,
    decoy: bool = False,
) -> HttpResponse:
    """Send a code and go to the page that asks for it."""
    return signing.ask_code(
        request,
        purpose=purpose,
        destination=destination,
        user_id=user_id,
        payload={**(payload or {}), "next": onward},
        decoy=decoy,
    )


@never_cache
@get_and_post
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account by e-mail; it exists once the code of the e-mail came back."""
    onward = signing.safe_next(request)
    if request.user.is_authenticated:
        return HttpResponseRedirect(onward)
    form, status = SignUpForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            payload = {"password": make_password(form.cleaned_data["password"]), "name": form.cleaned_data["name"]}
            try:
                return _send(
                    request,
                    purpose="sign_up",
                    destination=form.destination,
                    onward=onward,
                    payload=payload,
                    decoy=queries.has_account(email=form.destination),
                )
            except DomainError as error:
                form.add_error(None, str(error.message))
                status = error.status
    return render(request, "accounts/sign_up.html", {"form": form, "next": onward}, status=status)


@never_cache
@get_and_post
@sensitive_post_parameters("password")
def reset(request: HttpRequest) -> HttpResponse:
    """Send a code to the phone or e-mail of whoever forgot the password."""
    form, status = ResetForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            name = read_name(form.cleaned_data["login"])
            user_id = queries.account_id(**name)
            try:
                return _send(
                    request,
                    purpose="reset",
                    destination=next(iter(name.values())),
                    onward=signing.safe_next(request),
                    user_id=user_id,
                    decoy=user_id is None,
                )
            except DomainError as error:
                form.add_error(None, str(error.message))
                status = error.status
    return render(request, "accounts/reset.html", {"form": form, "next": signing.safe_next(request)}, status=status)


@never_cache
@get_and_post
def enter_code(request: HttpRequest) -> HttpResponse:
    """Ask for the code that was sent, and do what it was for."""
    waiting = one_time_codes.pending(request.session)
    if waiting is None:
        return _code_gone(request)
    form, status = CodeForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            try:
                proved = one_time_codes.check(request.session, form.cleaned_data["code"])
                return (PROVED | hooks.on_proved)[proved.purpose](request, proved)
            except DomainError as error:
                form.add_error("code", str(error.message))
                status = error.status
    context = {"form": form, "waiting": waiting, "shown_code": one_time_codes.shown_code(request.session)}
    return render(request, "accounts/code.html", context, status=status)


def _code_gone(request: HttpRequest) -> HttpResponse:
    """Say that no code is waited for, where a new one is asked for: the page that the last one was sent from."""
    messages.info(request, _("This code was used or is too old. Ask for a new one."))
    purpose, page = one_time_codes.asked_from(request.session)
    if page and purpose in hooks.on_proved:
        return redirect(page)
    return redirect("accounts:security" if request.user.is_authenticated else "account_login")


@never_cache
@post_only
def send_again(request: HttpRequest) -> HttpResponse:
    """Send a new code to the same place."""
    waiting = one_time_codes.pending(request.session)
    if waiting is None:
        return _code_gone(request)
    if waiting.resend_in:
        messages.info(request, _("Please wait %(count)d seconds.") % {"count": waiting.resend_in})
        return redirect("accounts:code")
    try:
        signing.send_code(
            request,
            purpose=waiting.purpose,
            destination=waiting.destination,
            user_id=waiting.user_id,
            payload=waiting.payload,
            decoy=not waiting.digest,
            about=waiting.payload.get("about", ""),
        )
        messages.success(request, _("A new code is on its way."))
    except DomainError as error:
        messages.error(request, str(error.message))
    return redirect("accounts:code")


def _proved_sign_in(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    user, is_new = people.enter_by_phone(
        phone=proved.destination, language=get_language() or "zh-hans", at=timezone.now()
    )
    if is_new:
        messages.success(request, _("Welcome to Heqiao. Your account is ready."))
    return signing.sign_in(request, user, onward=proved.payload["next"])


def _proved_sign_up(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    user = people.sign_up_by_email(
        email=proved.destination,
        password_hash=proved.payload["password"],
        name=proved.payload["name"],
        language=get_language() or "zh-hans",
        at=timezone.now(),
    )
    messages.success(request, _("Welcome to Heqiao. Your account is ready."))
    return signing.sign_in(request, user, onward=proved.payload["next"])


def _proved_reset(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    user = queries.account(proved.user_id)
    if user is None:
        return redirect("account_reset_password")
    request.session.cycle_key()
    signing.remember_reset(request, user)
    return redirect("accounts:reset-password")


def _proved_confirm(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    if request.user.pk == proved.user_id:
        signing.remember_confirmed(request)
    return HttpResponseRedirect(proved.payload["next"])


def _proved_phone(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    if request.user.pk == proved.user_id:
        people.change_phone(user=request.user, phone=proved.destination, at=timezone.now())
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your phone is changed."))
        return _remembered(request, proved.payload["next"])
    return redirect("accounts:security")


def _proved_email(request: HttpRequest, proved: one_time_codes.Pending) -> HttpResponse:
    if request.user.pk == proved.user_id:
        people.change_email(user=request.user, email=proved.destination, at=timezone.now())
        update_session_auth_hash(request, request.user)
        messages.success(request, _("Your e-mail is changed."))
        return _remembered(request)
    return redirect("accounts:security")


def _remembered(request: HttpRequest, onward: str = "") -> HttpResponse:
    """Go on; this device stays known though those of before are not."""
    response = HttpResponseRedirect(onward or local("/account/security/"))
    signing.keep_device(request, response, request.user)
    return response


PROVED = {
    "sign_in": _proved_sign_in,
    "sign_up": _proved_sign_up,
    "reset": _proved_reset,
    "confirm": _proved_confirm,
    "change_phone": _proved_phone,
    "change_email": _proved_email,
}


@never_cache
@get_and_post
@sensitive_post_parameters("password")
def reset_password(request: HttpRequest) -> HttpResponse:
    """Set the new password, once, after the code proved whose it is; then sign in."""
    user = signing.reset_of(request)
    if user is None:
        return redirect("account_reset_password")
    form, status = NewPasswordForm(request.POST if request.method == "POST" else None, user=user), 200
    if request.method == "POST":
        status = UNPROCESSABLE
        if form.is_valid():
            signing.forget_reset(request)
            try:
                people.set_password(
                    user=user, password=form.cleaned_data["password"], at=timezone.now(), instead_of=user.password
                )
            except DomainError as error:
                messages.error(request, str(error.message))
                return redirect("account_reset_password")
            messages.success(request, _("Your new password is set."))
            return signing.sign_in(request, user, onward=local("/account/"))
    return render(request, "accounts/reset_password.html", {"form": form}, status=status)


@never_cache
@post_only
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session; by POST only, so that no picture or link can do it."""
    django_logout(request)
    messages.success(request, _("You are signed out."))
    response = HttpResponseRedirect(local("/"))
    response.delete_cookie("hq_me")
    return response


@require_safe
def inactive(request: HttpRequest) -> HttpResponse:
    """Say that an account is closed."""
    return render(request, "accounts/inactive.html", status=403)
