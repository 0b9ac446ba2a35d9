"""What allauth asks us: how accounts are found by phone, and which of its words are shown."""

from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from shop.accounts import limits, queries
from shop.accounts.devices import device_of
from shop.accounts.models import User


def name_tried(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """Return whose sign-in was tried, for the counts of failures: one name for an account, however it was written.

    An unknown phone or e-mail counts as it is written; asking costs the same query. Remembered on the request.
    """
    given: dict[str, Any] = credentials or {}
    text = str(given.get("email") or given.get("phone") or given.get("username") or "").strip().lower()
    if not text:
        return ""
    known: dict[str, str] = getattr(request, "names_tried", {})
    if text not in known:
        found = queries.account_id(**{"email" if "@" in text else "phone": text})
        known = {**known, text: f"account:{found}" if found else text}
        if request is not None:
            request.names_tried = known  # type: ignore[attr-defined]  # ours, of this request
    return known[text]


@dataclass(frozen=True)
class _Usages:
    """What one attempt was counted under, to be taken back when it was right."""

    usages: tuple[limits.Usage, ...]

    def rollback(self) -> None:
        """Take it back from all counts."""
        for usage in self.usages:
            usage.rollback()


def _too_many(minutes: int) -> ValidationError:
    """Return the refusal that says how long, and what works meanwhile."""
    text = ngettext(
        "Too many wrong passwords. Try again in %(minutes)d minute, or sign in by a code now.",
        "Too many wrong passwords. Try again in %(minutes)d minutes, or sign in by a code now.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code="too_many_login_attempts")


def is_known_device(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> bool:
    """Tell axes that a device has a budget of its own: what others try at the same address does not count for it."""
    return bool(device_of(request, name_tried(request, credentials)))


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
        """Count the attempt as a failure until it succeeds. Raises ValidationError after too many.

        By account and network address: a stranger's wrong passwords do not keep its person out. Guesses from many
        addresses end passwords for that account for a while, but not on the devices that it signed in on: each of these
        counts for itself alone. A code always signs in. Unknown names count alike.
        """
        name = name_tried(request, credentials)
        device = device_of(request, name)
        if device:
            own = f"{name} {device}"
            used = limits.consume(request, action="login_failed_device", key=own)
            if used is None:
                raise _too_many(limits.minutes_left(request, action="login_failed_device", key=own))
            self._login_failed_rl_usage = _Usages((used,))
            return
        here = f"{name} {client_ip(request)}"
        near = limits.consume(request, action="login_failed", key=here)
        if near is None:
            raise _too_many(limits.minutes_left(request, action="login_failed", key=here))
        wide = limits.consume(request, action="login_failed_account", key=name)
        if wide is None:
            near.rollback()
            minutes = limits.minutes_left(request, action="login_failed_account", key=name)
            raise ValidationError(
                ngettext(
                    "Too many wrong passwords from different places. Sign in by a code now, or by password in "
                    "%(minutes)d minute; where you signed in before, the password works now.",
                    "Too many wrong passwords from different places. Sign in by a code now, or by password in "
                    "%(minutes)d minutes; where you signed in before, the password works now.",
                    minutes,
                )
                % {"minutes": minutes},
                code="code_needed",
            )
        self._login_failed_rl_usage = _Usages((near, wide))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Tell whether this is the password of `user`, who is signed in; tries are counted by who asks."""
        return bool(user.is_active and user.check_password(password))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the count: only time ends it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by the name that was tried, phone or e-mail."""
        return f"sign-in:{name_tried(request, credentials)}"
