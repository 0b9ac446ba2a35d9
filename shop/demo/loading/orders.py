"""Past purchases, each lived through the real operations in the order of time: placed, paid, sent, received, reviewed.

A purchase's life is a generator that yields when its next step is due; the earliest step of all goes first, so
stock, ledger, messages and counts come out as if it had happened.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

from django.utils import timezone
from oscar.apps.catalogue.reviews.models import ProductReview

from catalog.models import Listing, ListingPicture, Specification
from catalog.queries import freight_of, specifications_for_sale
from shop.accounts.models import Address
from shop.core import outbox
from shop.core.models import OutboxEntry
from shop.demo.loading.people import People
from shop.demo.loading.photos import make_photo
from shop.demo.loading.weighing import weights_of
from shop.demo.world import Row, read
from shop.sales.errors import OverLimit
from shop.sales.models import LineFacts, OrderFacts, Purchase, Shipment
from shop.sales.offers import apply_discounts, find_coupon
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.closing import cancel_order, expire_purchase
from shop.sales.operations.nudges import nudge
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, Extras, Invoice, PlaceLine, ShipTo, place
from shop.sales.operations.receipts import confirm_receipt
from shop.sales.operations.reviews import moderate_review, reply_to_review, submit_review
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.pricing import PricedLine, add_freight, group_by_supplier
from shop.sales.states import AfterSaleKind
from shop.sales.whose import Whose

SEED = 20261123
FIRST_PARCELS = 9  # o'clock
# How many purchases end how. Ages in days before the load.
PLAN = [
    ("completed", 134, 4.5, 88),
    ("disputed", 5, 5, 7),
    ("shipped", 20, 1.5, 4),
    ("to_ship", 16, 0.1, 1.2),
    ("late", 6, 3.5, 6),
    ("unpaid", 3, 0.002, 0.012),
    ("transfer", 3, 0.4, 1.8),
    ("cancelled", 9, 2, 70),
    ("expired", 8, 2, 80),
]
TALKATIVE = 0.82
STEPS = (
    (2, "已揽收", "Picked up"),
    (10, "已到达分拨中心", "Reached the sorting centre"),
    (26, "正在派送", "Out for delivery"),
    (31, "已签收", "Delivered"),
)


@dataclass
class Trade:
    """What all purchases share: the people, what can be bought, the words, the dice."""

    people: People
    at: datetime
    specs: list[tuple[Specification, int]]
    pictures: dict[int, str]
    categories: dict[int, str]
    words: Row = field(default_factory=lambda: read("reviews"))
    dice: Random = field(default_factory=lambda: Random(SEED))
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    said: set[str] = field(default_factory=set)
    waiting: int = 0


def load_orders(*, people: People, pictures: dict[int, str], at: datetime) -> int:
    """Live every purchase up to `at`; return how many there are. `pictures` are names by picture id."""
    trade = Trade(people=people, at=at, specs=_for_sale(), pictures=_first_pictures(pictures), categories=_leaves())
    due: list[tuple[datetime, int, Iterator[datetime]]] = []
    for ending, how_many, youngest, oldest in PLAN:
        for _ in range(how_many):
            placed = at - timedelta(days=trade.dice.uniform(youngest, oldest))
            number = next(trade.numbers)
            heapq.heappush(due, (placed, number, _life(trade, number, ending, placed)))
    while due:
        when, number, life = heapq.heappop(due)
        following = next(life, None)
        _drain(when)
        if following is not None:
            heapq.heappush(due, (max(following, when), number, life))
    return sum(how_many for _ending, how_many, *_ages in PLAN)


def settle_effects(when: datetime) -> None:
    """Run every effect that waits; what is left is an error that the tests of the world name."""
    for _round in range(20):
        if not OutboxEntry.objects.filter(done_at__isnull=True, available_at__lte=when).exists():
            return
        _drain(when)


def _drain(when: datetime) -> None:
    # The cards are built once, after everything.
    OutboxEntry.objects.filter(task__startswith="catalog.", done_at__isnull=True).update(done_at=when)
    outbox.drain(at=when)


def _for_sale() -> list[tuple[Specification, int]]:
    """Return what people buy, with how keen they are on it: cheap first specifications, fruit above all."""
    rows = Specification.objects.filter(listing__is_preorder=False, price_fen__lt=20000).select_related("listing")
    # What a certificate limits that has ended by now is not sold in the last days: nobody buys it here.
    rows = rows.exclude(listing__certified__certificate__valid_until__lt=timezone.localdate())
    keen = []
    now = specifications_for_sale(rows.values_list("pk", flat=True))
    for spec in rows.order_by("listing_id", "position"):
        if now[spec.pk].is_preorder:
            continue
        weight = (6, 3, 2, 1, 1, 1)[min(spec.position, 5)]
        if spec.listing.badge_kind == "proven" or spec.listing.slug == "meixian-golden-pomelo":
            weight *= 3
        keen.append((spec, weight))
    return keen


def _first_pictures(names: dict[int, str]) -> dict[int, str]:
    return {row.listing_id: names[row.picture_id] for row in ListingPicture.objects.filter(position=0)}


def _leaves() -> dict[int, str]:
    return dict(Listing.objects.values_list("pk", "category__slug"))


def _life(trade: Trade, number: int, ending: str, placed: datetime) -> Iterator[datetime]:
    purchase = _place(trade, number, ending, placed)
    if purchase is None or ending == "unpaid":
        return
    if ending == "transfer":
        start_payment(purchase=purchase, gateway_name="transfer", at=placed + timedelta(minutes=4))
        return
    if ending == "expired":
        yield placed + timedelta(minutes=31)
        expire_purchase(purchase_id=purchase.pk, at=placed + timedelta(minutes=31))
        return
    paid = placed + timedelta(minutes=trade.dice.uniform(1, 9))
    yield paid
    payment, _started = start_payment(purchase=purchase, gateway_name="demo", method="wechat_pay", at=paid)
    capture_payment(payment_id=payment.pk, at=paid, actor=purchase.user)
    yield from _after_payment(trade, purchase, ending, paid)


def _by_day(sent: datetime) -> datetime:
    """Return when a parcel goes out: nobody packs at night, and what was harvested that morning is packed by then."""
    local = timezone.localtime(sent)
    return local.replace(hour=FIRST_PARCELS) if local.hour < FIRST_PARCELS else sent


def _after_payment(trade: Trade, purchase: Purchase, ending: str, paid: datetime) -> Iterator[datetime]:
    orders = list(OrderFacts.objects.filter(purchase=purchase).order_by("pk"))
    if ending == "cancelled":
        cancelled = paid + timedelta(hours=trade.dice.uniform(0.5, 6))
        yield cancelled
        for order in orders:
            cancel_order(order_id=order.pk, actor=purchase.user, at=cancelled)
        return
    if ending == "late":
        asked = paid + timedelta(hours=55)
        yield asked
        nudge(order_id=orders[0].pk, actor=purchase.user, at=asked)
        return
    if ending == "to_ship":
        return
    sent = min(_by_day(paid + timedelta(hours=trade.dice.uniform(8, 40))), trade.at - timedelta(minutes=20))
    yield sent
    shipments = [_ship(trade, order, sent) for order in orders]
    if ending == "shipped":
        for shipment in shipments:
            _track(trade, shipment)
        return
    arrived = sent + timedelta(hours=31)
    received = arrived + timedelta(hours=trade.dice.uniform(2, 30))
    yield received
    for order, shipment in zip(orders, shipments, strict=True):
        confirm_receipt(order_id=order.pk, actor=purchase.user, at=received)
        Shipment.objects.filter(pk=shipment.pk).update(delivered_at=arrived)
        _track(trade, shipment)
    yield from _complain(trade, orders[0], received, disputed=ending == "disputed")
    yield from _review(trade, orders, received)


def _place(trade: Trade, number: int, ending: str, placed: datetime) -> Purchase | None:
    dice = trade.dice
    guest = ending in {"completed", "shipped", "to_ship"} and number % 40 == 7
    user = None if guest else _buyer(trade, number)
    home = Address.objects.filter(user=user or trade.people.consumers[1 + number // 40], is_default=True).get()
    phone = home.phone if user else f"1992027{number:04d}"
    specs = specifications_for_sale({spec.pk for spec in _choose(trade, 1 + (number % 3 > 0) + (number % 7 == 0))})
    lines = [
        PricedLine(spec=spec, quantity=_how_many(dice, spec), unit_price_fen=spec.price_fen)
        for spec in specs.values()
        if spec.available > 3 and (user or spec.purchase_limit is None)
    ]
    code = "HEQIAO10" if user and number % 9 == 4 and sum(line.goods_fen for line in lines) >= 10000 else ""
    if code and Purchase.objects.filter(user=user, coupon_code=code).exists():
        code = ""
    groups = group_by_supplier(lines)
    add_freight(groups, freight_of(line.spec.freight_template_id for line in lines), home.division_id)
    served = [line for group in groups if group.freight.served for line in group.lines]
    if not served:
        return None
    whose = Whose.of(user, phone)
    applied = apply_discounts(
        served, at=placed, coupon=find_coupon(code, at=placed, whose=whose) if code else None, whose=whose
    ).applied
    note = trade.words["note"]["texts"]
    try:
        return place(
            actor=user,
            at=placed,
            lines=[
                PlaceLine(
                    line.spec,
                    line.quantity,
                    line.unit_price_fen,
                    discount_fen=line.discount_fen,
                    discount_supplier_fen=line.discount_supplier_fen,
                )
                for line in served
            ],
            buyer=Buyer(
                user=user,
                phone=phone,
                link_token="" if user else guest_token(number),
            ),
            ship_to=ShipTo(home.name, phone, home.division_id, home.street),
            key=f"demo-{number}",
            extras=Extras(
                notes={groups[0].supplier_id: note[number % len(note)]} if number % 6 == 0 else {},
                freight={group.supplier_id: group.freight.fen for group in groups},
                invoice=Invoice("广州朝霞教育工会委员会") if number % 29 == 3 else Invoice(),
                coupon_code=code if any(each.voucher_id for each in applied) else "",
                applied=applied,
            ),
        )
    except OverLimit:
        # They bought enough of it earlier; they go without.
        return None


def guest_token(number: int) -> str:
    """Return the token that opens the orders of guest purchase `number`. Known to all: this is the demo."""
    return f"demo-guest-{number:0>32}"


def _buyer(trade: Trade, number: int) -> Any:
    people = trade.people
    if number % 12 == 0:
        return people.by_login["consumer"]
    if number % 31 == 5:
        return people.by_login["consumer-en"]
    return people.consumers[1 + trade.dice.randrange(len(people.consumers) - 1)]


def _choose(trade: Trade, how_many: int) -> list[Specification]:
    specs, weights = zip(*trade.specs, strict=True)
    return trade.dice.choices(specs, weights, k=how_many)


def _how_many(dice: Random, spec: Any) -> int:
    most = 1 if spec.purchase_limit or spec.price_fen > 6000 else 3
    return dice.choice((1, 1, 1, 2, most)) if most > 1 else 1


def _ship(trade: Trade, order: OrderFacts, at: datetime) -> Shipment:
    number = next(trade.numbers)
    carrier, tracking = (
        ("sf", f"SF{1020260000000 + number * 7919:013d}"),
        ("zto", f"{780260000000 + number * 6271:013d}"),
        ("jd", f"JDVA{20260000000 + number * 3571:011d}"),
        ("ems", f"EM{202600000 + number:09d}CN"),
    )[number % 4]
    lines = list(LineFacts.objects.filter(order=order).order_by("pk"))
    parcel = Parcel(carrier, tracking, {line.pk: line.ordered for line in lines}, weights_of(lines))
    return ship_order(order_id=order.pk, parcel=parcel, actor=trade.people.members[order.supplier_id], at=at)


def _track(trade: Trade, shipment: Shipment) -> None:
    """Write what the carrier told so far."""
    told = [
        {"at": (shipment.shipped_at + timedelta(hours=hours)).isoformat(), "text_zh": zh, "text_en": en}
        for hours, zh, en in STEPS
        if shipment.shipped_at + timedelta(hours=hours) <= trade.at
    ]
    Shipment.objects.filter(pk=shipment.pk).update(track=told)


def _complain(trade: Trade, order: OrderFacts, received: datetime, *, disputed: bool) -> Iterator[datetime]:
    """One order in nine has a case: most are approved, some refused; the `disputed` ones still wait for an answer."""
    dice = trade.dice
    if not disputed and dice.random() > 1 / 9:
        return
    opened = received + timedelta(hours=dice.uniform(0.5, 20))
    if opened > trade.at:
        return
    yield opened
    line = LineFacts.objects.filter(order=order).order_by("pk")[0]
    kind = AfterSaleKind.DAMAGED if dice.random() < 0.7 else AfterSaleKind.REFUND_ONLY
    paid = line.unit_price_fen * line.ordered - line.discount_fen
    photos = (
        [make_photo(trade.pictures[line.listing_id], dice.randrange(9999))] if kind == AfterSaleKind.DAMAGED else []
    )
    case = open_after_sale(
        line_id=line.pk,
        kind=kind,
        quantity=1,
        amount_fen=max(100, min(paid // line.ordered, paid // 5)),
        reason=dice.choice(_complaints(trade, line.listing_id)[kind]),
        uploads=photos,
        actor=None,
        at=opened,
    )
    answered = opened + timedelta(hours=dice.uniform(3, 40))
    if answered > trade.at or disputed:
        return
    yield answered
    refuse = dice.random() < 0.2
    decide_after_sale(
        case_id=case.pk,
        approve=not refuse,
        amount_fen=0 if refuse else case.amount_fen,
        answer=dice.choice(trade.words["refused"][kind]) if refuse else "",
        actor=trade.people.members[order.supplier_id],
        at=answered,
    )


def _complaints(trade: Trade, listing_id: int) -> dict[str, list[str]]:
    """Return by kind of case what buyers of such goods complain of."""
    leaf = trade.categories[listing_id]
    found: dict[str, list[str]] = next(row for row in trade.words["complaint"] if leaf in row["categories"])
    return found


def _review(trade: Trade, orders: list[OrderFacts], received: datetime) -> Iterator[datetime]:
    dice = trade.dice
    for line in LineFacts.objects.filter(order__in=orders).order_by("pk"):
        written = received + timedelta(hours=dice.uniform(1, 70))
        if dice.random() > TALKATIVE or written > trade.at:
            continue
        yield written
        stars = dice.choices((5, 4, 3, 2), (70, 21, 7, 2))[0]
        photos = dice.choices((0, 1, 2), (84, 11, 5))[0] if stars > 3 else 0
        facts = submit_review(
            line_id=line.pk,
            stars=stars,
            text=_text(trade, line.listing_id, stars),
            uploads=[make_photo(trade.pictures[line.listing_id], dice.randrange(9999)) for _ in range(photos)],
            actor=None,
            at=written,
        )
        ProductReview.objects.filter(pk=facts.pk).update(date_created=written)
        answered = written + timedelta(hours=9)
        if answered > trade.at or (written > trade.at - timedelta(days=9) and trade.waiting < 7):
            trade.waiting += 1
            continue
        moderator = trade.people.by_login["platform_reviewer"]
        moderate_review(review_id=facts.pk, approve=True, actor=moderator, at=written + timedelta(hours=3))
        if dice.random() < 0.22:
            reply = dice.choice(trade.words["reply"]["texts"])
            seller = trade.people.members[line.order.supplier_id]
            reply_to_review(review_id=facts.pk, text=reply, actor=seller, at=answered)


def _text(trade: Trade, listing_id: int, stars: int) -> str:
    """Return words that nobody used before."""
    dice, words = trade.dice, trade.words
    if stars < 4:
        first = words["meh"]["texts"]
        second = ["", *words["came"]["texts"]]
    else:
        first, second = words["about"][trade.categories[listing_id]], words["came"]["texts"]
    for _ in range(200):
        opening = dice.choice(first)
        text = f"{opening.rstrip('。')}。{dice.choice(second)}"
        if text not in trade.said:
            break
    trade.said.add(text)
    return text
