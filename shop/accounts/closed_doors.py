"""The back offices' own doors to passwords, e-mails, accounts and rights: closed, since there is one of each elsewhere.

Wagtail and Django bring a sign-in, a reset, a change of password and e-mail, and an editor of users and groups. Ours
have the limits, the codes, the audit trail, and end tokens. These addresses stand before theirs in `shop/config/urls.py`.
"""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from wagtail.admin.auth import require_admin_access
from wagtail.admin.views.account import AccountView, AvatarSettingsPanel

from shop.core import redirects

View = Callable[..., HttpResponse]


def leads_to(name: str) -> View:
    """Return a view that sends everybody to the page `name`, whatever was sent, with the way back where there is one."""

    @never_cache
    def view(request: HttpRequest, **given: Any) -> HttpResponse:
        onward = redirects.onward(request, "")
        if name == "account_login":
            return redirect_to_login(onward or "/cms/", reverse(name))
        return HttpResponseRedirect(reverse(name))

    return view


@never_cache
def people_are_elsewhere(request: HttpRequest, **given: Any) -> HttpResponse:
    """Send who may look at accounts to Django's admin, where what may be changed depends on both; refuse everyone else."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    if not request.user.is_staff or not request.user.has_perm("accounts.view_user"):
        raise PermissionDenied
    return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))


@never_cache
def closed(request: HttpRequest, **given: Any) -> HttpResponse:
    """Say that there is nothing: what would be here is done nowhere in this shop."""
    raise Http404


class OwnSettings(AccountView):
    """Language, theme and notices of who works in the CMS; without pictures of people.

    Wagtail opens an uploaded one in the server's own process, and no page of ours shows them.
    """

    def get_panels(self) -> list[Any]:
        """Leave out the panel that takes a picture."""
        return [panel for panel in super().get_panels() if not isinstance(panel, AvatarSettingsPanel)]


_sign_in, _reset = leads_to("account_login"), leads_to("account_reset_password")
urlpatterns = [
    path("cms/login/", _sign_in),
    # Wagtail's third: for pages and documents that ask for a login.
    path("_util/login/", _sign_in),
    path("en/_util/login/", _sign_in),
    path("cms/account/", require_admin_access(OwnSettings.as_view()), name="cms-account"),
    path("cms/password_reset/", _reset),
    path("cms/password_reset/<path:rest>", _reset),
    path("cms/users/", people_are_elsewhere),
    path("cms/users/<path:rest>", people_are_elsewhere),
    path("cms/groups/", people_are_elsewhere),
    path("cms/groups/<path:rest>", people_are_elsewhere),
    # In bulk: roles, activity, deletion of accounts.
    path("cms/bulk/accounts/<path:rest>", people_are_elsewhere),
    path("cms/bulk/auth/<path:rest>", people_are_elsewhere),
    # One password for many: see WAGTAIL_PRIVATE_PAGE_OPTIONS.
    path("_util/authenticate_with_password/<path:rest>", closed),
    path("en/_util/authenticate_with_password/<path:rest>", closed),
    path("documents/authenticate_with_password/<path:rest>", closed),
    # It would read a workbook in the server's own process, and sends visitors to hosts that a file names.
    path("cms/redirects/import/", closed),
    path("cms/redirects/import/process/", closed),
    # Pages that are there to be seen failing.
    path("cms/test404/", closed),
    path("cms/failwhale/", closed),
]
