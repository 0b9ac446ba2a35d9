"""我的, the profile, large text, language."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shop.accounts import hooks, queries, signing
from shop.accounts.forms.own import ProfileForm
from shop.accounts.operations import people
from shop.core import redirects
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local

LANGUAGES = {"zh-hans", "en"}


@never_cache
@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the person, and the ways onward."""
    user = request.user
    context = {
        "orders": [shortcut for hook in hooks.order_shortcuts for shortcut in hook(user)],
        "rows": [shortcut for hook in hooks.account_rows for shortcut in hook(user)],
        "unread": queries.unread_count(user),
        "organisations": queries.memberships(user),
    }
    return render(request, "accounts/home.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change the name."""
    if request.method != "POST":
        return render(request, "accounts/profile.html", {"form": ProfileForm(initial={"name": request.user.name})})
    form = ProfileForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/profile.html", {"form": form}, status=422)
    people.update_profile(user=request.user, name=form.cleaned_data["name"], at=timezone.now())
    messages.success(request, _("Saved."))
    return redirect("accounts:profile")


@post_only
def display(request: HttpRequest) -> HttpResponse:
    """Switch large text on or off, for this browser and for the account."""
    large = request.POST.get("text") == "large"
    if request.user.is_authenticated:
        people.set_preferences(user=request.user, large_text=large)
    response = HttpResponseRedirect(signing.safe_next(request))
    signing.keep(request, response, "hq_text", "large" if large else "normal")
    return response


@post_only
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language, and go to the same page in it."""
    wanted = request.POST.get("language", "")
    if wanted not in LANGUAGES:
        return redirect(local("/"))
    if request.user.is_authenticated:
        people.set_preferences(user=request.user, language=wanted)
    onward = signing.safe_next(request, "/")
    response = HttpResponseRedirect(redirects.in_language(onward, wanted))
    signing.keep(request, response, settings.LANGUAGE_COOKIE_NAME, wanted)
    return response
