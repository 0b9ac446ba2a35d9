"""Giving out, using and revoking tokens."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from shop.accounts.models import AccessToken, User
from shop.accounts.rules import scopes_of
from shop.core import audit
from shop.core.errors import DomainError, InvalidInput, NotAllowed

PREFIX = "hq_"
MOST_TOKENS = 20
MOST_DAYS = 365
NOTED_EVERY = timedelta(minutes=10)


class TooManyTokens(DomainError):
    """The person has as many tokens as there may be."""

    code = "too_many_tokens"


class NoSuchToken(DomainError):
    """The person has no such token."""

    code = "no_such_token"
    status = 404


def digest_of(secret: str) -> str:
    """Return what is kept of a secret. It has 256 random bits: a plain hash can't be guessed back."""
    return hashlib.sha256(secret.encode()).hexdigest()


def issue_token(
    *, actor: User, at: datetime, label: str, scopes: Sequence[str] | None, days: int
) -> tuple[AccessToken, str]:
    """Give the actor a token for `days` (1 to 365) and return it with its secret, which is kept nowhere.

    Without `scopes` it gets all that the person's roles allow. Raises InvalidInput for unknown scopes and lengths,
    NotAllowed for those beyond the person's roles, TooManyTokens.
    """
    allowed = scopes_of(actor)
    wanted = sorted(allowed) if scopes is None else sorted(set(scopes))
    beyond = [name for name in wanted if name not in allowed]
    if beyond:
        raise NotAllowed(
            _("Your roles do not allow: %s.") % ", ".join(beyond), code="scope_beyond_role", field="scopes"
        )
    if not 1 <= days <= MOST_DAYS:
        raise InvalidInput(_("A token is valid for 1 to 365 days."), field="days")
    secret = f"{PREFIX}{secrets.token_urlsafe(32)}"
    with transaction.atomic():
        # The person's row is the lock: counted exactly.
        User.objects.select_for_update().get(pk=actor.pk)
        valid = AccessToken.objects.filter(user_id=actor.pk, revoked_at__isnull=True, expires_at__gt=at)
        if valid.count() >= MOST_TOKENS:
            raise TooManyTokens(_("There are 20 tokens already: revoke one first."))
        token = AccessToken.objects.create(
            user_id=actor.pk,
            label=label,
            hint=secret[: len(PREFIX) + 6],
            digest=digest_of(secret),
            scopes=wanted,
            created_at=at,
            expires_at=at + timedelta(days=days),
        )
        audit.record(action="issue_token", object_kind="token", object_id=token.pk, actor=actor, at=at, scopes=wanted)
    return token, secret


def use_token(*, secret: str, at: datetime) -> AccessToken | None:
    """Return the valid token of `secret` with its person, None for any other. One query; a second every ten minutes."""
    token = AccessToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or token.revoked_at or token.expires_at <= at or not token.user.is_active:
        return None
    if token.last_used_at is None or token.last_used_at < at - NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return token


def revoke_token(*, actor: User, pk: int, at: datetime) -> None:
    """End the actor's own token `pk`, at once; one that has ended stays so. Raises NoSuchToken."""
    with transaction.atomic():
        if not AccessToken.objects.filter(user_id=actor.pk, pk=pk).exists():
            raise NoSuchToken(_("You have no such token."))
        if AccessToken.objects.filter(user_id=actor.pk, pk=pk, revoked_at__isnull=True).update(revoked_at=at):
            audit.record(action="revoke_token", object_kind="token", object_id=pk, actor=actor, at=at)


def revoke_all(*, user: User, at: datetime) -> int:
    """End every token of a person (a new password, for instance); return how many."""
    return AccessToken.objects.filter(user_id=user.pk, revoked_at__isnull=True).update(revoked_at=at)
