"""Reading bank transfers: what was announced and not found on a statement yet."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.core.paginator import Page
from django.db.models import Q
from django.db.models.functions import Coalesce

from shop.accounts.queries import organisation_names
from shop.core.masking import mask_phone
from shop.core.paging import Turned, paged
from shop.sales import hooks
from shop.sales.models import Payment, Purchase, Remittance
from shop.sales.queries.deliveries import schedules_of
from shop.sales.queries.due import dues_of
from shop.sales.queries.finding import transfers_of
from shop.sales.queries.slips import SlipShown, slips_of
from shop.sales.queries.trails import Came, said_to_finance, trails_of
from shop.sales.queries.unpayable import barred_to_finance, unpaid_under_revoked
from shop.sales.states import PaymentState, PurchaseState, TransferState

TRANSFERS_A_PAGE = 20


@dataclass
class Transfer:
    """One announced transfer. `payers` are the names and accounts that may stand on the statement.

    `due_fen` is what is to come now, `waits_fen` what is still to come after acceptance, `ahead_fen` what came of
    that already, `received_fen` what came, `kept_fen` what stands of it, `came` the
    lines of it; `is_closed` that its purchase waits for no money:
    what comes all the same goes back. `cannot_pay` says what of it can't be paid now, and why. `became` is what became of what came (a TransferState), `said` that in words.
    """

    pk: int
    code: str
    amount_fen: int
    received_fen: int
    kept_fen: int
    due_fen: int
    waits_fen: int
    ahead_fen: int
    number: str
    payers: list[str]
    started_at: datetime
    pay_by: datetime | None
    finished_at: datetime | None
    state: str
    offsets: list["Offset"]
    became: str
    said: list[str]
    slips: list[SlipShown]
    account: str = ""
    cannot_pay: str = ""
    came: tuple[Came, ...] = ()

    @property
    def is_closed(self) -> bool:
        """Whether its purchase waits for no money."""
        return self.state != PurchaseState.UNPAID

    @property
    def became_words(self) -> str:
        """What became of what came, in a word."""
        return str(TransferState(self.became).label)


@dataclass(frozen=True)
class Offset:
    """Another transfer of the same buyer to which something is to come now."""

    pk: int
    code: str
    number: str
    due_fen: int


class Shown(StrEnum):
    """Which transfers a list shows."""

    WAITING = "waiting"
    CLOSED = "closed"
    BOOKED = "booked"


def transfers(page: Turned = 1, *, shown: str = Shown.WAITING, query: str = "") -> Page:
    """Return a page of the transfers that wait (the oldest first), of those whose purchase waits for no money any more,
    or of the booked ones (the latest first). Twenty-seven queries at most, whatever the number.

    `query` looks among them for a code, a name, an amount, the bank's number, a purchase's or an order's.
    """
    rows = Payment.objects.filter(gateway="transfer", payable_kind="purchase")
    open_ = rows.filter(state__in=(PaymentState.STARTED, PaymentState.CHECKING))
    unpaid = Purchase.objects.filter(state=PurchaseState.UNPAID)
    if shown == Shown.BOOKED:
        # A transfer that came in part is booked and not finished.
        rows = rows.filter(received_fen__gt=0).annotate(ended_at=Coalesce("finished_at", "started_at"))
        rows = rows.order_by("-ended_at", "-pk")
    elif shown == Shown.CLOSED:
        rows = open_.exclude(payable_id__in=unpaid.values("pk")).order_by("-started_at", "-pk")
    else:
        rows = open_.filter(payable_id__in=unpaid.values("pk")).order_by("started_at", "pk")
    if query:
        rows = rows.filter(transfers_of(query))
    found = paged(rows, page, TRANSFERS_A_PAGE)
    payments = list(found.object_list)
    purchases = Purchase.objects.select_related("user").in_bulk([payment.payable_id for payment in payments])
    names = _payers(list(purchases.values()))
    dues = dues_of(list(purchases))
    trails = trails_of(list(purchases))
    schedules = schedules_of(list(purchases.values()), dues)
    barred = unpaid_under_revoked(list(purchases))
    slips = slips_of([payment.pk for payment in payments])
    offsets = _offsets(list(purchases.values())) if shown == Shown.WAITING else {}
    found.object_list = []
    for payment in payments:
        purchase, due = purchases[payment.payable_id], dues[payment.payable_id]
        trail = trails[purchase.pk].of_payment(payment.pk)
        row = Transfer(
            pk=payment.pk,
            code=payment.provider_ref,
            amount_fen=payment.amount_fen,
            received_fen=payment.received_fen,
            kept_fen=trail.stands_fen,
            due_fen=schedules[purchase.pk].due_now_fen,
            waits_fen=schedules[purchase.pk].waits_fen,
            ahead_fen=schedules[purchase.pk].ahead_fen,
            number=purchase.number,
            payers=names[purchase.pk],
            started_at=payment.started_at,
            pay_by=schedules[purchase.pk].pay_by or purchase.pay_by,
            finished_at=payment.finished_at,
            state=purchase.state,
            offsets=offsets.get(purchase.pk, []),
            became=trail.state(is_open=purchase.state == PurchaseState.UNPAID),
            said=said_to_finance(trail, due, purchase.state, schedules[purchase.pk], is_barred=purchase.pk in barred),
            slips=slips.get(payment.pk, []),
            account=_account(purchase),
            cannot_pay=barred_to_finance(barred.get(purchase.pk, [])),
            came=trail.came,
        )
        found.object_list.append(row)
    return found


def offsets_of(purchase: Purchase) -> list[Offset]:
    """Return the other transfers of a purchase's buyer that wait for money."""
    return _offsets([purchase]).get(purchase.pk, [])


def _offsets(purchases: Sequence[Purchase]) -> dict[int, list[Offset]]:
    """Return, by purchase, the waiting transfers of other purchases of the same buyer: account, or unit."""
    mine = Q(pk__in=[])
    for each in purchases:
        mine |= _same_buyer(each)
    others = {row.pk: row for row in Purchase.objects.filter(mine, state=PurchaseState.UNPAID)}
    waiting = Payment.objects.filter(
        gateway="transfer",
        payable_kind="purchase",
        payable_id__in=others,
        state__in=(PaymentState.STARTED, PaymentState.CHECKING),
    ).order_by("pk")
    dues = schedules_of(list(others.values()))
    found: dict[int, list[Offset]] = {}
    for payment in waiting:
        other = others[payment.payable_id]
        for each in purchases:
            if each.pk != other.pk and _is_same_buyer(each, other) and dues[other.pk].due_now_fen:
                offset = Offset(payment.pk, payment.provider_ref, other.number, dues[other.pk].due_now_fen)
                found.setdefault(each.pk, []).append(offset)
    return found


def _same_buyer(purchase: Purchase) -> Q:
    if purchase.attribution_kind == "unit":
        return Q(attribution_kind="unit", attribution_ref=purchase.attribution_ref)
    return Q(user=purchase.user_id, attribution_kind=purchase.attribution_kind) if purchase.user_id else Q(pk__in=[])


def _is_same_buyer(one: Purchase, other: Purchase) -> bool:
    if one.attribution_kind == "unit" or other.attribution_kind == "unit":
        return (one.attribution_kind, one.attribution_ref) == (other.attribution_kind, other.attribution_ref)
    return one.user_id is not None and one.user_id == other.user_id


def expected_payers(payment: Payment) -> list[str]:
    """Return from whom a transfer may come; anybody else is an operator's decision, with a reason.

    For a unit: its registered name and accounts, nothing that somebody typed on the way. For others: the title of the
    invoice, the buyer, the organisations the buyer acts for; of an account without a name who paid for it before. Never the recipient: anybody can be sent a parcel.
    """
    purchase = Purchase.objects.select_related("user").get(pk=payment.payable_id)
    return _payers([purchase])[purchase.pk]


def is_anybody_s(payment: Payment) -> bool:
    """Tell whether anybody who names the code may pay: for a guest, of whom no name is known.

    A unit's payers are registered names, and who has an account can be asked: any other payer must be explained.
    """
    kind, user_id = Purchase.objects.values_list("attribution_kind", "user").get(pk=payment.payable_id)
    return user_id is None and kind not in hooks.payer_sources


def _account(purchase: Purchase) -> str:
    """Return whose account bought, as finance may read it; "" for a guest's purchase."""
    user = purchase.user
    return (mask_phone(user.phone) or user.email or str(user.pk)) if user is not None else ""


def _paid_before(user_ids: Collection[int]) -> dict[int, list[str]]:
    """Return who paid earlier transfers of these accounts, as finance took them. Two queries."""
    bought = Purchase.objects.filter(user__in=user_ids).exclude(attribution_kind__in=hooks.payer_sources)
    owners = dict(bought.values_list("pk", "user"))
    found: dict[int, list[str]] = {}
    rows = Remittance.objects.filter(payment__payable_kind="purchase", payment__payable_id__in=owners)
    for purchase_id, payer in rows.exclude(payer="").order_by("pk").values_list("payment__payable_id", "payer"):
        found.setdefault(owners[purchase_id], []).append(payer)
    return found


def _payers(purchases: Sequence[Purchase]) -> dict[int, list[str]]:
    """Return the expected payers by purchase."""
    registered = {
        kind: payers({each.attribution_ref for each in purchases if each.attribution_kind == kind})
        for kind, payers in hooks.payer_sources.items()
        if any(each.attribution_kind == kind for each in purchases)
    }
    others = [each for each in purchases if each.attribution_kind not in registered]
    organisations = organisation_names([each.user_id for each in others if each.user_id])
    nameless = {each.user.pk for each in others if each.user is not None and not each.user.name}
    before = _paid_before(nameless) if nameless else {}
    found: dict[int, list[str]] = {}
    for each in purchases:
        if each.attribution_kind in registered:
            found[each.pk] = registered[each.attribution_kind].get(each.attribution_ref, [])
            continue
        own = [each.invoice_title, each.user.name if each.user else "", *organisations.get(each.user_id or 0, [])]
        own += before.get(each.user_id or 0, [])
        found[each.pk] = [name for name in dict.fromkeys(own) if name]
    return found


def transfer_exists(payment_id: int) -> bool:
    """Tell whether there is such a bank transfer. One query."""
    return Payment.objects.filter(pk=payment_id, gateway="transfer").exists()
