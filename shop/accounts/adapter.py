"""What allauth asks us: how accounts are found by phone, and which of its words are shown."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import ngettext

from shop.accounts import limits, queries
from shop.accounts.devices import device_of
from shop.accounts.models import User
from shop.core.client_address import client_ip


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
    """Return the refusal of one more password of an account: how long it lasts, and what works meanwhile."""
    text = ngettext(
        "Too many wrong passwords. Try again in %(minutes)d minute, or sign in by a code now.",
        "Too many wrong passwords. Try again in %(minutes)d minutes, or sign in by a code now.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code="too_many_login_attempts")


def _busy_network(minutes: int) -> ValidationError:
    """Return the refusal of what others tried at the same address: no fault of who reads it."""
    text = ngettext(
        "Many wrong passwords came from the network you are on. Sign in by a code now, or by password in "
        "%(minutes)d minute; where you signed in before, the password works now.",
        "Many wrong passwords came from the network you are on. Sign in by a code now, or by password in "
        "%(minutes)d minutes; where you signed in before, the password works now.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code="code_needed")


def _from_everywhere(minutes: int) -> ValidationError:
    """Return the refusal of an account that is tried from many addresses."""
    text = ngettext(
        "Too many wrong passwords from different places. Sign in by a code now, or by password in "
        "%(minutes)d minute; where you signed in before, the password works now.",
        "Too many wrong passwords from different places. Sign in by a code now, or by password in "
        "%(minutes)d minutes; where you signed in before, the password works now.",
        minutes,
    )
    return ValidationError(text % {"minutes": minutes}, code="code_needed")


HERE, ACCOUNT = "account and address or device", "account"
ALL_COUNT = frozenset({"login", "login_device"})
_Refusal = Callable[[int], ValidationError]
_DEVICE: tuple[tuple[str, str, _Refusal], ...] = (
    ("login_failed_device", HERE, _too_many),
    ("login_device", HERE, _too_many),
)
_STRANGER: tuple[tuple[str, str, _Refusal], ...] = (
    ("login_failed", HERE, _too_many),
    ("login_failed_address", HERE, _busy_network),
    ("login_failed_account", ACCOUNT, _from_everywhere),
    ("login", HERE, _busy_network),
)


def is_known_device(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> bool:
    """Tell axes that a device has a budget of its own: what others try at the same address does not count for it."""
    return bool(device_of(request, name_tried(request, credentials)))


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

        By account and network address: a stranger's wrong passwords do not keep its person out, nor do those that a
        neighbour tries for other accounts: at a busy address each account still has a first try. Guesses from many
        addresses end passwords for that account for a while, but not on the devices that it signed in on: each of these
        counts for itself alone. A code always signs in. Unknown names count alike.
        """
        name = name_tried(request, credentials)
        device = device_of(request, name)
        here, usages = f"{name} {device or client_ip(request)}", []
        for action, key, refusal in _DEVICE if device else _STRANGER:
            counted = {"action": action, "key": here if key == HERE else name}
            used = limits.consume(request, **counted)
            if used is None and action == "login_failed_address":
                counted["action"] = "login_failed_busy"
                used = limits.consume(request, **counted)
            if used is None:
                _Usages(tuple(usages)).rollback()
                raise refusal(limits.minutes_left(request, **counted))
            # How many passwords are looked at is counted whether they are right or not: each is much work.
            if action not in ALL_COUNT:
                usages.append(used)
        self._login_failed_rl_usage = _Usages(tuple(usages))

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Tell whether this is the password of `user`, who is signed in; tries are counted by who asks."""
        return bool(user.is_active and user.check_password(password))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the count: only time ends it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by the name that was tried, phone or e-mail."""
        return f"sign-in:{name_tried(request, credentials)}"
