"""What allauth asks us: how accounts are found by phone, and which of its words are shown."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from shop.accounts import limit_words, password_limits
from shop.accounts.devices import device_of
from shop.accounts.models import User
from shop.accounts.names import name_tried

__all__ = ["AccountAdapter", "is_known_device", "name_tried"]


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
        taken = password_limits.take(request, password_limits.of_device(request, name, device)) if device else None
        # A device that may have been copied is none better than a stranger once its own tries are used up.
        if device is None or (isinstance(taken, password_limits.Refused) and not device.is_home):
            taken = password_limits.take(request, password_limits.of_stranger(request, name))
        if isinstance(taken, password_limits.Refused):
            raise limit_words.password_refused(request, taken, credentials)
        self._login_failed_rl_usage = taken

    def reauthenticate(self, user: Any, password: str) -> bool:
        """Tell whether this is the password of `user`, who is signed in; tries are counted by who asks."""
        return bool(user.is_active and user.check_password(password))

    def _delete_login_attempts_cached_email(self, request: HttpRequest, **credentials: Any) -> None:
        """Keep the count: only time ends it."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count failures by the name that was tried, phone or e-mail."""
        return f"sign-in:{name_tried(request, credentials)}"
