"""What of one line of the statement an operator credited to another purchase of the same buyer.

Nothing is stored for it: the audit of the booking says how much came and to which transfer a part of it went, and the
money of that transfer, booked at the same moment, that it did.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shop.core.models import AuditEntry
from shop.core.money import in_yuan
from shop.sales.models import Payment, Purchase, Remittance

BOOKED = "transfer_matched"
OFFSET = "offset"


@dataclass(frozen=True, slots=True)
class Credit:
    """`fen` of the `whole_fen` that came by one transfer, credited to another; each with its purchase's number."""

    at: datetime
    fen: int
    whole_fen: int
    from_payment: int
    from_number: str
    to_payment: int
    to_number: str

    @property
    def kept_fen(self) -> int:
        """What of the line stayed with the purchase that it was sent for."""
        return self.whole_fen - self.fen

    def words(self, payment_ids: Collection[int]) -> str:
        """Say what came and what of it was credited where, on the side of one of these transfers."""
        facts = {
            "whole": in_yuan(self.whole_fen), "fen": in_yuan(self.fen),
            "source": self.from_number, "target": self.to_number,
        }  # fmt: skip
        if self.from_payment in payment_ids:
            return _("%(whole)s came, %(fen)s of it credited to purchase %(target)s.") % facts
        return _("%(whole)s came for purchase %(source)s, %(fen)s of it credited here.") % facts


def credits_of(payment_ids: Collection[int]) -> list[Credit]:
    """Return what was credited from, or to, these transfers, the oldest first. Four queries at most."""
    if not payment_ids:
        return []
    ours = Q(object_id__in=[str(pk) for pk in payment_ids]) | Q(data__offset_id__in=list(payment_ids))
    entries = list(_offsets().filter(ours).order_by("at", "pk"))
    return list(_credits(entries)) if entries else []


def _offsets() -> QuerySet[AuditEntry]:
    return AuditEntry.objects.filter(object_kind="payment", action=BOOKED, data__then=OFFSET, data__over_fen__gt=0)


def _credits(entries: list[AuditEntry]) -> Iterator[Credit]:
    ids = {int(each.object_id) for each in entries} | {each.data["offset_id"] for each in entries}
    purchases = dict(Payment.objects.filter(pk__in=ids).values_list("pk", "payable_id"))
    numbers = dict(Purchase.objects.filter(pk__in=set(purchases.values())).values_list("pk", "number"))
    # Of a purchase that waited for no money all went back: nothing was credited, whatever was chosen.
    booked = set(Remittance.objects.filter(payment__in=ids).values_list("payment", "at", "amount_fen"))
    for each in entries:
        source, target, fen = int(each.object_id), each.data["offset_id"], each.data["over_fen"]
        if (target, each.at, fen) in booked:
            yield Credit(
                each.at, fen, each.data["amount_fen"],
                source, numbers[purchases[source]], target, numbers[purchases[target]],
            )  # fmt: skip


def payments_of_whole(fen: int) -> set[int]:
    """Return the transfers that a line of `fen` was split over by crediting a part of it. One query."""
    rows = _offsets().filter(data__amount_fen=fen).values_list("object_id", "data__offset_id")
    return {int(pk) for row in rows for pk in row}
