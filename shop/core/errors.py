"""Errors that a person can act on.

An operation raises a DomainError; views show its message beside the field it names, the API returns its code.
"""

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal with a stable code and a translated message for the person who asked."""

    code = "refused"
    status = 409

    def __init__(
        self, message: str | Promise, *, code: str | None = None, field: str | None = None, **details: Any
    ) -> None:
        super().__init__(str(message))
        self.message = message
        self.code = code or self.code
        self.field = field
        self.details = details


class InvalidInput(DomainError):
    """What was sent can't be used as it is."""

    code = "invalid"
    status = 422


class KeyUsed(DomainError):
    """The key of this form or request stands for something else already: that stays as it is."""

    code = "key_used"


class NotAllowed(DomainError):
    """The actor may not do this."""

    code = "not_allowed"
    status = 403
