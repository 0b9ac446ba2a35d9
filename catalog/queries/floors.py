"""Down to which price others may sell a supplier's goods live: what it said, and what it is asked."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from catalog.models import Specification
from catalog.rules.floors import lowest_live
from catalog.words import said
from shop.accounts.queries import names_of
from shop.core import audit

SET, ASKED = "live_floor_set", "live_price_asked"


def asks_of(specification_ids: Collection[int] | QuerySet[Specification]) -> dict[int, list[Any]]:
    """Return the entries of what was asked since the floor was set, the first first, by specification. One query.

    `specification_ids`: their ids, or their rows, which are not read.
    """
    found: dict[int, list[Any]] = {}
    entries = audit.actions_among(object_kind="specification", object_ids=specification_ids, among=(SET, ASKED))
    for entry in entries:
        if entry.action == SET:
            found.pop(int(entry.object_id), None)
        else:
            found.setdefault(int(entry.object_id), []).append(entry)
    return found


@dataclass(frozen=True)
class AskedPrice:
    """A price that a supplier is asked to allow, in the reader's language. Amounts in 分.

    `lowest_fen`: what others may sell it at today.
    """

    specification_id: int
    name: str
    price_fen: int
    lowest_fen: int
    list_fen: int
    room: str
    asked_at: datetime


def asked_prices(supplier_id: int) -> list[AskedPrice]:
    """Return what a supplier is asked and did not answer, the first first: of each product the last.

    One query, one more where anything is asked.
    """
    asks = asks_of(Specification.objects.filter(listing__supplier_id=supplier_id))
    specs = Specification.objects.select_related("listing").in_bulk(asks) if asks else {}
    lasts = [(specs[pk], entries[-1]) for pk, entries in asks.items()]
    found = [
        AskedPrice(
            specification_id=spec.pk,
            name=f"{said(spec.listing, 'name')} {said(spec, 'text')}",
            price_fen=entry.data["price_fen"],
            lowest_fen=lowest_live(list_fen=spec.price_fen, floor_fen=spec.live_floor_fen),
            list_fen=spec.price_fen,
            room=said(entry.data, "room"),
            asked_at=entry.at,
        )
        for spec, entry in lasts
    ]
    return sorted(found, key=lambda each: (each.asked_at, each.specification_id))


@dataclass(frozen=True)
class SaidFloor:
    """Who said the floor of a specification, and when; `name` is "" where the account has none."""

    name: str
    at: datetime


def floor_said(specification_id: int) -> SaidFloor | None:
    """Return who said the floor that stands, None where nobody did. Two queries."""
    entries = audit.actions_on(object_kind="specification", object_id=specification_id, among=[SET])
    if not entries:
        return None
    last = entries[-1]
    return SaidFloor(names_of([last.actor_id] if last.actor_id else []).get(last.actor_id or 0, ""), last.at)
