"""The one ledger: append-only transfers between accounts, balanced by construction.

Every amount is an integer in the asset's smallest unit (分, 克, 件). Guarded accounts store a balance that the
database keeps from going below zero; the others are sums over their transfers, so that no order waits for a
platform-wide row. Idea after double-entry ledgers in general; see `docs/decisions/`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Max, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from shop.core.errors import DomainError
from shop.core.models import Account, Transfer
from shop.core.prepared import Prepared

CNY = "CNY"
_made = Prepared(lambda keys: Transfer.objects.filter(key__in=keys).values_list("key"))
_called = Prepared(lambda names: Account.objects.filter(name__in=names))


class Overdrawn(DomainError):
    """A guarded account has less than what should leave it."""

    code = "overdrawn"


@dataclass(frozen=True)
class Posting:
    """One transfer to make: `amount` from `debit` to `credit`, once per `key`."""

    key: str
    debit: str
    credit: str
    amount: int
    kind: str
    reference: str
    asset: str = CNY
    guarded: frozenset[str] = frozenset()
    reverses_id: int | None = None


def accounts(names: Iterable[str], *, asset: str = CNY, guarded: frozenset[str] = frozenset()) -> dict[str, Account]:
    """Return the accounts called `names`, opening those that do not exist yet."""
    wanted = set(names)
    found = {account.name: account for account in _called(sorted(wanted))}
    missing = wanted - found.keys()
    if missing:
        Account.objects.bulk_create(
            [Account(name=name, asset=asset, guarded=name in guarded) for name in sorted(missing)],
            ignore_conflicts=True,
        )
        found = {account.name: account for account in Account.objects.filter(name__in=wanted)}
    return found


def post(postings: Iterable[Posting], *, at: datetime, actor_id: int | None = None) -> list[Transfer]:
    """Make the transfers of `postings` in the caller's transaction, all or none; return those made now.

    A posting whose key was made before is skipped: the same effect twice is one effect.
    Raises Overdrawn when a guarded account would go below zero. Locks guarded accounts in the order of their ids.
    """
    wanted = {posting.key: posting for posting in postings}
    if not wanted:
        return []
    done = {key for (key,) in _made(list(wanted))}
    todo = [posting for key, posting in wanted.items() if key not in done]
    if not todo:
        return []
    by_name: dict[str, Account] = {}
    for asset in {posting.asset for posting in todo}:
        group = [posting for posting in todo if posting.asset == asset]
        by_name |= accounts(
            (name for posting in group for name in (posting.debit, posting.credit)),
            asset=asset,
            guarded=frozenset().union(*(posting.guarded for posting in group)),
        )
    # Only a guarded account can refuse, and leave the caller's transaction as it was: nothing else needs a savepoint.
    with transaction.atomic(savepoint=any(account.guarded for account in by_name.values())):
        _move_balances(todo, by_name)
        try:
            return Transfer.objects.bulk_create(
                [
                    Transfer(
                        key=posting.key,
                        debit=by_name[posting.debit],
                        credit=by_name[posting.credit],
                        amount=posting.amount,
                        kind=posting.kind,
                        reference=posting.reference,
                        reverses_id=posting.reverses_id,
                        actor_id=actor_id,
                        at=at,
                    )
                    for posting in todo
                ]
            )
        except IntegrityError as error:
            if "key" in str(error).lower():
                # Somebody made the same effect at the same moment: theirs stands, our whole attempt is undone.
                raise AlreadyPosted("This was booked already.") from error
            raise


def are_made(postings: Iterable[Posting]) -> bool:
    """Return whether each posting stands as it is wanted: its key with the same accounts and amount."""
    wanted = {(posting.key, posting.debit, posting.credit, posting.amount) for posting in postings}
    keys = [key for key, *_rest in wanted]
    return (
        set(Transfer.objects.filter(key__in=keys).values_list("key", "debit__name", "credit__name", "amount")) == wanted
    )


class AlreadyPosted(DomainError):
    """The same effect was booked by somebody else at the same moment; nothing of this attempt remains."""

    code = "already_posted"


def _move_balances(postings: list[Posting], by_name: dict[str, Account]) -> None:
    change: dict[int, int] = {}
    for posting in postings:
        for name, sign in ((posting.debit, -1), (posting.credit, 1)):
            account = by_name[name]
            if account.asset != posting.asset:
                raise ValueError(f"{name} holds {account.asset}, not {posting.asset}")
            if account.guarded:
                change[account.pk] = change.get(account.pk, 0) + sign * posting.amount
    for account_id in sorted(change):
        moved = Account.objects.filter(pk=account_id)
        if change[account_id] < 0:
            moved = moved.filter(balance__gte=-change[account_id])
        if change[account_id] and not moved.update(balance=F("balance") + change[account_id]):
            raise Overdrawn("There is not enough left on this account.", account_id=account_id)


def reverse(key: str, *, at: datetime, actor_id: int | None = None, reason: str = "reversal") -> Transfer | None:
    """Make the opposite of the transfer called `key`, once. Return it, or None when it was reversed before.

    Raises Transfer.DoesNotExist for an unknown key, Overdrawn as `post` does.
    """
    original = Transfer.objects.select_related("debit", "credit").get(key=key)
    made = post(
        [
            Posting(
                key=f"reverse:{key}",
                debit=original.credit.name,
                credit=original.debit.name,
                amount=original.amount,
                kind=reason,
                reference=original.reference,
                asset=original.debit.asset,
                reverses_id=original.pk,
            )
        ],
        at=at,
        actor_id=actor_id,
    )
    return made[0] if made else None


def balance(name: str) -> int:
    """Return credits minus debits of the account called `name`, from its transfers (0 for an unknown one)."""
    credits_ = Transfer.objects.filter(credit__name=name).aggregate(total=Sum("amount"))["total"] or 0
    debits = Transfer.objects.filter(debit__name=name).aggregate(total=Sum("amount"))["total"] or 0
    return credits_ - debits


def balances(prefix: str) -> dict[str, int]:
    """Return the balance of each account whose name starts with `prefix`, from its transfers. One query."""
    totals: dict[str, int] = {}
    for name, total in _either_side("startswith", prefix):
        totals[name] = totals.get(name, 0) + total
    return totals


def _sides(names: Sequence[str], **limits: Any) -> QuerySet[Any]:
    """Return what came to and left each account of `names`, as (name, amount)."""
    return _either_side("in", names, **limits)


def _either_side(lookup: str, wanted: Any, **limits: Any) -> QuerySet[Any]:
    """Return what came to and left each account found by its name: two searches of an index each, never an OR of two.

    An OR over two joins reads every transfer where the database knows little of the table.
    """
    credited = Transfer.objects.filter(**{f"credit__name__{lookup}": wanted}, **limits).order_by()
    debited = Transfer.objects.filter(**{f"debit__name__{lookup}": wanted}, **limits).order_by()
    return (
        credited.values_list("credit__name")
        .annotate(total=Sum("amount"))
        .union(debited.values_list("debit__name").annotate(total=-Sum("amount")), all=True)
    )


_moved = Prepared(_sides)


def moved(*, kind: str, reference: str) -> int:
    """Return what the transfers of one kind that stem from `reference` moved together."""
    return Transfer.objects.filter(kind=kind, reference=reference).aggregate(total=Sum("amount"))["total"] or 0


def moved_by(references: Sequence[str], kinds: Sequence[str]) -> list[tuple[str, str, int, int]]:
    """Return (reference, kind, sum, count) of the transfers of `kinds` that stem from each of `references`. One query."""
    rows = Transfer.objects.filter(reference__in=references, kind__in=kinds).order_by()
    return list(rows.values_list("reference", "kind").annotate(total=Sum("amount"), times=Count("pk")))


def credits_to(names: Sequence[str]) -> QuerySet[Transfer]:
    """Return the transfers that credit any of the accounts `names`, to be counted or looked at. No query runs yet."""
    return Transfer.objects.filter(credit__name__in=names)


def sums(names: Iterable[str]) -> dict[str, int]:
    """Return the balance of each of the accounts called `names`, from its transfers; 0 for an unknown one. One query."""
    totals = dict.fromkeys(names, 0)
    for name, total in _moved(list(totals)) if totals else ():
        totals[name] += total
    return totals


def moving(names: Sequence[str], until: datetime) -> QuerySet[Transfer]:
    """Return the transfers that moved any of the accounts `names` until a moment. No query runs yet."""
    rows = Transfer.objects.filter(Q(credit__name__in=names) | Q(debit__name__in=names), at__lte=until)
    return rows.order_by()


def sums_until(names: Iterable[str], until: datetime) -> dict[str, int]:
    """Return the balance that each of the accounts called `names` had at a moment; 0 for an unknown one. One query."""
    totals = dict.fromkeys(names, 0)
    for name, total in _sides(list(totals), at__lte=until) if totals else ():
        totals[name] += total
    return totals


def statement(accounts_: Mapping[str, str], kinds: Mapping[str, Sequence[str]]) -> QuerySet[Any]:
    """Return one row per reference that moved one of the accounts, the latest first, as dicts.

    `accounts_` (label → account name) gives each label's credits minus debits; `kinds` (label → kinds of transfers)
    gives what the transfers of those kinds moved. The labels' sums over all rows are the accounts' balances: a transfer
    between two of them is one row, and counts for both. One query for the accounts' ids: so the transfers of either side
    are found by an index each, where an OR over two joins reads all that there are.
    """
    known = dict(Account.objects.filter(name__in=accounts_.values()).values_list("name", "pk"))
    ids = {label: known.get(name, 0) for label, name in accounts_.items()}
    sums: dict[str, Any] = {
        label: Coalesce(Sum("amount", filter=Q(credit=pk)), 0) - Coalesce(Sum("amount", filter=Q(debit=pk)), 0)
        for label, pk in ids.items()
    }
    sums |= {label: Coalesce(Sum("amount", filter=Q(kind__in=list(wanted))), 0) for label, wanted in kinds.items()}
    return (
        Transfer.objects.filter(Q(debit__in=ids.values()) | Q(credit__in=ids.values()))
        .values("reference")
        .annotate(last_at=Max("at"), **sums)
        .order_by("-last_at", "reference")
    )
