"""What allauth asks us: how accounts are found by phone, and which of its words are shown."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from shop.accounts import limits
from shop.accounts.models import User


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return the phone or e-mail of a sign-in attempt, for the count of failures."""
    given: dict[str, Any] = credentials or {}
    return str(given.get("email") or given.get("phone") or given.get("username") or "").lower()


def client_ip(request: HttpRequest) -> str | None:
    """Return the address a request came from: behind trusted proxies, what the outermost of them saw.

    None where there is no address, as when a command signs somebody in.
    """
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return None


class AccountAdapter(DefaultAccountAdapter):
    """Phones live on our user; our pages say their own words."""

    def get_user_by_phone(self, phone: str) -> User | None:
        """Return the account of `phone` (E.164)."""
        return User.objects.filter(phone=phone).first()

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """Return the phone and whether it was proved."""
        return (user.phone, user.phone_verified) if user.phone else None

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Say nothing: our views say what happened."""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count the attempt as a failure until it succeeds. Raises ValidationError after too many."""
        self._login_failed_rl_usage = limits.consume(
            request, action="login_failed", key=name_tried(request, credentials)
        )
        if self._login_failed_rl_usage is None:
            raise self.validation_error("too_many_login_attempts")

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the count: only time ends it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by the name that was tried, phone or e-mail."""
        return f"sign-in:{name_tried(request, credentials)}"
