"""The words for a unit price, in the reader's language."""

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from catalog.models import Specification
from catalog.rules import units
from catalog.states import SaleUnit
from shop.core.money import to_yuan


def unit_price_text(sale_unit: str, spec: Specification) -> str:
    """Return "6.56 元/斤" or what stands in its place ("多退少不补"); "" where nothing can be said."""
    return unit_words(sale_unit, spec.price_fen, net_grams=spec.net_grams, net_ml=spec.net_ml, pieces=spec.pieces)


def unit_words(sale_unit: str, price_fen: int, *, net_grams: int, net_ml: int | None, pieces: int | None) -> str:
    """Return the unit price of a price in 分 as words."""
    if sale_unit == SaleUnit.CATCH_WEIGHT:
        return _("charged by weight, the rest returned")
    fen = units.unit_fen(sale_unit, price_fen, net_grams=net_grams, net_ml=net_ml, pieces=pieces)
    return per_unit(sale_unit, fen) if fen is not None else ""


def per_unit(sale_unit: str, fen: int) -> str:
    """Return 分 per unit as words."""
    yuan = to_yuan(fen)
    amount = f"{yuan:,.0f}" if fen >= 10_000 and fen % 100 == 0 else f"{yuan:,.2f}"
    words = {
        SaleUnit.KG: pgettext("unit price", "¥%s / kg"),
        SaleUnit.PIECE: pgettext("unit price", "¥%s each"),
        SaleUnit.LITRE_100: pgettext("unit price", "¥%s / 100 ml"),
    }.get(SaleUnit(sale_unit), pgettext("unit price", "¥%s / 500 g"))
    return words % amount
