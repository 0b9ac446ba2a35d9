"""Reading refunds that finance pays by hand: the queue, and what a buyer is asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Min, QuerySet, Sum

from shop.core.names import is_among, plain_name
from shop.core.paging import Turned, paged
from shop.core.private_files import private_url
from shop.sales import hooks, rules
from shop.sales.models import Purchase, Refund, RefundAccount, Remittance
from shop.sales.queries.credits import credits_of
from shop.sales.queries.finding import payouts_of
from shop.sales.queries.sealed import altered_accounts
from shop.sales.queries.slips import PROOFS, SMALL
from shop.sales.states import RefundState
from shop.sales.texts import thumb_url

PAYOUTS_A_PAGE = 20
# So many that wait for the accounts of one page are offered to be paid together.
MOST_BESIDE = 200


@dataclass(frozen=True)
class Beside:
    """Another refund to the same account, which one transfer may pay too; `version` of the account as it is shown."""

    pk: int
    fen: int
    number: str
    requested_at: datetime
    version: int

    @property
    def value(self) -> str:
        """What a page sends of it."""
        return f"{self.pk}-{self.version}"


@dataclass(frozen=True)
class Payout:
    """One refund by hand. `account` is None while nobody said where it goes; `payers` sent the money.

    `owners` are the names that it may go to without a reason; `why` it went to another one; `beside` waits for the same
    account. `split` says of a line that was split between two purchases what came where. `other_…` of the same order (of the purchase, where no order took it) goes or went back the way it was paid.
    """

    pk: int
    fen: int
    reason: str
    purchase: str
    order: str
    code: str
    payers: list[str]
    account: RefundAccount | None
    is_account_altered: bool
    requested_at: datetime
    finished_at: datetime | None
    reference: str
    slip: str
    account_version: int | None
    owners: list[str]
    why: str
    beside: list[Beside]
    other_going_fen: int
    other_gone_fen: int
    split: list[str] = field(default_factory=list)

    @property
    def all_fen(self) -> int:
        """What one transfer to its account pays with all that waits for it."""
        return self.fen + sum(each.fen for each in self.beside)

    @property
    def key(self) -> str:
        """What tells its fields apart on a page."""
        return str(self.pk)

    @property
    def is_account_of_then(self) -> bool:
        """Whether `account` is what was paid to: another may have been named for refunds since."""
        return self.account is not None and self.account_version in (None, self.account.version)

    @property
    def holder_differs(self) -> bool:
        """Whether the money goes, or went, to another name than those it came from: a reason is asked for."""
        if self.finished_at is not None:
            return bool(self.why)
        return self.account is not None and not is_among(self.account.holder, self.owners)


def names_of_payers(purchases: Sequence[Purchase]) -> dict[int, list[str]]:
    """Return, by purchase, the names that its money may go back to: who paid; of a unit's, as its own rule says.

    One query, and what units ask.
    """
    came: dict[int, list[str]] = {purchase.pk: [] for purchase in purchases}
    rows = Remittance.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=came).exclude(payer="")
    for purchase_id, payer in rows.order_by("pk").values_list("payment__payable_id", "payer"):
        came[purchase_id].append(payer)
    for purchase in purchases:
        named = hooks.holder_sources.get(purchase.attribution_kind)
        if named is not None:
            came[purchase.pk] = list(named(purchase.attribution_ref, came[purchase.pk]))
    return {pk: list(dict.fromkeys(names)) for pk, names in came.items()}


def by_hand() -> QuerySet[Refund]:
    """Return the refunds that a person has to pay."""
    return Refund.objects.filter(payment__payable_kind="purchase", payment__gateway__in=rules.BY_HAND)


def payouts(page: Turned = 1, *, paid: bool = False, query: str = "") -> Page:
    """Return a page of the refunds to pay out, the oldest first, or of those paid, the latest first. Sixteen queries.

    `query` looks among them for a code, a name, an amount, the bank's reference, a purchase's number or an order's.
    An account that was changed past the shop is not shown: nobody pays to it.
    """
    rows = by_hand().select_related("payment", "order__order", "proof")
    if paid:
        rows = rows.filter(state=RefundState.SUCCEEDED).order_by("-finished_at", "-pk")
    else:
        rows = rows.filter(state=RefundState.REQUESTED).order_by("requested_at", "pk")
    if query:
        rows = rows.filter(payouts_of(query))
    found = paged(rows, page, PAYOUTS_A_PAGE)
    refunds = list(found.object_list)
    ids = {refund.payment.payable_id for refund in refunds}
    purchases = Purchase.objects.in_bulk(ids)
    owners = names_of_payers(list(purchases.values()))
    accounts = RefundAccount.objects.in_bulk(ids)
    altered = set() if paid else _altered(purchases, accounts)
    accounts = {pk: account for pk, account in accounts.items() if pk not in altered}
    beside = {} if paid else _waiting_beside(accounts)
    other_ways = _other_ways(refunds)
    payers: dict[int, list[str]] = {}
    came = Remittance.objects.filter(payment__in=[refund.payment_id for refund in refunds]).order_by("pk")
    for payment_id, payer in came.values_list("payment_id", "payer"):
        payers.setdefault(payment_id, []).append(payer)
    payment_ids = {refund.payment_id for refund in refunds}
    credited = credits_of(payment_ids)
    found.object_list = [
        Payout(
            pk=refund.pk,
            fen=refund.amount_fen,
            reason=refund.reason,
            purchase=purchases[refund.payment.payable_id].number,
            order=refund.order.order.number if refund.order else "",
            code=refund.payment.provider_ref,
            payers=list(dict.fromkeys(name for name in payers.get(refund.payment_id, ()) if name)),
            account=accounts.get(refund.payment.payable_id),
            is_account_altered=refund.payment.payable_id in altered,
            requested_at=refund.requested_at,
            finished_at=refund.finished_at,
            reference=refund.provider_ref,
            slip=_slip(refund),
            account_version=refund.account_version,
            owners=owners[refund.payment.payable_id],
            why=refund.payee_why,
            beside=[each for each in beside.get(refund.payment.payable_id, ()) if each.pk != refund.pk],
            other_going_fen=other_ways.get((*_taken_of(refund), False), 0),
            other_gone_fen=other_ways.get((*_taken_of(refund), True), 0),
            split=[
                each.words([refund.payment_id])
                for each in credited
                if refund.payment_id in (each.from_payment, each.to_payment)
            ],
        )
        for refund in refunds
    ]
    return found


def _altered(purchases: Mapping[int, Purchase], accounts: Mapping[int, RefundAccount]) -> set[int]:
    """Return of which purchases the account is not the one that was given. Two queries, none without accounts."""
    if not accounts:
        return set()
    numbers = {purchases[pk].number: pk for pk in accounts}
    return {numbers[each] for each in altered_accounts({number: accounts[pk] for number, pk in numbers.items()})}


def _taken_of(refund: Refund) -> tuple[int, int | None]:
    """Return of what a refund's money was: the purchase, and the order that had taken it."""
    return refund.payment.payable_id, refund.order_id


def _other_ways(refunds: Sequence[Refund]) -> dict[tuple[int, int | None, bool], int]:
    """Return what goes back the way it was paid of the same purchases and orders, and whether it left. One query."""
    purchases = {refund.payment.payable_id for refund in refunds}
    rows = Refund.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=purchases)
    found: dict[tuple[int, int | None, bool], int] = {}
    for each in rows.exclude(payment__gateway__in=rules.BY_HAND).select_related("payment"):
        key = (*_taken_of(each), each.state == RefundState.SUCCEEDED)
        found[key] = found.get(key, 0) + each.amount_fen
    return found


def _waiting_beside(accounts: Mapping[int, RefundAccount]) -> dict[int, list[Beside]]:
    """Return, by purchase, the refunds that wait for its account (`accounts`), of it and of others; three queries."""
    numbers = {account.number for account in accounts.values()}
    same: dict[tuple[str, str], dict[int, RefundAccount]] = {}
    for account in RefundAccount.objects.filter(number__in=numbers):
        same.setdefault((plain_name(account.holder), account.number), {})[account.pk] = account
    ids = {pk for own in same.values() for pk in own}
    waiting: dict[int, list[Refund]] = {}
    rows = by_hand().filter(state=RefundState.REQUESTED, payment__payable_id__in=ids)
    rows = rows.select_related("payment", "order__order").order_by("requested_at", "pk")
    for refund in rows[:MOST_BESIDE]:
        waiting.setdefault(refund.payment.payable_id, []).append(refund)
    numbers_of = dict(Purchase.objects.filter(pk__in=waiting).values_list("pk", "number"))
    found = {}
    for pk, account in accounts.items():
        own = same[plain_name(account.holder), account.number]
        found[pk] = sorted(
            (
                Beside(
                    refund.pk, refund.amount_fen, refund.order.order.number if refund.order else numbers_of[purchase],
                    refund.requested_at, own[purchase].version,
                )
                for purchase in own
                for refund in waiting.get(purchase, ())
            ),
            key=lambda each: (each.requested_at, each.pk),
        )  # fmt: skip
    return found


def _slip(refund: Refund) -> str:
    """Return the address of the slip of a payment, "" without one; it expires, where the slip is private."""
    if refund.proof is None:
        return ""
    return private_url(PROOFS, refund.pk, SMALL) if refund.proof.is_private else thumb_url(refund.proof.key)


def payout_exists(refund_id: int) -> bool:
    """Tell whether there is such a refund by hand. One query."""
    return by_hand().filter(pk=refund_id).exists()


@dataclass(frozen=True)
class GoesBack:
    """What of a purchase is to be paid to its buyer's account: 分, and the account as far as it is known.

    `door`: where, and by whom, the account is said instead of by the buyer. `is_buyers`: the buyer said it, and who
    reads this only has the phone of the purchase: its bank is not shown.
    """

    fen: int
    account: RefundAccount | None
    door: hooks.Elsewhere | None = None
    is_buyers: bool = False


def waiting_without_account(kind: str, ref: Any) -> QuerySet[Refund]:
    """Return the refunds by hand of purchases attributed to (`kind`, `ref`) whose account nobody gave."""
    purchases = Purchase.objects.filter(attribution_kind=kind, attribution_ref=ref, refund_account=None)
    return by_hand().filter(state=RefundState.REQUESTED, payment__payable_id__in=purchases.values("pk"))


def refunds_without_account(kind: str, ref: str) -> dict[int, tuple[int, datetime]]:
    """Return the refunds by hand of purchases attributed to (`kind`, `ref`) that wait for an account: by purchase, 分
    and since when. One query.
    """
    rows = (
        waiting_without_account(kind, ref)
        .values_list("payment__payable_id")
        .annotate(fen=Sum("amount_fen"), since=Min("requested_at"))
    )
    return {pk: (fen, since) for pk, fen, since in rows.order_by("payment__payable_id")}


def goes_back(purchase_id: int, way: str = "") -> GoesBack | None:
    """Return what waits to be paid to a buyer's account, or None where nothing does. Three queries at most.

    `way`: how who reads it acts (`states.Way`).
    """
    waiting = by_hand().filter(payment__payable_id=purchase_id, state=RefundState.REQUESTED)
    fen = waiting.aggregate(fen=Sum("amount_fen"))["fen"]
    if not fen:
        return None
    door = hooks.elsewhere(hooks.Step.PAY, Purchase.objects.get(pk=purchase_id))
    account = RefundAccount.objects.filter(pk=purchase_id).first()
    return GoesBack(fen, account, door, is_buyers=bool(way and account is not None and not account.way))
