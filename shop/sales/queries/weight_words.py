"""What was weighed of goods that are charged by weight, in the reader's language: figures that add up exactly."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from shop.core.money import in_yuan
from shop.sales.models import LineFacts, ShipmentLine
from shop.sales.rules import pieces_paid
from shop.sales.weight_rules import charged_weight
from traceability.rules.weights import in_words


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the sent pieces of a line weigh and cost; grams and 分.

    weighed = charged + heavy, taken for = charged + light; taken = charged + back.
    """

    weighed_grams: int
    charged_grams: int
    taken_grams: int
    taken_fen: int
    back_fen: int

    @property
    def heavy_grams(self) -> int:
        """What the heavy pieces weigh above what was taken for them: nobody pays it, and it makes up for no light one."""
        return self.weighed_grams - self.charged_grams

    @property
    def light_grams(self) -> int:
        """What the light pieces weigh less than what was taken for them."""
        return self.taken_grams - self.charged_grams

    @property
    def charged_fen(self) -> int:
        """What the sent pieces cost in the end, by their weight."""
        return self.taken_fen - self.back_fen

    def words(self, *, is_owed: bool = False) -> str:
        """Say what was weighed, taken, charged and given back; not charged, where it `is_owed`."""
        facts = {
            "weight": in_words(self.weighed_grams),
            "most": in_words(self.taken_grams),
            "taken": in_yuan(self.taken_fen),
            "grams": in_words(self.charged_grams),
            "charged": in_yuan(self.charged_fen),
            "back": in_yuan(self.back_fen),
        }
        if not self.back_fen:
            said = _("Weighed %(weight)s; charged for %(grams)s: %(charged)s.") % facts
        elif is_owed:
            said = _(
                "Weighed %(weight)s; priced for up to %(most)s: %(taken)s; charged for %(grams)s: %(charged)s, %(back)s "
                "less."
            )
        else:
            said = _(
                "Weighed %(weight)s; paid for up to %(most)s: %(taken)s; charged for %(grams)s: %(charged)s; %(back)s "
                "goes back."
            )
        return " ".join(filter(None, (said % facts if self.back_fen else said, self._heavy())))

    def why(self) -> str:
        """Say why less is charged, for a row whose amount stands beside it."""
        facts = {
            "weight": in_words(self.weighed_grams),
            "grams": in_words(self.charged_grams),
            "most": in_words(self.taken_grams),
        }
        said = _("weighed %(weight)s when it was packed; charged for %(grams)s of up to %(most)s") % facts
        return " ".join(filter(None, (said, self._heavy())))

    def _heavy(self) -> str:
        if not self.heavy_grams:
            return ""
        return _("%(grams)s of it is above a piece's weight and costs nothing.") % {"grams": in_words(self.heavy_grams)}


def weighed_of(line: LineFacts) -> Weighed | None:
    """Return what the sent pieces of a weighed line weigh and cost; None before, and for other lines."""
    if not line.is_weighed or not line.weighed_grams:
        return None
    # What was not sent is given back first, so the sent pieces cost all the rest.
    unsent = pieces_paid(line.unit_price_fen, line.ordered - line.shipped, line.ordered, line.discount_fen)
    return Weighed(
        line.weighed_grams + line.heavy_grams,
        line.weighed_grams,
        line.shipped * line.net_grams,
        line.paid_fen - unsent,
        line.weighed_back_fen,
    )


def weight_words(line: LineFacts, *, is_owed: bool = False) -> str:
    """Return what the sent pieces of a weighed line weigh and cost; "" before, and for other lines."""
    found = weighed_of(line)
    return found.words(is_owed=is_owed) if found is not None else ""


def parcel_weights(rows: Iterable[ShipmentLine]) -> dict[str, str]:
    """Return what the weighed goods of a parcel weigh and what of it is charged, as `goods_zh` and `goods_en`."""
    said: dict[str, list[str]] = {"zh-hans": [], "en": []}
    for row in rows:
        if row.grams is None:
            continue
        line = row.line
        charged = charged_weight(row.piece_grams or [row.grams], pieces=row.quantity, most_grams=line.net_grams)
        facts: dict[str, Any] = {"weight": in_words(row.grams), "grams": in_words(charged)}
        for language, parts in said.items():
            with override(language):
                name = line.name_en or line.name_zh if language == "en" else line.name_zh
                words = _("%(name)s: weighed %(weight)s, charged for %(grams)s")
                parts.append(words % {**facts, "name": name})
    return {"goods_zh": "；".join(said["zh-hans"]), "goods_en": "; ".join(said["en"])}
