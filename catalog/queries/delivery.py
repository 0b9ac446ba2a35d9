"""What sending a piece of a product costs, where it can go, and when it is there."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.utils import timezone

from catalog import hooks
from catalog.models import Listing
from catalog.places import short_en, short_name
from catalog.queries.freight import freight_of
from catalog.rules.arrival import arrives_by, ship_by
from catalog.rules.freight import FreightQuote, quote
from catalog.rules.seasons import in_season
from catalog.words import english
from shop.core.models import Division

if TYPE_CHECKING:
    from catalog.queries.products import Choice

DEFAULT_TO = "440106"
PLACE_SECONDS = 86_400


@dataclass(slots=True)
class Delivery:
    """What sending one piece of the chosen specification costs and takes. `to` is a division code of 6 digits.

    `arrives_by` is None for what can't be bought now, and for what no lot can be sent for (`waits_for_harvest`): nothing
    is promised of these. `season_starts` is the month from which it can be bought, if that is known.
    """

    to: str
    place: str
    quote: FreightQuote
    free_over_fen: int | None
    arrives_by: date | None
    season_starts: int | None = None
    can_buy: bool = True
    waits_for_season: bool = False
    waits_for_harvest: bool = False


def days_left(dates: hooks.LotDates | None, delivery: Delivery) -> int | None:
    """Return how many days are left, at the least, of a piece bought now when it arrives; None when that is unknown."""
    if dates is None or dates.best_before is None or delivery.arrives_by is None or not delivery.quote.served:
        return None
    return max(0, (dates.best_before - delivery.arrives_by).days)


def division_code(text: str | None) -> str:
    """Return the division code that a visitor delivers to, six digits; 天河区's for anything else."""
    return text if text and re.fullmatch(r"[1-9]\d{5}", text) else DEFAULT_TO


def place_of(code: str) -> str:
    """Return the short name of where goods go (广州 天河); "" for an unknown code. From the cache, else one query."""
    kept: tuple[str, str] | None = cache.get(f"catalog:place:{code}")
    if kept is None:
        own = code
        while own.endswith("00") and len(own) > 2:
            own = own[:-2]
        rows = {row.code: row for row in Division.objects.filter(code__in={own[:2], own[:4], own})}
        named = [rows[part] for part in dict.fromkeys((own[:2], own[:4], own)) if part in rows]
        named = named[1:] if len(named) > 1 and len(own) > 2 else named
        kept = (
            " ".join(short_name(row.name_zh) for row in named),
            ", ".join(short_en(row.name_en) for row in reversed(named)),
        )
        cache.set(f"catalog:place:{code}", kept, PLACE_SECONDS)
    return (english() and kept[1]) or kept[0]


def delivery_of(listing: Listing, choice: "Choice", lots: hooks.LotsNow, *, to: str | None, at: datetime) -> Delivery:
    """Return what sending one piece costs and when it is there at the latest. One query, two for a new place."""
    code = division_code(to)
    template_id = listing.freight_template_id or listing.supplier.freight_template_id
    freight = freight_of([template_id])[template_id]
    answer = quote(
        freight.rules,
        destination=code,
        grams={listing.storage_class: choice.gross_grams},
        goods_fen=choice.price_fen,
        free_over_fen=freight.free_over_fen,
    )
    leaves = ship_by(timezone.localtime(at), listing.ship_within_hours, listing.supplier.holiday_until)
    waits = listing.is_preorder or not in_season(timezone.localtime(at).month, listing.season_start, listing.season_end)
    can_buy = choice.can_buy and not waits
    no_lot = can_buy and lots.waits_for_harvest
    return Delivery(
        to=code,
        place=place_of(code),
        quote=answer,
        free_over_fen=freight.free_over_fen,
        arrives_by=arrives_by(leaves, answer.days_max) if can_buy and not no_lot else None,
        season_starts=listing.season_start if waits else None,
        can_buy=can_buy,
        waits_for_season=waits,
        waits_for_harvest=no_lot,
    )
