"""The trail of a purchase's money: what came, what of it goes or went back; when, and by which number of the bank."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, Sum
from django.utils.translation import gettext as _

from shop.core import times
from shop.core.money import in_yuan
from shop.sales import rules
from shop.sales.models import Payment, Refund
from shop.sales.queries.credits import Credit, credits_of
from shop.sales.queries.deliveries import Schedule
from shop.sales.queries.due import Due
from shop.sales.states import PurchaseState, RefundState


@dataclass(frozen=True, slots=True)
class Came:
    """Money as it came, in 分; `reference` is the bank's number of the line, "" for what a gateway took.

    `credit` says where it is part of a line that was split between two purchases of the buyer.
    """

    payment_id: int
    fen: int
    payer: str
    reference: str
    at: datetime
    credit: Credit | None = None

    @property
    def line_fen(self) -> int:
        """What came in one amount, whatever of it was credited elsewhere."""
        return self.credit.whole_fen if self.credit is not None else self.fen

    @property
    def credited_to(self) -> str:
        """The purchase that the rest of the line was credited to, "" for none."""
        is_source = self.credit is not None and self.credit.from_payment == self.payment_id
        return self.credit.to_number if self.credit is not None and is_source else ""

    @property
    def came_from(self) -> str:
        """The purchase that the line came for, where a part of it was credited here."""
        is_target = self.credit is not None and self.credit.to_payment == self.payment_id
        return self.credit.from_number if self.credit is not None and is_target else ""

    def words(self) -> str:
        """Say of a split line what came and what was credited where; "" for any other."""
        return self.credit.words([self.payment_id]) if self.credit is not None else ""


@dataclass(frozen=True, slots=True)
class WentBack:
    """Money that goes back, in 分; `paid_at` is None until it left. `is_of_order`: an order had taken it before."""

    payment_id: int
    fen: int
    is_of_order: bool
    asked_at: datetime
    paid_at: datetime | None
    reference: str
    is_by_hand: bool

    def words(self) -> str:
        """Say by which way it goes, when it left, and by which number of the bank."""
        if self.paid_at is None and self.is_by_hand:
            return _("Refund in progress, by bank transfer")
        if self.paid_at is None:
            return _("Refund in progress, the way it was paid")
        facts = {"day": times.full_day(self.paid_at), "reference": self.reference}
        if self.reference:
            return _("Paid back on %(day)s, bank reference %(reference)s") % facts
        if not self.is_by_hand:
            return _("Paid back on %(day)s, the way it was paid") % facts
        return _("Paid back on %(day)s") % facts


@dataclass(frozen=True, slots=True)
class Trail:
    """What came, the oldest first, and what goes or went back of it."""

    came: tuple[Came, ...] = ()
    back: tuple[WentBack, ...] = ()
    credits: tuple[Credit, ...] = ()
    payments: frozenset[int] = frozenset()

    @property
    def came_fen(self) -> int:
        """All that came."""
        return sum(each.fen for each in self.came)

    @property
    def going_back_fen(self) -> int:
        """What is still to be paid back."""
        return sum(each.fen for each in self.back if each.paid_at is None)

    @property
    def gone_back_fen(self) -> int:
        """What was paid back."""
        return sum(each.fen for each in self.back if each.paid_at is not None)

    @property
    def back_fen(self) -> int:
        """What goes or went back."""
        return self.going_back_fen + self.gone_back_fen

    def ways(self) -> list[str]:
        """Say what was given back of it, and what is under way by which way: their sum is `back_fen`."""
        waiting = [each for each in self.back if each.paid_at is None]
        by_bank = sum(each.fen for each in waiting if each.is_by_hand)
        other = sum(each.fen for each in waiting if not each.is_by_hand)
        said = []
        if self.gone_back_fen:
            said.append(_("%(fen)s was given back") % _fen(self.gone_back_fen))
        if by_bank:
            said.append(_("%(fen)s is under way by bank transfer") % _fen(by_bank))
        if other:
            said.append(_("%(fen)s is under way the way it was paid") % _fen(other))
        return said

    @property
    def stands_fen(self) -> int:
        """What came less what goes or went back."""
        return self.came_fen - self.back_fen

    def of_orders(self) -> "Trail":
        """Return what came, and of what went back only what orders had taken."""
        return replace(self, back=tuple(each for each in self.back if each.is_of_order))

    def unneeded(self) -> "Trail":
        """Return what came, and of what went back only what no order had taken."""
        return replace(self, back=tuple(each for each in self.back if not each.is_of_order))

    def without_payers(self) -> "Trail":
        """Return the same without who paid, the bank's numbers of what came, and the buyer's other purchases."""
        came = tuple(replace(each, payer="", reference="", credit=None) for each in self.came)
        return replace(self, came=came, credits=())

    def of_payment(self, payment_id: int) -> "Trail":
        """Return what came and went back by one payment."""
        return Trail(
            tuple(each for each in self.came if each.payment_id == payment_id),
            tuple(each for each in self.back if each.payment_id == payment_id),
            tuple(each for each in self.credits if payment_id in (each.from_payment, each.to_payment)),
            frozenset({payment_id}),
        )

    def credit_words(self) -> list[str]:
        """Say of each line that was split between two purchases what came and what was credited where."""
        return [each.words(self.payments) for each in self.credits]

    def state(self, *, is_open: bool) -> str:
        """Return what became of the money (`states.TransferState`)."""
        return rules.transfer_state(
            received_fen=self.came_fen,
            going_back_fen=self.going_back_fen,
            gone_back_fen=self.unneeded().gone_back_fen,
            is_open=is_open,
        )


NOTHING_CAME = Trail()
# The columns of a payment's row with what came by it, and where they are in `Remittance`.
_REMITTANCE = {"amount": "amount_fen", "payer": "payer", "line": "reference", "at": "at"}


def trails_of(purchase_ids: Sequence[int]) -> dict[int, Trail]:
    """Return the trail of each purchase's money. Two queries, however many; more where transfers were announced."""
    back: dict[int, list[WentBack]] = {}
    payments = _payments(purchase_ids)
    # Of nothing but a bank transfer a part is credited elsewhere.
    announced: dict[int, frozenset[int]] = {}
    for each in payments:
        if rules.is_by_hand(each.gateway):
            announced[each.payable_id] = announced.get(each.payable_id, frozenset()) | {each.pk}
    credited = credits_of([pk for pks in announced.values() for pk in pks])
    came: dict[int, list[Came]] = {}
    for each in payments:
        if each.amount is not None:
            came.setdefault(each.payable_id, []).append(_came(each, credited))
    refunds = Refund.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchase_ids)
    for refund in refunds.select_related("payment").order_by("requested_at", "pk"):
        back.setdefault(refund.payment.payable_id, []).append(_went_back(refund))
    found = {}
    for pk in purchase_ids:
        own = announced.get(pk, frozenset())
        split = tuple(each for each in credited if own & {each.from_payment, each.to_payment})
        found[pk] = Trail(tuple(came.get(pk, ())), tuple(back.get(pk, ())), split, own)
    return found


def _payments(purchase_ids: Sequence[int]) -> list[Any]:
    """Return the purchases' payments with what came by each: a row per remittance, one without where nothing came."""
    rows = Payment.objects.filter(payable_kind="purchase", payable_id__in=purchase_ids)
    by_time = rows.order_by("remittances__at", "remittances__pk")
    what = {name: F(f"remittances__{field}") for name, field in _REMITTANCE.items()}
    return list(by_time.annotate(**what).values_list("pk", "payable_id", "gateway", *what, named=True))


def _came(row: Any, credited: Sequence[Credit]) -> Came:
    parts = {
        **{(each.to_payment, each.at, each.fen): each for each in credited},
        **{(each.from_payment, each.at, each.kept_fen): each for each in credited},
    }
    return Came(row.pk, row.amount, row.payer, row.line, row.at, parts.get((row.pk, row.at, row.amount)))


def _went_back(refund: Refund) -> WentBack:
    by_hand = rules.is_by_hand(refund.payment.gateway)
    return WentBack(
        refund.payment_id,
        refund.amount_fen,
        refund.order_id is not None,
        refund.requested_at,
        refund.finished_at if refund.state == RefundState.SUCCEEDED else None,
        refund.provider_ref if by_hand else "",
        by_hand,
    )


def trail_of(purchase_id: int) -> Trail:
    """Return the trail of a purchase's money. Two queries."""
    return trails_of([purchase_id])[purchase_id]


def going_back_of_orders(order_ids: Sequence[int]) -> dict[int, int]:
    """Return 分 of each order that are to be given back and did not leave yet. One query."""
    rows = Refund.objects.filter(order__in=order_ids).exclude(state=RefundState.SUCCEEDED).order_by()
    return dict(rows.values_list("order_id").annotate(fen=Sum("amount_fen")))


def waiting_of_purchases(purchase_ids: Sequence[int]) -> dict[int, int]:
    """Return 分 of each purchase's money that did not leave yet, whether an order had taken it or none. One query."""
    rows = Refund.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchase_ids)
    waiting = rows.exclude(state=RefundState.SUCCEEDED).order_by()
    return dict(waiting.values_list("payment__payable_id").annotate(fen=Sum("amount_fen")))


def going_back_of_purchases(purchase_ids: Sequence[int]) -> dict[int, int]:
    """Return 分 of each purchase's orders that are to be given back and did not leave yet. One query."""
    rows = Refund.objects.filter(order__purchase__in=purchase_ids).exclude(state=RefundState.SUCCEEDED).order_by()
    return dict(rows.values_list("order__purchase_id").annotate(fen=Sum("amount_fen")))


def said_to_finance(trail: Trail, due: Due, state: str, schedule: Schedule, *, is_barred: bool = False) -> list[str]:
    """Say, for the platform's finance, what became of the money of one transfer, a sentence for each part of it.

    `is_barred`: what is missing can't be paid now. What stands of what came is the purchase's: by whichever of its
    transfers, due less it is what is left.
    """
    is_open, kept = state == PurchaseState.UNPAID, due.received_fen
    left = {"left": in_yuan(due.left_fen)}
    said = []
    if is_open and schedule.waits_fen:
        said.append(
            _("Due now: %(now)s. To pay after acceptance: %(waits)s; the sum may fall.")
            % {"now": in_yuan(schedule.due_now_fen), "waits": in_yuan(schedule.waits_fen)}
        )
    if is_open and schedule.ahead_fen:
        said.append(_("Paid for goods that nobody accepted yet: %(ahead)s.") % {"ahead": in_yuan(schedule.ahead_fen)})
    if kept and is_open and not schedule.due_now_fen:
        said.append(
            _("%(came)s came already. The other %(left)s are to be paid after acceptance: nothing is due now.")
            % {"came": in_yuan(kept), **left}
        )
    elif kept and is_open and is_barred:
        said.append(
            _("%(came)s came already; the other %(left)s can't be paid now: the buyer was told to cancel.")
            % {"came": in_yuan(kept), "left": in_yuan(schedule.due_now_fen)}
        )
    elif kept and is_open:
        said.append(
            _("%(came)s came already, %(left)s is still missing: the buyer was asked for it.")
            % {"came": in_yuan(kept), "left": in_yuan(schedule.due_now_fen)}
        )
    if trail.going_back_fen:
        said.append(_("%(fen)s is to be paid back, see the payouts.") % {"fen": in_yuan(trail.going_back_fen)})
    said += trail.credit_words()
    said += [f"{in_yuan(each.fen)} · {each.words()}" for each in trail.back if each.paid_at is not None]
    if is_open and trail.back and not kept and schedule.due_now_fen:
        said.append(_("The purchase still waits for the whole %(left)s.") % {"left": in_yuan(schedule.due_now_fen)})
    return said


def said_to_buyer(trail: Trail, due_now_fen: int, state: str) -> list[str]:
    """Say to the buyer of a purchase what of its money was credited to, or came from, another one, what becomes of
    money that no order needs, and what is to be paid all the same.
    """
    unneeded = trail.unneeded()
    said = []
    if unneeded.going_back_fen:
        said.append(_("%(fen)s that you sent goes back to you: refund in progress.") % _fen(unneeded.going_back_fen))
    said += [f"{in_yuan(each.fen)} · {each.words()}" for each in unneeded.back if each.paid_at is not None]
    if said and state == PurchaseState.UNPAID and due_now_fen:
        said.append(_("Please transfer all of the %(fen)s that is due in one amount.") % _fen(due_now_fen))
    return [*trail.credit_words(), *said]


def _fen(fen: int) -> dict[str, str]:
    return {"fen": in_yuan(fen)}
