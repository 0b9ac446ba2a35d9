"""The reviewers' queues: reviews of products, bank transfers."""

from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from shop.core.acting import by
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, SomeYuanIn, fen_of, yuan
from shop.core.api.bank import BankAccountIn, MoneyCame, show_came
from shop.core.api.paging import Turn, turn_of
from shop.core.api.routing import ApiRequest, Key
from shop.core.errors import NotAllowed
from shop.sales.api.trails import Slips, show_slips
from shop.sales.models import Purchase, RefundAccount, ReviewFacts
from shop.sales.operations.payouts import each_once, give_account, pay_out, pay_out_together
from shop.sales.operations.reviews import moderate_review
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.finding import clean_query
from shop.sales.queries.payouts import Payout, by_hand, payout_exists, payouts
from shop.sales.queries.reviewing import decided_reviews, review_exists, waiting_reviews
from shop.sales.queries.transfers import Transfer, transfer_exists, transfers
from shop.sales.texts import in_reader_language

area = Area(gettext_noop("Reviewers: reviews and transfers"))


def _check(request: ApiRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise NotAllowed(_("You may not do this."))


class QueueAsked(Turn):
    state: Literal["waiting", "decided"] = "waiting"


class QueuedReview(Answer):
    id: int
    stars: int
    text: str
    name: str = Field(description=gettext_noop("The product."))
    supplier: str
    picture_count: int
    refusal: str
    written_at: Moment
    decided_at: Moment | None


def _review(row: ReviewFacts) -> dict[str, Any]:
    return {
        "id": row.pk,
        "stars": row.review.score,
        "text": row.review.body,
        "name": in_reader_language(row.line.name_zh, row.line.name_en),
        "supplier": in_reader_language(row.line.order.supplier.name_zh, row.line.order.supplier.name_en),
        "picture_count": len(row.pictures.all()),
        "refusal": row.refusal,
        "written_at": row.review.date_created,
        "decided_at": row.moderated_at,
    }


@area.reads(
    "/review/reviews",
    Page[QueuedReview],
    scope="review:read",
    summary=gettext_noop("Reviews that wait, the oldest first"),
)
def list_queued_reviews(request: ApiRequest, asked: Annotated[QueueAsked, Query(...)]) -> dict[str, Any]:
    _check(request, "sales.moderate_reviews")
    return turn_of(asked, waiting_reviews if asked.state == "waiting" else decided_reviews, _review)


class ReviewDecision(Body):
    approve: bool
    reason: str = Field("", max_length=200, description=gettext_noop("Needed to refuse: the buyer reads it."))


@area.writes(
    "/review/reviews/{int:review_id}/decision",
    None,
    scope="review:write",
    summary=gettext_noop("Show a review to everybody, or refuse it with a reason"),
)
def decide_review(request: ApiRequest, review_id: int, body: ReviewDecision) -> None:
    _check(request, "sales.moderate_reviews")
    if not review_exists(review_id):
        raise Http404
    moderate_review(review_id=review_id, approve=body.approve, reason=body.reason, **by(request))


class TransferOut(Priced):
    id: int
    code: str = Field(examples=["HK000017A1B2"])
    amount: str = Field(description=gettext_noop("What is to come now; of a closed purchase what was asked for."))
    waits: str = Field(
        description=gettext_noop("What is still to be paid after acceptance, without what was paid ahead.")
    )
    paid_ahead: str = Field(description=gettext_noop("What was paid already for goods that wait for acceptance."))
    received: str = Field(description=gettext_noop("What came already, before anything of it went back."))
    kept: str = Field(description=gettext_noop("What came, less what goes or went back."))
    purchase: str
    purchase_state: str = Field(description=gettext_noop("Unless it is unpaid, what comes goes back."))
    payers: list[str] = Field(description=gettext_noop("Names that may stand on the statement."))
    started_at: Moment
    pay_by: Moment | None
    booked_at: Moment | None
    outcome: Literal["waiting", "partly", "booked", "to_pay_back", "paid_back"] = Field(
        description=gettext_noop("What became of what came.")
    )
    said: list[str] = Field(description=gettext_noop("The outcome in sentences."))
    cannot_pay: str = Field(
        description=gettext_noop(
            "What of the purchase can't be paid now, its certificate being revoked; empty for nothing."
        )
    )
    came: list[MoneyCame] = Field(description=gettext_noop("Each line that arrived, the oldest first."))
    slip_count: int


SOUGHT = Field("", max_length=60, description=gettext_noop("A code, a name, an amount, a bank's or an order's number."))


class TransfersAsked(Turn):
    state: Literal["waiting", "closed", "booked"] = "waiting"
    q: str = SOUGHT


def _transfer(row: Transfer) -> dict[str, Any]:
    return {
        "id": row.pk,
        "code": row.code,
        "amount": yuan(row.due_fen if not row.is_closed else row.amount_fen),
        "waits": yuan(row.waits_fen),
        "paid_ahead": yuan(row.ahead_fen),
        "received": yuan(row.received_fen),
        "kept": yuan(row.kept_fen),
        "purchase": row.number,
        "purchase_state": row.state,
        "payers": row.payers,
        "started_at": row.started_at,
        "pay_by": row.pay_by,
        "booked_at": row.finished_at,
        "outcome": row.became,
        "said": row.said,
        "cannot_pay": row.cannot_pay,
        "came": show_came(row),
        "slip_count": len(row.slips),
    }


@area.reads(
    "/review/transfers",
    Page[TransferOut],
    scope="review:read",
    summary=gettext_noop("Bank transfers to be found on the statement"),
)
def list_transfers(request: ApiRequest, asked: Annotated[TransfersAsked, Query(...)]) -> dict[str, Any]:
    _check(request, "sales.decide_transfers")
    return turn_of(asked, lambda page: transfers(page, shown=asked.state, query=clean_query(asked.q)), _transfer)


@area.reads(
    "/review/transfers/{int:payment_id}/slips",
    Slips,
    scope="review:read",
    summary=gettext_noop("The slips that a buyer added to a transfer"),
)
def list_slips(request: ApiRequest, payment_id: int) -> dict[str, Any]:
    _check(request, "sales.decide_transfers")
    if not transfer_exists(payment_id):
        raise Http404
    return show_slips(payment_id)


class Match(Body):
    received: SomeYuanIn
    payer: str = Field(max_length=120)
    why: str = Field("", max_length=200, description=gettext_noop("Needed when the payer is not who was expected."))
    then: Literal["", "ask", "give_back", "offset", "keep"] = Field(
        "",
        description=gettext_noop(
            "Needed for another amount: ask for the rest; give back, offset or keep what is too much."
        ),
    )
    offset: Id | None = Field(None, description=gettext_noop("Another waiting transfer of the same buyer."))
    reference: str = Field("", max_length=60, description=gettext_noop("The bank's number of the line."))
    line: SomeYuanIn | None = Field(
        None,
        description=gettext_noop("The amount of the whole line, where it is split over several transfers."),
    )


@area.writes(
    "/review/transfers/{int:payment_id}/match",
    None,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Book a transfer that came"),
)
def match_one_transfer(request: ApiRequest, payment_id: int, body: Match) -> None:
    _check(request, "sales.decide_transfers")
    if not transfer_exists(payment_id):
        raise Http404
    match_transfer(
        payment_id=payment_id,
        received_fen=fen_of(body.received),
        payer=body.payer,
        why=body.why,
        then=body.then,
        offset_id=body.offset,
        reference=body.reference,
        line_fen=fen_of(body.line) if body.line is not None else None,
        **by(request),
    )


class AccountOut(Answer):
    holder: str
    bank: str
    number: str
    version: int = Field(description=gettext_noop("Grows with each change: name it when you note the payment."))


class PayoutOut(Priced):
    id: int
    amount: str
    purchase: str
    order: str = Field(description=gettext_noop("Empty where no order took the money."))
    reason: str
    code: str = Field(description=gettext_noop("The remittance code that the money came with."))
    account: AccountOut | None = Field(description=gettext_noop("Null while nobody said where it goes."))
    payers: list[str] = Field(description=gettext_noop("Whose account it goes back to without a reason."))
    holder_differs: bool = Field(
        description=gettext_noop("The account is of another name than who paid: a payment needs a reason.")
    )
    why: str = Field(description=gettext_noop("Why it was paid to another name than who paid."))
    requested_at: Moment
    paid_out_at: Moment | None
    reference: str
    other_waits: str = Field(
        description=gettext_noop("Of the same order, under way the way it was paid: nothing that finance pays.")
    )
    other_given_back: str = Field(description=gettext_noop("Of the same order, given back the way it was paid."))


class PayoutsAsked(Turn):
    state: Literal["waiting", "paid"] = "waiting"
    q: str = SOUGHT


def show_account(account: RefundAccount | None) -> dict[str, Any] | None:
    """Return an account as the API shows it."""
    return account and {name: getattr(account, name) for name in ("holder", "bank", "number", "version")}


def _payout(row: Payout) -> dict[str, Any]:
    return {
        "id": row.pk,
        "amount": yuan(row.fen),
        "purchase": row.purchase,
        "order": row.order,
        "reason": row.reason,
        "code": row.code,
        "account": show_account(row.account) if row.is_account_of_then or not row.finished_at else None,
        "payers": row.owners,
        "holder_differs": row.holder_differs,
        "why": row.why,
        "requested_at": row.requested_at,
        "paid_out_at": row.finished_at,
        "reference": row.reference,
        "other_waits": yuan(row.other_going_fen),
        "other_given_back": yuan(row.other_gone_fen),
    }


@area.reads(
    "/review/payouts",
    Page[PayoutOut],
    scope="review:read",
    summary=gettext_noop("Refunds of bank transfers that finance pays"),
)
def list_payouts(request: ApiRequest, asked: Annotated[PayoutsAsked, Query(...)]) -> dict[str, Any]:
    _check(request, "sales.decide_transfers")
    return turn_of(asked, lambda page: payouts(page, paid=asked.state == "paid", query=clean_query(asked.q)), _payout)


class PaidOut(Body):
    reference: str = Field(min_length=1, max_length=60, description=gettext_noop("The bank's, of the payment."))
    account_version: int = Field(ge=1, description=gettext_noop("Of the account that it was paid to."))
    why: str = Field(
        "", max_length=200, description=gettext_noop("Required where the account is of another name than who paid.")
    )


@area.writes(
    "/review/payouts/{int:refund_id}/payment",
    None,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Note that a refund was paid out"),
)
def pay_out_refund(request: ApiRequest, refund_id: int, body: PaidOut) -> None:
    _check(request, "sales.decide_transfers")
    if not payout_exists(refund_id):
        raise Http404
    pay_out(
        refund_id=refund_id, reference=body.reference, account_version=body.account_version, why=body.why,
        **by(request),
    )  # fmt: skip


class PaidRefund(Body):
    id: int = Field(ge=1)
    account_version: int = Field(ge=1, description=gettext_noop("Of the account that it was paid to."))


class PaidTogether(Body):
    refunds: list[PaidRefund] = Field(
        min_length=1,
        max_length=50,
        description=gettext_noop("All go to one account. All of them are noted, or none."),
    )
    reference: str = Field(min_length=1, max_length=60, description=gettext_noop("The bank's, of the payment."))
    why: str = Field(
        "", max_length=200, description=gettext_noop("Required where the account is of another name than who paid.")
    )


@area.writes(
    "/review/payouts/payment",
    None,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Note that several refunds were paid out by one payment"),
)
def pay_out_refunds(request: ApiRequest, body: PaidTogether) -> None:
    _check(request, "sales.decide_transfers")
    refunds = each_once((each.id, each.account_version) for each in body.refunds)
    if not all(payout_exists(pk) for pk in refunds):
        raise Http404
    pay_out_together(refunds=refunds, reference=body.reference, why=body.why, **by(request))


@area.writes(
    "/review/payouts/{int:refund_id}/account",
    None,
    scope="review:write",
    key=Key.REQUIRED,
    summary=gettext_noop("Enter the account of a refund, as finance knows it"),
)
def give_payout_account(request: ApiRequest, refund_id: int, body: BankAccountIn) -> None:
    _check(request, "sales.decide_transfers")
    refund = by_hand().filter(pk=refund_id).select_related("payment").first()
    if refund is None:
        raise Http404
    purchase = Purchase.objects.get(pk=refund.payment.payable_id)
    give_account(purchase=purchase, through=purchase.attribution_kind, **body.facts(), **by(request))
