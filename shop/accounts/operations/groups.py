"""The groups that stand for roles."""

from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from shop.accounts import roles
from shop.accounts.models import User
from shop.core import audit


def ensure_groups() -> None:
    """Create the groups of every role and give them their back-office permissions. Running it again changes nothing."""
    with transaction.atomic():
        for name in roles.ALL:
            group, _created = Group.objects.get_or_create(name=name)
            wanted = [
                permission
                for app, model, actions in roles.BACK_OFFICE.get(name, ())
                for permission in Permission.objects.filter(
                    content_type__app_label=app, codename__in=[f"{action}_{model}" for action in actions]
                )
            ]
            group.permissions.set(wanted)


def give_role(*, user: User, role: str, actor: User | None, at: datetime) -> None:
    """Put `user` in the group of `role`; staff roles may enter the back office. Raises ValueError for an unknown role."""
    if role not in roles.ALL:
        raise ValueError(f"no such role: {role}")
    with transaction.atomic():
        user.groups.add(Group.objects.get_or_create(name=role)[0])
        if role in roles.STAFF and not user.is_staff:
            user.is_staff = True
            user.save(update_fields=["is_staff"])
        audit.record(action="give_role", object_kind="user", object_id=user.pk, actor=actor, at=at, role=role)
    user.__dict__.pop("role_names", None)


def take_role(*, user: User, role: str, actor: User | None, at: datetime) -> None:
    """Take `user` out of the group of `role`, and out of the back office with the last staff role."""
    with transaction.atomic():
        user.groups.remove(*Group.objects.filter(name=role))
        if user.is_staff and not user.is_superuser and not user.groups.filter(name__in=roles.STAFF).exists():
            user.is_staff = False
            user.save(update_fields=["is_staff"])
        audit.record(action="take_role", object_kind="user", object_id=user.pk, actor=actor, at=at, role=role)
    user.__dict__.pop("role_names", None)
