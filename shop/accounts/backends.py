"""Signing in by password with the phone or e-mail that the account has now."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend

from shop.accounts.models import User


class PhoneOrEmail(AuthenticationBackend):
    """allauth's backend, without its table of e-mails: an address that an account had before signs nobody in."""

    def _authenticate_by_email(self, email: str, password: str) -> Any:
        """Return the person of this e-mail and password, or None."""
        found = User.objects.filter(email__iexact=email).order_by("pk").first() if email else None
        return self._check_password(found, password)
