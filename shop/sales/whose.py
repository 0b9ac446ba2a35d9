"""One buyer across its guest and account purchases: what may be had once, or so many times, is counted for all of them."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from shop.core.codes import national_phone
from shop.sales.errors import PhoneUnproved


def phone_digest(phone: str) -> str:
    """Return what is kept of an erased buyer's phone (E.164 or national): a keyed hash, the same for both ways to write it."""
    return salted_hmac("shop.sales.erased_phone", national_phone(phone), algorithm="sha256").hexdigest()


@dataclass(frozen=True)
class Whose:
    """Who buys: an account, and the phones that it is reached by. A guest is its phone alone.

    With `is_proved`, the phone is one that the account proved: then what others only typed it into does not count, or
    a stranger could use up what its owner may have. Consumers without one have nothing that is had once, or so often
    (`check_proved`): counted by what they type, they would read, and use up, what somebody else had. Units are counted
    by the account and the phone that they give.
    """

    user_id: int | None = None
    phones: frozenset[str] = frozenset()
    is_proved: bool = False

    @classmethod
    def of(cls, user: Any = None, *phones: str) -> "Whose":
        """Return the identity of `user` (or None) who is reached by `phones`."""
        if user is not None and user.phone and user.phone_verified:
            return cls(user.pk, frozenset((user.phone,)), is_proved=True)
        known = {*phones, (user.phone or "") if user is not None else ""}
        return cls(user.pk if user is not None else None, frozenset(known - {""}))

    def check_proved(self, what: str, *, field: str | None = None) -> None:
        """Raise PhoneUnproved for who proved no phone: the same words whatever phone was typed. `what` is limited."""
        if not self.is_proved:
            raise PhoneUnproved(
                _("%(what)s: only so many for each customer. Sign in with your phone number to have it.")
                % {"what": what},
                field=field,
            )

    @property
    def is_known(self) -> bool:
        """Whether anything is known of the buyer: an empty checkout of a guest says nothing yet."""
        return self.user_id is not None or bool(self.phones)

    def purchases(self, path: str = "") -> Q:
        """Return the condition for the buyer's purchases; `path` leads to the purchase ("order__purchase__")."""
        if not self.is_known:
            return Q(pk__in=())
        found = Q()
        if self.user_id is not None:
            found |= Q(**{f"{path}user": self.user_id})
        if self.phones:
            of_phone = Q(**{f"{path}contact_phone__in": sorted(self.phones)})
            # Of who was erased, only a keyed hash of the phone is left.
            of_phone |= Q(**{f"{path}erased_phone__in": sorted(phone_digest(phone) for phone in self.phones)})
            found |= of_phone & Q(**{f"{path}phone_proved_at__isnull": False}) if self.is_proved else of_phone
        return found


NOBODY = Whose()
