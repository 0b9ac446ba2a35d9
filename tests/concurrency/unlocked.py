"""The controls: the same operations without their locks, so that a race must go wrong.

No row is locked by looking at it, on SQLite no transaction holds the others up, and conditional updates become what most
shops do: look, then write what was seen plus one. Between looking and writing the racers of a control meet, at what its
job calls `meet`: what both of them write is stale, whatever the machine does.
"""

import secrets
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.transaction import Atomic
from oscar.apps.basket.models import Basket
from oscar.apps.basket.models import Line as BasketLine
from oscar.apps.offer.models import ConditionalOffer
from oscar.apps.voucher.models import Voucher

from catalog.models import Stock, StockChange
from catalog.operations import deciding, output, proposing, revoking, stock, stocktaking
from livestream.operations import drops, hosting
from procurement.operations import deciding as request_deciding
from procurement.operations import declarations, quota, representing
from shop.accounts import one_time_codes
from shop.accounts.models import OneTimeCode, User
from shop.core import ledger, limits
from shop.core.models import Account, Limit
from shop.core.money import to_yuan
from shop.sales import rules
from shop.sales.models import Purchase
from shop.sales.operations import (
    acceptance,
    aftersales,
    arbitration,
    baskets,
    checkout,
    closing,
    discounts,
    discounts_back,
    funding,
    offer_bounds,
    payouts,
    placing,
    shipping,
    statement_lines,
    tracking,
    transfers,
)
from shop.sales.pricing import Applied
from tests.concurrency import answering, arbitrating, sharing_phone
from tests.concurrency.meeting import Meeting
from traceability.models import ProduceLot, TraceEvent
from traceability.operations import assigning, beyond, kept, quality

# What a racer has called when it has looked and not yet written: the place where it meets, module and function.
LOOKED: tuple[tuple[str, Any, str], ...] = (
    ("proposal", deciding, "_lock"),
    ("proposal", proposing, "_lock"),
    ("certificate", revoking, "_lock"),
    # A certificate that stands, before something is sold under it.
    ("standing", output, "_check_standing"),
    ("case", arbitration, "lock_case"),
    ("case", aftersales, "lock_case"),
    ("limit", placing, "check_limits"),
    # A coupon that its buyer did not have yet.
    ("once", sharing_phone, "find_coupon"),
    ("limit", drops, "_check_limit"),
    # The supplier's floor and the price above it, before a drop is started.
    ("floor", drops, "check_floor"),
    ("transfer", transfers, "_check_payer"),
    # Asked of a refund, or of a payment, right after it was read.
    ("money", rules, "is_by_hand"),
    # A line of the statement, after it was read.
    ("line", statement_lines, "_check_payer"),
    # An account that was read to pay to it, or to name another.
    ("account", payouts, "_check_payee"),
    ("account", payouts, "_check_holder"),
    # A bank's number that nobody used yet, for money that came or that goes.
    ("reference", statement_lines, "check_came_in_key"),
    ("reference", payouts, "check_paid_out_key"),
    # The offers that stand open beside one, before it is approved.
    ("offers", offer_bounds, "open_joining"),
    ("request", request_deciding, "lock_request"),
    # One has read the order before the other writes it, who has read whose quota it fills before the one writes that.
    ("delivery:order", acceptance, "lock_order"),
    ("delivery:order", representing, "counted_fen"),
    ("delivery:quota", representing, "counted_fen"),
    ("delivery:quota", quota, "_postings"),
    # Who has read a declaration, before it is written.
    ("amendment", declarations, "_check"),
    ("verdict", declarations, "must_oversee"),
    ("verdict", declarations, "must_be"),
    # Who has read what waits of an order: the one that packs or cancels its rest, and the one that cancels it whole.
    ("parcel", shipping, "line_rest"),
    ("parcel", closing, "count_sold"),
    ("lot", quality, "lock_lots"),
    # What stays on sale without a harvest, read again behind the locks.
    ("kept", kept, "without_harvest"),
    # Pieces of no lot whose day is past, read again behind the locks.
    ("beyond", beyond, "_left_of"),
    # A supplier's consent, before it is answered.
    ("answer", funding, "_lock_consent"),
    # A report's number that nobody used yet.
    ("report", quality, "_refuse_other_report"),
    ("reset", User, "set_password"),
    # The parcels of other orders under a number that is entered on this one.
    ("number", tracking, "_others"),
    # A session that was read, before it is started, moved or called off.
    ("session", hosting, "may_host"),
)


def take_lock_off(job: dict[str, Any]) -> None:
    """Take the locks out of this process, for a job that says in `meet` where its racers meet, in `size` how many."""
    meeting = Meeting(Path(job["folder"]), job["meet"], job["size"])
    QuerySet.select_for_update = lambda rows, **_how: rows._chain()  # type: ignore[method-assign]
    if connection.vendor == "sqlite":
        # A transaction that read first can't write after another did: the control has none.
        Atomic.__enter__ = lambda _self: None  # type: ignore[method-assign]
        Atomic.__exit__ = lambda _self, *_error: None  # type: ignore[method-assign]
    for name, module, function in LOOKED:
        meeting.after(module, function, name)
    statement_lines.lock_reference = lambda _key: None
    tracking.lock_number = lambda _carrier, _number: None
    quality.lock_name = lambda _kind, _name: None
    arbitrating.watch_claims(meeting)
    answering.decline_last(meeting)
    stock.reserve = partial(_reserve, meeting)
    stocktaking.take_stock = _count_shelf
    stocktaking.adjust_stock = partial(_add_to_shelf, meeting)
    ledger._move_balances = partial(_move_balances, meeting)
    assigning.take = partial(_take, meeting)
    assigning._lock_lots = _look_at_lots
    assigning.record_shipping = lambda **_facts: TraceEvent.objects.order_by("pk")[0]
    one_time_codes._take_try = partial(_take_try, meeting)
    limits._count = partial(_count, meeting)
    discounts._claim_voucher = partial(_claim_voucher, meeting)
    discounts._claim_offer = partial(_claim_offer, meeting)
    discounts_back._uncount = partial(_uncount, meeting)
    baskets.add = partial(_add, meeting)
    checkout.place = partial(_place, meeting, checkout.place)


def _reserve(meeting: Meeting, quantities: dict[int, int]) -> None:
    for stock_id, quantity in quantities.items():
        row = Stock.objects.get(pk=stock_id)
        if row.on_hand - row.reserved < quantity:
            raise stock.OutOfStock("gone")
        meeting.come(f"stock:{stock_id}")
        Stock.objects.filter(pk=stock_id).update(reserved=row.reserved + quantity)


def _move_balances(meeting: Meeting, postings: list[Any], by_name: dict[str, Account]) -> None:
    for posting in postings:
        for name, sign in ((posting.debit, -1), (posting.credit, 1)):
            account = Account.objects.get(pk=by_name[name].pk)
            if not account.guarded:
                continue
            if account.balance + sign * posting.amount < 0:
                raise ledger.Overdrawn("gone")
            meeting.come(f"account:{name}")
            Account.objects.filter(pk=account.pk).update(balance=account.balance + sign * posting.amount)


def _look_at_lots(supplier_id: int, listing_ids: set[int], at: datetime) -> dict[int, ProduceLot]:
    return {lot.pk: lot for lot in assigning.with_packing(ProduceLot.objects.filter(supplier_id=supplier_id))}


def _take(meeting: Meeting, lot: ProduceLot, grams: int, line: Any, at: datetime) -> None:
    meeting.come("lot")
    ProduceLot.objects.filter(pk=lot.pk).update(assigned_grams=lot.assigned_grams + grams)


def _count_shelf(*, stockrecord_id: int, counted: int, **_facts: Any) -> None:
    """Do what the old page did: write what was typed, whatever happened since the page was shown."""
    Stock.objects.filter(stockrecord=stockrecord_id, pool="main").update(on_hand=counted)


def _add_to_shelf(meeting: Meeting, *, stockrecord_id: int, pieces: int, **_facts: Any) -> StockChange:
    """Look how many stand there, and write that many and those that came."""
    row = Stock.objects.get(stockrecord=stockrecord_id, pool="main")
    meeting.come("arrival")
    Stock.objects.filter(pk=row.pk).update(on_hand=row.on_hand + pieces)
    return StockChange.objects.order_by("-pk")[0]


def _take_try(meeting: Meeting, row: OneTimeCode, at: object) -> bool:
    if row.tries >= one_time_codes.TRIES:
        return False
    meeting.come("code")
    OneTimeCode.objects.filter(pk=row.pk).update(tries=row.tries + 1)
    return True


def _count(meeting: Meeting, digest: str, amount: int, at: object) -> bool:
    row = Limit.objects.filter(key=digest).first()
    if row is None or row.count >= amount:
        return False
    meeting.come("tries")
    Limit.objects.filter(key=digest).update(count=row.count + 1)
    return True


def _claim_voucher(meeting: Meeting, purchase: Purchase, voucher_id: int, amount_fen: int, whose: Any, at: Any) -> None:
    """Look whether the coupon was used up; who had it before is looked up when the basket is priced (`once`)."""
    voucher = Voucher.objects.get(pk=voucher_id)
    if voucher.usage == Voucher.SINGLE_USE and voucher.num_orders:
        raise discounts.CouponGone("gone")
    meeting.come("coupon")
    Voucher.objects.filter(pk=voucher_id).update(num_orders=voucher.num_orders + 1)


def _uncount(meeting: Meeting, vouchers: Collection[int], offers: Mapping[int, int]) -> None:
    """Look how often coupons and offers were used, then write one use less."""
    seen = Voucher.objects.in_bulk(vouchers)
    applied = ConditionalOffer.objects.in_bulk(offers)
    meeting.come("coupon")
    for pk, voucher in seen.items():
        Voucher.objects.filter(pk=pk).update(num_orders=voucher.num_orders - 1)
    for pk, offer in applied.items():
        uses = offer.num_applications - offers[pk]
        ConditionalOffer.objects.filter(pk=pk).update(num_orders=offer.num_orders - 1, num_applications=uses)


def _claim_offer(meeting: Meeting, each: Applied, whose: Any, at: Any) -> None:
    offer = ConditionalOffer.objects.get(pk=each.offer_id)
    uses, most = offer.num_applications + each.frequency, offer.max_global_applications
    total = offer.total_discount + to_yuan(each.amount_fen)
    used_up = (most is not None and uses > most) or (offer.max_discount is not None and total > offer.max_discount)
    if offer.status != ConditionalOffer.OPEN or used_up:
        raise discounts.CouponGone("gone")
    meeting.come("offer")
    ConditionalOffer.objects.filter(pk=offer.pk).update(num_applications=uses, total_discount=total)


def _add(meeting: Meeting, *, basket: Basket, specification_id: int, quantity: int, at: datetime) -> int:
    line = BasketLine.objects.filter(basket=basket, line_reference=str(specification_id)).get()
    meeting.come("basket")
    BasketLine.objects.filter(pk=line.pk).update(quantity=line.quantity + quantity)
    return int(line.quantity + quantity)


def _place(meeting: Meeting, place: Callable[..., Purchase], *, key: str, **facts: Any) -> Purchase:
    """Look whether the key was used, then buy: nothing keeps a key from being used twice."""
    placed = Purchase.objects.filter(key__startswith=key).first()
    if placed is not None:
        return placed
    meeting.come("key")
    # The token of its links is made of the key: it would be the same.
    facts["buyer"] = replace(facts["buyer"], link_token="")
    return place(key=f"{key}:{secrets.token_hex(4)}", **facts)
