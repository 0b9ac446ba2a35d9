"""The address book."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from shop.accounts.models import Address, User
from shop.core.errors import DomainError, InvalidInput
from shop.core.models import Division

MOST_ADDRESSES = 30


class TooMany(DomainError):
    """The address book is full."""

    code = "too_many_addresses"


class NoSuchAddress(DomainError):
    """There is no such address in this person's book."""

    code = "no_such_address"
    status = 404


def save_address(
    *,
    actor: User,
    at: datetime,
    name: str,
    phone: str,
    division_code: str,
    street: str,
    postcode: str = "",
    tag: str = "",
    is_default: bool = False,
    pk: int | None = None,
) -> Address:
    """Add an address to the actor's book, or change its own address `pk`. The first one becomes the default.

    Facts are clean (`shop.core.codes`). Raises InvalidInput unless the division is a county, TooMany, NoSuchAddress.
    """
    if not Division.objects.filter(pk=division_code, level=Division.Level.COUNTY).exists():
        raise InvalidInput(_("Choose province, city and county."), field="division")
    facts: dict[str, Any] = {
        "name": name,
        "phone": phone,
        "division_id": division_code,
        "street": street,
        "postcode": postcode,
        "tag": tag,
    }
    with transaction.atomic():
        # The person's row is the lock of its address book: one default, counted exactly.
        User.objects.select_for_update().get(pk=actor.pk)
        own = Address.objects.filter(user_id=actor.pk)
        if pk is None:
            if own.count() >= MOST_ADDRESSES:
                raise TooMany(_("An address book holds 30 addresses: delete one first."))
            address = Address(user_id=actor.pk)
        else:
            address = _own(actor, pk)
        for key, value in facts.items():
            setattr(address, key, value)
        default = is_default or address.is_default or not own.exclude(pk=address.pk).filter(is_default=True).exists()
        if default:
            own.exclude(pk=address.pk).filter(is_default=True).update(is_default=False)
        address.is_default = default
        address.save()
    return address


def _own(actor: User, pk: int) -> Address:
    address = Address.objects.filter(user_id=actor.pk, pk=pk).first()
    if address is None:
        raise NoSuchAddress(_("This address is not in your book any more."))
    return address


def make_default(*, actor: User, pk: int, at: datetime) -> None:
    """Make the actor's own address `pk` the default. Raises NoSuchAddress."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)
        address = _own(actor, pk)
        Address.objects.filter(user_id=actor.pk, is_default=True).update(is_default=False)
        address.is_default = True
        address.save(update_fields=["is_default", "updated_at"])


def delete_address(*, actor: User, pk: int, at: datetime) -> None:
    """Delete the actor's own address `pk`; the latest used one becomes the default in its place. Raises NoSuchAddress."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=actor.pk)
        address = _own(actor, pk)
        was_default = address.is_default
        address.delete()
        heir = Address.objects.filter(user_id=actor.pk).order_by("-updated_at", "-pk").first() if was_default else None
        if heir:
            Address.objects.filter(pk=heir.pk).update(is_default=True)
