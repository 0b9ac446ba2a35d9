"""What hears of a new password, by Django's own hook: `password_changed` is called when one is saved.

Sessions end by themselves, since Django keeps a digest of the password in each. Tokens are ended here, so that no door
(our pages, a command, a back office, code to come) can leave them alive.
"""

from typing import Any

from django.utils import timezone

from shop.core import audit


class EndTokens:
    """A password validator without a rule; a new password ends every token of its person, and the audit trail says so."""

    def validate(self, password: str, user: Any = None) -> None:
        """Accept every password: rules are other validators'."""

    def get_help_text(self) -> str:
        """Return nothing to say."""
        return ""

    def password_changed(self, password: str, user: Any = None) -> None:
        """End the tokens of `user`."""
        from shop.accounts.operations.tokens import revoke_all  # reason: settings name this module before the apps load

        if user is None or user.pk is None:
            return
        now = timezone.now()
        ended = revoke_all(user=user, at=now)
        if ended:
            audit.record(action="end_tokens", object_kind="user", object_id=user.pk, actor=None, at=now, count=ended)
