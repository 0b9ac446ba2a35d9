"""Finding money by what finance has in hand: a remittance code, a name, an amount, the bank's number, an order's."""

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db.models import Case, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import StrIndex, Substr

from shop.core.money import to_fen
from shop.core.numbers import plain_yuan
from shop.core.texts import one_line
from shop.sales.models import OrderFacts, Payment, Purchase, Refund, RefundAccount, Remittance, StatementLine
from shop.sales.queries.credits import payments_of_whole
from shop.sales.rules import reference_key

LONGEST_QUERY = 60
# Fewer letters or digits are no part of a number that somebody looks for.
SHORTEST_PART = 3


def fen_typed(text: str) -> int | None:
    """Return 分 of an amount as somebody types it, None for what is none."""
    try:
        yuan = Decimal(plain_yuan(text))
        if yuan.is_finite() and 0 < yuan < 10**9 and yuan == yuan.quantize(Decimal("0.01")):
            return to_fen(yuan)
    except (InvalidOperation, ValueError):
        pass
    return None


def clean_query(text: str) -> str:
    """Return what somebody looks for, on one line and not too long. What can't be seen finds nothing, not everything."""
    return one_line(text)[:LONGEST_QUERY].rstrip() or ("\ufffd" if text.strip() else "")


def _is_scrap(query: str) -> bool:
    """Tell whether so few letters or digits were typed that they stand in almost any number: an amount at most."""
    plain = unicodedata.normalize("NFKC", query)
    return plain.isascii() and sum(each.isalnum() for each in plain) < SHORTEST_PART


def _purchases(query: str) -> Q:
    """Return whose number, buyer or orders the words are of, as a condition on payments."""
    names = Q(invoice_title__icontains=query) | Q(ship_name__icontains=query) | Q(user__name__icontains=query)
    found = Purchase.objects.filter(Q(number__icontains=query) | Q(attribution_label__icontains=query) | names)
    orders = OrderFacts.objects.filter(order__number__icontains=query)
    return Q(payable_id__in=found.values("pk")) | Q(payable_id__in=orders.values("purchase"))


def transfers_of(query: str) -> Q:
    """Return the condition on payments that are found by `query`."""
    fen = fen_typed(query)
    of_fen = Q(amount_fen=fen) if fen is not None else Q(pk__in=[])
    if _is_scrap(query):
        by_line = Q(pk__in=Remittance.objects.filter(of_fen).values("payment"))
        return by_line | of_fen | Q(received_fen=fen) | _of_whole(fen) if fen is not None else by_line
    lines = Q(payer__icontains=query)
    if key := reference_key(query):
        lines |= Q(reference_key__contains=key)
    found = Q(provider_ref__icontains=query) | _purchases(query)
    if fen is not None:
        lines |= Q(amount_fen=fen)
        found |= Q(amount_fen=fen) | Q(received_fen=fen) | _of_whole(fen)
    return found | Q(pk__in=Remittance.objects.filter(lines).values("payment"))


def _of_whole(fen: int) -> Q:
    """Return the condition on payments that a line of this amount was split over: on the statement it is one sum."""
    keys = StatementLine.objects.filter(amount_fen=fen).values("key")
    lines = Remittance.objects.exclude(reference_key="").filter(reference_key__in=keys)
    return Q(pk__in=payments_of_whole(fen)) | Q(pk__in=lines.values("payment"))


def payouts_of(query: str) -> Q:
    """Return the condition on refunds that are found by `query`."""
    fen = fen_typed(query)
    of_fen = Q(amount_fen=fen) | _of_lines(fen) | _paid_by_sum(fen) if fen is not None else Q(pk__in=[])
    if _is_scrap(query):
        return of_fen
    accounts = RefundAccount.objects.filter(Q(holder__icontains=query) | Q(number__contains=query.replace(" ", "")))
    payers = Remittance.objects.filter(payer__icontains=query)
    found = Q(payment__provider_ref__icontains=query) | Q(order__order__number__icontains=query)
    found |= Q(payment__payable_id__in=accounts.values("pk")) | Q(payment__in=payers.values("payment"))
    names = Purchase.objects.filter(
        Q(number__icontains=query) | Q(attribution_label__icontains=query) | Q(user__name__icontains=query)
    )
    found |= Q(payment__payable_id__in=names.values("pk"))
    if key := reference_key(query):
        lines = Remittance.objects.filter(reference_key__contains=key)
        found |= Q(reference_key__contains=key) | Q(payment__in=lines.values("payment"))
    return found | of_fen


def _of_lines(fen: int) -> Q:
    """Return the condition on refunds of money that came by a line of this amount: the whole, or a part it was split in."""
    parts = Q(pk__in=Remittance.objects.filter(amount_fen=fen).values("payment"))
    return Q(payment__in=Payment.objects.filter(parts | _of_whole(fen)).values("pk"))


def _paid_by_sum(fen: int) -> Q:
    """Return the condition on refunds that one payment of this amount paid out together: one number, or one slip."""
    at = StrIndex(F("reference_key"), Value("#"))
    number = Case(
        When(reference_key__contains="#", then=Substr("reference_key", 1, at - 1)), default=F("reference_key")
    )
    numbered = Refund.objects.exclude(reference_key="").annotate(number_of_bank=number)
    slips = Refund.objects.filter(reference_key="", proof__isnull=False)
    of_number = numbered.filter(number_of_bank__in=_sums(numbered, "number_of_bank", fen))
    return Q(pk__in=of_number.values("pk")) | Q(reference_key="", proof__in=_sums(slips, "proof", fen))


def _sums(rows: QuerySet[Refund], by: str, fen: int) -> QuerySet[Refund, Any]:
    return rows.order_by().values(by).annotate(sum_fen=Sum("amount_fen")).filter(sum_fen=fen).values(by)
