"""What a person may ask of us: a copy of what we know, and to be forgotten. Both walk `shop.core.personal`."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from shop.accounts.models import AccessToken, Address, Membership, Message, OneTimeCode, User
from shop.core import audit, pagecache, personal
from shop.core.models import FirstAnswer

ERASED_DOMAIN = "erased.invalid"


def export_person(*, user: User) -> dict[str, Any]:
    """Return everything kept about `user` as plain JSON values, of every package."""
    return personal.export_all(user)


def erase_person(*, user: User, at: datetime) -> None:
    """Forget `user`: name, phone, e-mail, addresses, messages, memberships and roles go; every session ends.

    The row itself stays, empty, so that orders (kept for years by law) and used vouchers keep their books; packages
    above take the person out of what they keep, and may refuse with a DomainError, which undoes everything.
    """
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        personal.erase_all(user, at)
        audit.record(action="erase", object_kind="user", object_id=user.pk, actor=None, at=at)
        # Pages that were kept may name the person: certificates, reviews, rooms.
        transaction.on_commit(pagecache.bump)


def export_account(user: User) -> dict[str, Any]:
    """Return the account with its addresses, messages, memberships and tokens."""
    account = {
        "email": user.email,
        "phone": user.phone,
        "name": user.name,
        "language": user.language,
        "joined": user.date_joined.isoformat(),
        "roles": sorted(user.role_names),
    }
    addresses = [
        {
            "name": row.name,
            "phone": row.phone,
            "division": row.division.full_name_zh,
            "division_code": row.division_id,
            "street": row.street,
            "postcode": row.postcode,
            "tag": row.tag,
            "default": row.is_default,
        }
        for row in Address.objects.filter(user_id=user.pk).select_related("division").order_by("pk")
    ]
    messages = [
        {"kind": row.kind, "params": row.params, "at": row.created_at.isoformat(), "read": row.read_at is not None}
        for row in Message.objects.filter(user_id=user.pk).order_by("pk")
    ]
    memberships = [
        {"organisation": row.organisation.name_zh, "role": row.role}
        for row in Membership.objects.filter(user_id=user.pk).select_related("organisation").order_by("pk")
    ]
    tokens = [
        {"label": row.label, "scopes": row.scopes, "created": row.created_at.isoformat()}
        for row in AccessToken.objects.filter(user_id=user.pk).order_by("pk")
    ]
    return {
        "account": account,
        "tokens": tokens,
        "addresses": addresses,
        "messages": messages,
        "memberships": memberships,
    }


def erase_account(user: User, at: datetime) -> None:
    """Empty the account's row, locked by `erase_person`; what belongs to it alone goes."""
    known = [each for each in (user.phone, user.email) if each]
    OneTimeCode.objects.filter(Q(user_id=user.pk) | Q(destination__in=known)).delete()
    for table in (AccessToken, Address, Message, Membership):
        table._default_manager.filter(user_id=user.pk).delete()
    FirstAnswer.objects.filter(actor_id=user.pk).delete()
    user.groups.clear()
    user.user_permissions.clear()
    user.email = f"{user.pk}@{ERASED_DOMAIN}"
    user.phone = None
    user.phone_verified = False
    user.name = user.first_name = user.last_name = ""
    user.is_active = user.is_staff = user.is_superuser = False
    user.set_unusable_password()
    user.save()
