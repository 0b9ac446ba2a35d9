"""Goods charged by weight 多退少不补: what may be entered, what goes back. Pure; weights in grams, amounts in 分."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from shop.sales import rules

UNITS = {"kg": 1000, "千克": 1000, "公斤": 1000, "斤": 500, "g": 1, "克": 1}
_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(kg|千克|公斤|斤|g|克)?", re.IGNORECASE)
_GAPS = re.compile(r"[\s,，、;；/+]+")


@dataclass(frozen=True, slots=True)
class WeightBounds:
    """Percent of the weight that pieces should have, within which a weight is believed: an operator's row, or these.

    What is beyond is a slip of the unit or the comma, not goods. The `packed_` ones are of what was charged, when weighed
    goods are packed: below `packed_likely` somebody has to say that it is so, for the weight of one piece is easily
    entered for two. What weighs more than was charged is sent all the same, and never charged.
    """

    least: int = 25
    most: int = 200
    packed_least: int = 34
    packed_likely: int = 66
    packed_most: int = 130

    def range_of(self, should_grams: int) -> tuple[int, int]:
        """Return the least and the most grams that are believed at the door, for pieces that should weigh so much."""
        return -(-should_grams * self.least // 100), should_grams * self.most // 100

    def packed_range(self, charged_grams: int) -> tuple[int, int]:
        """Return the least and the most grams that are believed when what was charged by weight is packed."""
        return -(-charged_grams * self.packed_least // 100), charged_grams * self.packed_most // 100

    def is_likely(self, grams: int, charged_grams: int) -> bool:
        """Tell whether a weight is taken without asking whether it is that of all the pieces."""
        return grams * 100 >= charged_grams * self.packed_likely


def read_weights(text: str) -> tuple[int, ...]:
    """Return the grams that somebody typed: "1.36 1.42" are kilograms, "2.7斤" and "1360g" say their unit.

    Raises ValueError for what is no weight, or no whole grams: what was typed is never cut.
    """
    plain = re.sub(
        r"\s+(kg|千克|公斤|斤|g|克)", r"\1", unicodedata.normalize("NFKC", text).strip(), flags=re.IGNORECASE
    )
    found = []
    for part in filter(None, _GAPS.split(plain)):
        match = _PART.fullmatch(part)
        if match is None or len(part) > 12:
            raise ValueError(part)
        try:
            grams = Decimal(match[1]) * UNITS[(match[2] or "kg").lower()]
        except InvalidOperation as error:
            raise ValueError(part) from error
        if grams != grams.to_integral_value():
            raise ValueError(part)
        found.append(int(grams))
    return tuple(found)


def fault_of_weights(
    weights: Sequence[int], *, pieces: int, most_grams: int, bounds: WeightBounds = WeightBounds()
) -> str:
    """Return what is wrong with the weights of `pieces`, each charged as `most_grams`; "" when nothing is.

    `weights` are one for all together, or one for each: "missing", "count", "above", "below", or "unlikely" for what has
    to be confirmed.
    """
    if not weights:
        return "missing"
    if len(weights) not in (1, pieces):
        return "count"
    most = most_grams * pieces if len(weights) == 1 else most_grams
    least, heaviest = bounds.packed_range(most)
    if any(grams > heaviest for grams in weights):
        return "above"
    if any(grams < least for grams in weights):
        return "below"
    return "" if all(bounds.is_likely(grams, most) for grams in weights) else "unlikely"


def charged_weight(weights: Sequence[int], *, pieces: int, most_grams: int) -> int:
    """Return the grams that are charged of `pieces` that weigh so much: 超出的不补, never more than was paid for."""
    most = most_grams * pieces if len(weights) == 1 else most_grams
    return sum(min(grams, most) for grams in weights)


def each_weighs(weights: Sequence[int], pieces: int) -> tuple[int, ...]:
    """Return a weight for each piece: what was weighed together is spread evenly, its rest on the first ones."""
    if len(weights) == pieces:
        return tuple(weights)
    whole, rest = divmod(sum(weights), pieces)
    return tuple(whole + (number < rest) for number in range(pieces))


def back_for_weight(*, paid_fen: int, charged_grams: int, light_before: int, light_now: int) -> int:
    """Return 分 that go back for `light_now` grams under what was charged, of a line that cost `paid_fen` in all.

    `charged_grams` are those of the whole line, `light_before` what parcels before were under it. Rounded for the
    buyer, over all parcels together: however the line is sent, the sum is the same.
    """
    if not charged_grams:
        return 0
    return _share(paid_fen, charged_grams, light_before + light_now) - _share(paid_fen, charged_grams, light_before)


def _share(paid_fen: int, charged_grams: int, grams: int) -> int:
    return -(-paid_fen * grams // charged_grams)


def weighed_refundable(
    unit_price_fen: int,
    pieces: int,
    ordered: int,
    cancelled: int,
    discount_fen: int,
    refunded_fen: int,
    weighed_back_fen: int,
) -> int:
    """Return 分 that may still be given back for `pieces` sent ones of a weighed line.

    What went back for the weight makes all the pieces that were not cancelled cheaper, like a discount: so they add up
    to what was paid for them, by the one rule of `rules.line_refundable`.
    """
    kept = ordered - cancelled
    if kept < 1:
        return 0
    unsent_fen = rules.pieces_paid(unit_price_fen, cancelled, ordered, discount_fen)
    cost_fen = unit_price_fen * ordered - discount_fen - unsent_fen - weighed_back_fen
    before_fen = max(0, refunded_fen - weighed_back_fen - unsent_fen)
    return rules.line_refundable(unit_price_fen, pieces, kept, unit_price_fen * kept - cost_fen, before_fen)


def less_for_weight(weighed_back_fen: int, pieces: int, shipped: int) -> int:
    """Return 分 that `pieces` of the `shipped` ones cost less than they were charged, rounded down."""
    return weighed_back_fen * min(pieces, shipped) // shipped if shipped else 0


def weight_reduction(value_fen: int, nominal_grams: int, weighed_grams: int) -> int:
    """Return 分 not charged for accepted pieces worth `value_fen` that weigh less than they should at the door.

    What is charged is the weighed part of the value, rounded half up; more than the nominal weight costs nothing.
    """
    if nominal_grams <= 0 or weighed_grams >= nominal_grams:
        return 0
    return value_fen - (2 * value_fen * weighed_grams + nominal_grams) // (2 * nominal_grams)
