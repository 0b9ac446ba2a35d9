"""Unit prices: what one 斤, kilogram, piece or 100 ml costs; weights in kilograms. Pure."""

JIN_GRAMS = 500

JIN, KG, PIECE, LITRE_100, CATCH_WEIGHT = "jin", "kg", "piece", "100ml", "catch_weight"


def jin_fen(price_fen: int, net_grams: int) -> int | None:
    """Return 分 per 斤 (500 g), rounded half up; None without a weight."""
    return _per(price_fen * JIN_GRAMS, net_grams)


def unit_fen(sale_unit: str, price_fen: int, *, net_grams: int, net_ml: int | None, pieces: int | None) -> int | None:
    """Return 分 per `sale_unit`, rounded half up; None where the specification lacks what it takes.

    Catch weight has none: what is charged follows the scale.
    """
    if sale_unit == JIN:
        return jin_fen(price_fen, net_grams)
    if sale_unit == KG:
        return _per(price_fen * 1000, net_grams)
    if sale_unit == PIECE:
        return _per(price_fen, pieces or 0)
    if sale_unit == LITRE_100:
        return _per(price_fen * 100, net_ml or 0)
    return None


def exact_kilograms(grams: int) -> str:
    """Return grams in kilograms, to the gram and without idle zeros: 1,250, 862.5. Rounded parts would not add up."""
    sign, (whole, rest) = "-" if grams < 0 else "", divmod(abs(grams), 1000)
    return f"{sign}{whole:,}" + (f".{rest:03d}".rstrip("0") if rest else "")


def _per(amount: int, divisor: int) -> int | None:
    return (2 * amount + divisor) // (2 * divisor) if divisor > 0 else None
