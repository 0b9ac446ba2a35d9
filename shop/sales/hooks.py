"""Who takes part when an order moves: quota, pledges. Who sells at prices of its own: drops. Wired in `shop/config/wiring.py`.

Participants are called in the transaction of the operation, with all its events at once: one purchase of three
orders is one call. What counts of an order is what was placed, less what was reduced and what was cancelled.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from catalog.queries import SpecForSale
from shop.core.numbers import read_id

if TYPE_CHECKING:
    from shop.sales.deal import Attribution, Buyer, PlaceLine
    from shop.sales.models import OrderFacts, Purchase


class Event(StrEnum):
    """What happened to an order."""

    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    ACCEPTED = "accepted"
    REDUCED = "reduced"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class LineEvent:
    """One line's part of an event: pieces, and what they are worth in 分 (0 where the event is not about money)."""

    line_id: int
    listing_id: int
    specification_id: int
    pieces: int
    fen: int = 0
    net_grams: int = 0
    certificate_id: int | None = None


@dataclass(frozen=True, slots=True)
class OrderEvent:
    """What happened to one order. `order` has its Oscar order and its purchase loaded.

    SHIPPED is told once, when the order reached that state: with its last parcel, or because its rest was cancelled.
    `fen`: PLACED the order's total; ACCEPTED what is left to pay or paid; REDUCED what is given back or not charged;
    CANCELLED what no REDUCED told (the total of an order that was never to be worked on, else 0). `key` is unique per effect.
    """

    kind: Event
    order: "OrderFacts"
    key: str
    at: datetime
    fen: int = 0
    lines: tuple[LineEvent, ...] = ()
    actor_id: int | None = None
    reason: str = ""


Participant = Callable[[Sequence[OrderEvent]], None]
participants: list[Participant] = []


def connect(participant: Participant) -> None:
    """Have `participant` called with the events of every operation, in its transaction."""
    if participant not in participants:
        participants.append(participant)


def tell(*events: OrderEvent) -> None:
    """Call the participants; what one raises ends the operation."""
    if events:
        for participant in participants:
            participant(events)


@dataclass(frozen=True)
class SpecialPrice:
    """A price other than the list price, as it stands now.

    `spec` has this price, the pool it is sold from and what is free there. `source` ("drop:7") is kept on the line;
    `limit` is what one buyer may have at it; `refusal` says in the reader's language why it can't be had now.
    """

    source: str
    spec: SpecForSale
    limit: int | None = None
    until: datetime | None = None
    refusal: str = ""
    attributions: tuple["Attribution", ...] = ()


PriceSource = Callable[[str, datetime], SpecialPrice | None]
PriceGuard = Callable[[Sequence["PlaceLine"], "Buyer", datetime], None]
# By the word before the colon of a source: who knows the price, and who stands at the door of `place` for it.
price_sources: dict[str, PriceSource] = {}
price_guards: dict[str, PriceGuard] = {}


def connect_price(kind: str, source: PriceSource, guard: PriceGuard) -> None:
    """Have `source(ref, at)` answer for prices called `kind:ref`, and `guard` raise in the transaction of `place`."""
    price_sources[kind] = source
    price_guards[kind] = guard


def special_price(name: str, at: datetime) -> SpecialPrice | None:
    """Return the price called `name` ("drop:7"), or None when nobody knows it."""
    kind, _colon, ref = name.partition(":")
    source = price_sources.get(kind)
    return source(ref, at) if source and read_id(ref, most_digits=9) is not None else None


def guard_prices(lines: Sequence["PlaceLine"], buyer: "Buyer", at: datetime) -> None:
    """Let each price's owner look at its lines; what one raises ends the placing."""
    for kind, guard in price_guards.items():
        own = [line for line in lines if line.price_source.startswith(f"{kind}:")]
        if own:
            guard(own, buyer, at)


class Step(StrEnum):
    """What a buyer does with an order on the shop's own pages, unless it is somebody else's to do."""

    PAY = "pay"
    RECEIVE = "receive"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """That a step is done on another page, by whoever it belongs to. Words in the reader's language."""

    why: str
    action: str
    url: str


Door = Callable[[Step, "Purchase", str], Elsewhere | None]
# By the attribution's kind of a purchase: where its steps are done. A kind that is not here has the shop's pages alone.
doors: dict[str, Door] = {}


def connect_door(kind: str, door: Door) -> None:
    """Have `door(step, purchase, order's number)` say where steps of purchases of `kind` are done."""
    doors[kind] = door


def elsewhere(step: Step, purchase: "Purchase", number: str = "") -> Elsewhere | None:
    """Return where a step of a purchase (of its order `number`) is done; None for the shop's own pages. No queries."""
    door = doors.get(purchase.attribution_kind)
    return door(step, purchase, number) if door else None


WaitsForConsent = Callable[[Collection[int]], dict[int, str]]
# By the attribution's kind of a purchase: who knows which of its orders somebody wants cancelled and nobody decided on.
consent_sources: dict[str, WaitsForConsent] = {}


def connect_consents(kind: str, waiting: WaitsForConsent) -> None:
    """Have `waiting(order_ids)` say of orders of `kind` what a cancellation waits for, in the reader's language."""
    consent_sources[kind] = waiting


def waiting_for_consent(orders: Sequence["OrderFacts"]) -> dict[int, str]:
    """Return by order's id what its cancellation waits for; the orders that nobody wants cancelled are not there."""
    found: dict[int, str] = {}
    for kind, waiting in consent_sources.items():
        ids = [order.pk for order in orders if order.purchase.attribution_kind == kind]
        if ids:
            found |= waiting(ids)
    return found


Attributed = Callable[[str], tuple["Attribution", ...]]
# Where a visitor may come from (`?from=campaign-3`): the word before the dash → what it says on the order.
sources: dict[str, Attributed] = {}


def connect_source(kind: str, attributed: Attributed) -> None:
    """Have `attributed(ref)` say what orders of visitors `?from=kind-ref` carry; nothing for what does not exist."""
    sources[kind] = attributed


@dataclass(frozen=True, slots=True)
class Accepted:
    """How one delivery was accepted by who got it, as supplier and buyer read it. `lines` are (line id, sent, accepted).

    `by` names who received it, "" where only time accepted it; `short_fen` were not charged, or given back.
    """

    at: datetime
    by: str
    note: str
    short_fen: int
    lines: tuple[tuple[int, int, int], ...]


AcceptedOf = Callable[[int], Sequence[Accepted]]
# By the attribution's kind of a purchase: who keeps a record of each acceptance.
acceptance_sources: dict[str, AcceptedOf] = {}


def connect_acceptances(kind: str, accepted_of: AcceptedOf) -> None:
    """Have `accepted_of(order_id)` tell how the deliveries of an order of `kind` were accepted, the first first."""
    acceptance_sources[kind] = accepted_of


def acceptances(order: "OrderFacts") -> Sequence[Accepted]:
    """Return how the deliveries of an order were accepted; nothing where nobody keeps a record."""
    accepted_of = acceptance_sources.get(order.purchase.attribution_kind)
    return accepted_of(order.pk) if accepted_of else ()


Payers = Callable[[Collection[str]], dict[str, list[str]]]
# By the attribution's kind of a purchase: from whom its bank transfer may come, where that is registered data.
payer_sources: dict[str, Payers] = {}


def connect_payers(kind: str, payers: Payers) -> None:
    """Have `payers(refs)` name from whom transfers for purchases of `kind` may come: registered names and accounts."""
    payer_sources[kind] = payers


Holders = Callable[[str, Collection[str]], list[str]]
# By the attribution's kind of a purchase: in whose name the account is that its money goes back to.
holder_sources: dict[str, Holders] = {}


def connect_holders(kind: str, holders: Holders) -> None:
    """Have `holders(ref, payers)` name who may get a refund of `kind`, of whose money `payers` stood on the statements."""
    holder_sources[kind] = holders


PayingPeople = Callable[[str], Sequence[int]]
# By the attribution's kind of a purchase: who is asked and told about its money, where that is not its buyer.
paying_people: dict[str, PayingPeople] = {}


def connect_paying_people(kind: str, people: PayingPeople) -> None:
    """Have `people(ref)` name by their ids who pays purchases of `kind` that are attributed to `ref`."""
    paying_people[kind] = people


def asked_for_money(purchase: "Purchase") -> list[int]:
    """Return the ids of who is asked about a purchase's money: a unit's finance, else the buyer; none of a guest's."""
    people = paying_people.get(purchase.attribution_kind)
    asked = list(people(purchase.attribution_ref)) if people is not None else []
    return asked or ([purchase.user_id] if purchase.user_id else [])


PaysFor = Callable[[Any, str], bool]
# By the attribution's kind of a purchase: who pays it, where that is not its buyer alone.
paying_sides: dict[str, PaysFor] = {}


def connect_paying_side(kind: str, pays: PaysFor) -> None:
    """Have `pays(user, ref)` say whether a person pays purchases of `kind` that are attributed to `ref`."""
    paying_sides[kind] = pays


def pays_for(user: Any, purchase: "Purchase") -> bool:
    """Tell whether a person pays a purchase for somebody: as a unit's finance does."""
    pays = paying_sides.get(purchase.attribution_kind)
    return pays is not None and pays(user, purchase.attribution_ref)


UnitsBelow = Callable[[Any], Sequence[str]]
NamesToday = Callable[[Collection[str]], dict[str, str]]
# Who knows which units a person oversees; and what an attribution's references are called today, by its kind.
overseers: list[UnitsBelow] = []
name_sources: dict[str, NamesToday] = {}


def connect_overseer(units_below: UnitsBelow) -> None:
    """Have `units_below(user)` name the units, as orders are attributed to them, whose orders a person may sum up."""
    if units_below not in overseers:
        overseers.append(units_below)


def overseen_units(user: Any) -> list[str]:
    """Return the references of the units whose orders `user` may sum up."""
    return [ref for units_below in overseers for ref in units_below(user)]


def connect_names(kind: str, names: NamesToday) -> None:
    """Have `names(refs)` say what references of attributions of `kind` are called in the reader's language."""
    name_sources[kind] = names


def names_today(kind: str, refs: Collection[str]) -> dict[str, str]:
    """Return the names of those references that are still known."""
    names = name_sources.get(kind)
    return names(refs) if names and refs else {}


@dataclass(frozen=True, slots=True)
class ReceivedBy:
    """Who received the goods of an order (ids of users), and the address where they read of it."""

    people: tuple[int, ...]
    url: str


Receivers = Callable[[str, str], ReceivedBy]
# By the attribution's kind of a purchase: who gets its goods, where that is not its buyer alone.
receiver_sources: dict[str, Receivers] = {}


def connect_receivers(kind: str, receivers: Receivers) -> None:
    """Have `receivers(ref, order's number)` name who gets goods of purchases of `kind` attributed to `ref`."""
    receiver_sources[kind] = receivers


def received_by(order: "OrderFacts") -> ReceivedBy:
    """Return who received the goods of an order beside its buyer, who is told apart. Needs its order and purchase."""
    purchase = order.purchase
    receivers = receiver_sources.get(purchase.attribution_kind)
    found = receivers(purchase.attribution_ref, order.order.number) if receivers else ReceivedBy((), "")
    return ReceivedBy(tuple(pk for pk in found.people if pk != purchase.user_id), found.url)


NoteWords = Callable[[str, str, str], str]
# By the attribution's kind of a purchase: who wrote the notes to its suppliers that no buyer typed.
note_sources: dict[str, NoteWords] = {}


def connect_notes(kind: str, words: NoteWords) -> None:
    """Have `words(note, label, name)` say a note of `kind` in the reader's language; what was typed stays as it is.

    `label` is what the purchase was attributed to as it was called then, `name` what it is called to the reader.
    """
    note_sources[kind] = words


def note_notes(orders: Sequence["OrderFacts"]) -> None:
    """Note on each order its note to the supplier as its reader reads it (`note_said`).

    A query for each kind of purchase with notes that nobody typed. Needs the orders' purchases.
    """
    for order in orders:
        order.note_said = order.note  # type: ignore[attr-defined]  # noted on the row for who shows it
    for kind, words in note_sources.items():
        own = [order for order in orders if order.note and order.purchase.attribution_kind == kind]
        names = names_today(kind, {order.purchase.attribution_ref for order in own})
        for order in own:
            label = order.purchase.attribution_label
            name = names.get(order.purchase.attribution_ref, label)
            order.note_said = words(order.note, label, name)  # type: ignore[attr-defined]  # as above
