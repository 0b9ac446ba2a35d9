"""The one door: whatever sells places its lines here. One purchase, one Oscar order per supplier."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from oscar.apps.basket.models import Basket
from oscar.apps.basket.models import Line as BasketLine

from catalog.operations import stock
from catalog.operations.listings import lock_listings
from catalog.operations.output import CertificateExpired
from shop.core.errors import DomainError, KeyUsed
from shop.core.sealed import seal_all
from shop.sales import hooks, rules
from shop.sales.deal import NO_EXTRAS, SHOP, Attribution, Buyer, Extras, Invoice, PlaceLine, ShipTo
from shop.sales.errors import BasketChanged, NotForSale
from shop.sales.models import LineFacts, OrderAttribution, OrderFacts, Purchase
from shop.sales.numbers import new_number
from shop.sales.operations.discounts import check_parts, claim_uses
from shop.sales.operations.events import order_event
from shop.sales.operations.limits import check_limits
from shop.sales.operations.order_rows import write_orders
from shop.sales.operations.starting import tell_work
from shop.sales.queries.pay_times import pay_time_for
from shop.sales.queries.sealed import placed_facts
from shop.sales.states import CONSUMER_TERMS, OrderState, PurchaseState, Terms
from shop.sales.texts import in_reader_language
from shop.sales.visitors import token_hash
from shop.sales.whose import Whose
from traceability.operations.holding import settle_expired_of

__all__ = ["Attribution", "Buyer", "Extras", "Invoice", "PlaceLine", "ShipTo", "place"]


def place(
    *,
    actor: Any,
    at: datetime,
    lines: Sequence[PlaceLine],
    buyer: Buyer,
    ship_to: ShipTo,
    key: str,
    terms: str = Terms.ONLINE,
    attribution: Attribution = SHOP,
    also: Sequence[Attribution] = (),
    extras: Extras = NO_EXTRAS,
    basket_id: int | None = None,
    leaves_some: bool = False,
) -> Purchase:
    """Reserve stock and write one purchase with an order per supplier, all or nothing; nothing is paid yet.

    The same `key` again returns the first purchase, if it is of the same goods, address and `extras.content`. With `basket_id`, that basket goes from Open to Submitted; where
    it `leaves_some` lines that are not bought now, only the bought ones go, the others wait in it.
    `attribution` is the channel; `also` says what else it came from (a campaign, a session, a need), one per kind.
    Raises NotForSale (out of season), OutOfStock, OutputExceeded, CertificateExpired, OverLimit, PhoneUnproved, CouponGone, or
    BasketChanged when the basket was ordered or changed meanwhile, KeyUsed for a key of another purchase; ValueError when the lines' discounts are not what `extras.applied` takes off.
    What expired of the goods leaves the shelf first. Locks: basket, limited listings, stock pools by id, lots where some
    expired, certified output, then what participants lock.
    """
    if not lines:
        raise BasketChanged(_("Your basket is empty."))
    check_parts(lines, extras.applied)
    whose = Whose.of(buyer.user, buyer.phone)
    try:
        with transaction.atomic():
            if basket_id is not None:
                _take_from_basket(basket_id, lines, leaves_some, at)
            _check_season(lines)
            _check_certificates(lines, at)
            if terms == Terms.POSTPAID:
                # Its pieces count as sold at once: the listings are locked before their stock (`locks.LOCK_ORDER`).
                lock_listings({line.spec.listing_id for line in lines})
            lock_listings({line.spec.listing_id for line in lines if line.spec.purchase_limit is not None})
            check_limits([(line.spec, line.quantity) for line in lines], whose, asks_proof=terms in CONSUMER_TERMS)
            hooks.guard_prices(lines, buyer, at)
            # The periodic job may not have run since midnight: nothing is sold that only an expired lot covers.
            settle_expired_of({line.spec.listing_id for line in lines}, at=at)
            wanted: dict[int, int] = defaultdict(int)
            for line in lines:
                wanted[line.pool] += line.quantity
            stock.reserve(wanted)
            purchase, orders = _write(at, lines, buyer, whose, ship_to, key, terms, attribution, extras, basket_id)
            sources = _note_sources(purchase, (attribution, *also))
            # What was sold, of where and from where, to whom: reports go by it for years.
            its = (line for _order, its_lines in orders for line in its_lines)
            seal_all(placed_facts(its, sources, purchase), at=at)
            claim_uses(purchase=purchase, applied=extras.applied, orders=orders, whose=whose, at=at)
            if terms == Terms.POSTPAID:
                tell_work(orders=orders, at=at)
            hooks.tell(
                *(
                    order_event(
                        hooks.Event.PLACED, order, key=order.order.number, at=at, actor=actor, fen=order.total_fen,
                        lines=its_lines,
                    )
                    for order, its_lines in orders
                )
            )  # fmt: skip
            return purchase
    except (IntegrityError, DomainError) as refused:
        # The same key before, or at the same moment: that attempt stands, everything of this one is rolled back.
        placed = placed_before(key, lines, ship_to, extras.content)
        if placed is None:
            if isinstance(refused, stock.OutOfStock):
                _settle_refused(lines, at)
            raise
        return placed


def _settle_refused(lines: Sequence[PlaceLine], at: datetime) -> None:
    """Settle by itself what expired: the order that found it was refused, and its own settling with it."""
    with transaction.atomic():
        settle_expired_of({line.spec.listing_id for line in lines}, at=at)


def content_digest(ship_to: ShipTo, invoice: Invoice, notes: Mapping[int, str], coupon: str, **goods: Any) -> str:
    """Return a digest of all that a checkout says: a key stands for one content."""
    said = [astuple(ship_to), astuple(invoice), sorted((pk, text) for pk, text in notes.items() if text), coupon, goods]
    return salted_hmac("shop.sales.content", json.dumps(said), algorithm="sha256").hexdigest()


def placed_before(key: str, lines: Sequence[PlaceLine], ship_to: ShipTo, content: str) -> Purchase | None:
    """Return the purchase that a key stands for, None where it is new. `lines` are empty once the basket was ordered.

    Raises KeyUsed where that purchase is of other goods, goes to another address, or says another `content`. Prices may
    have moved meanwhile. A guest's number is not told: whoever left a form open is not who ordered by it.
    """
    placed = Purchase.objects.filter(key=key).first()
    if placed is None:
        return None
    had: Counter[int] = Counter()
    for pk, pieces in LineFacts.objects.filter(order__purchase=placed).values_list("specification_id", "ordered"):
        had[pk] += pieces
    asked: Counter[int] = Counter()
    for line in lines:
        asked[line.spec.specification_id] += line.quantity
    goes_to = ShipTo(
        placed.ship_name, placed.ship_phone, placed.ship_division_id, placed.ship_street, placed.ship_postcode
    )
    if (asked and asked != had) or goes_to != ship_to or placed.content_digest != content:
        if placed.user_id is None:
            raise KeyUsed(_("This form was sent before, with other contents. That order stands."))
        raise KeyUsed(
            _("This was ordered already, as %(number)s, with other goods, to another address or with other words.")
            % {"number": placed.number},
            number=placed.number,
        )
    return placed


def _take_from_basket(basket_id: int, lines: Sequence[PlaceLine], leaves_some: bool, at: datetime) -> None:
    """Close the basket, or take the bought lines out of it; both are compare-and-set: a second order finds nothing."""
    opened = Basket.objects.filter(pk=basket_id, status=Basket.OPEN)
    if not leaves_some:
        taken = opened.update(status=Basket.SUBMITTED, date_submitted=at) == 1
    else:
        bought = [str(line.spec.specification_id) for line in lines]
        done = Basket.objects.create(status=Basket.SUBMITTED, date_submitted=at)
        moved = BasketLine.objects.filter(basket__in=opened, line_reference__in=bought).update(basket=done)
        taken = moved == len(bought)
    if not taken:
        raise BasketChanged(_("This basket has been ordered already. Look at your orders."))


def _check_season(lines: Sequence[PlaceLine]) -> None:
    """What is out of its season, or only announced, is sold by no door."""
    for line in lines:
        if line.spec.is_preorder:
            name = in_reader_language(line.spec.name_zh, line.spec.name_en)
            raise NotForSale(
                _("%(name)s is not in season: it can't be bought now.") % {"name": name},
                specification_id=line.spec.specification_id,
            )


def _check_certificates(lines: Sequence[PlaceLine], at: datetime) -> None:
    """What is sold under a certificate is sold while it is valid: it may have ended at midnight, with a basket open."""
    today = timezone.localdate(at)
    for line in lines:
        if not line.spec.is_certified_on(today):
            name = in_reader_language(line.spec.name_zh, line.spec.name_en)
            words = _("%(name)s: its certificate is not valid today. It can't be sold until it is renewed.")
            if line.spec.certificate_revoked:
                words = _("%(name)s: its certificate was revoked. It can't be sold until it has another.")
            raise CertificateExpired(
                words % {"name": name},
                specification_id=line.spec.specification_id,
            )


def _write(
    at: datetime,
    lines: Sequence[PlaceLine],
    buyer: Buyer,
    whose: Whose,
    ship_to: ShipTo,
    key: str,
    terms: str,
    attribution: Attribution,
    extras: Extras,
    basket_id: int | None,
) -> tuple[Purchase, list[tuple[OrderFacts, list[LineFacts]]]]:
    groups: dict[int, list[PlaceLine]] = defaultdict(list)
    for line in lines:
        groups[line.spec.supplier_id].append(line)
    goods = sum(line.unit_price_fen * line.quantity for line in lines)
    discount = sum(line.discount_fen for line in lines)
    freight = sum(extras.freight.get(supplier_id, 0) for supplier_id in groups)
    # What is scarce is kept for its own time: the platform's list says how long.
    scarce = pay_time_for((line.price_source for line in lines), at)
    purchase = Purchase.objects.create(
        number=new_number("HQ", at),
        key=key,
        content_digest=extras.content,
        user=buyer.user,
        contact_phone=buyer.phone,
        contact_email=buyer.email,
        phone_proved_at=at if whose.is_proved and buyer.phone in whose.phones else None,
        guest_token_hash=token_hash(buyer.guest_token),
        link_token_hash=token_hash(buyer.link_token),
        state=PurchaseState.UNPAID,
        terms=terms,
        goods_fen=goods,
        discount_fen=discount,
        freight_fen=freight,
        total_fen=goods - discount + freight,
        ship_name=ship_to.name,
        ship_phone=ship_to.phone,
        ship_division_id=ship_to.division_code,
        ship_street=ship_to.street,
        ship_postcode=ship_to.postcode,
        invoice_title=extras.invoice.title,
        invoice_tax_no=extras.invoice.tax_no,
        invoice_email=extras.invoice.email,
        coupon_code=extras.coupon_code,
        attribution_kind=attribution.kind,
        attribution_ref=attribution.ref,
        attribution_label=attribution.label,
        basket_id=basket_id,
        placed_at=at,
        pay_by=rules.pay_by(terms, at, scarce.online_minutes if scarce else None),
        term_days=extras.term_days,
    )
    state = OrderState.TO_SHIP if terms == Terms.POSTPAID else OrderState.UNPAID
    return purchase, write_orders(purchase, groups, extras, state, at)


def _note_sources(purchase: Purchase, sources: Sequence[Attribution]) -> list[OrderAttribution]:
    """Keep where the purchase came from, one row per kind, the first of each; the shop itself needs none.

    The first: a drop's own session stands before the session that the visitor's cookie remembers.
    """
    rows = {source.kind: source for source in reversed(sources) if source.ref}
    if not rows:
        return []
    return OrderAttribution.objects.bulk_create(
        [
            OrderAttribution(purchase=purchase, kind=kind, ref=source.ref, label=source.label)
            for kind, source in rows.items()
        ]
    )
