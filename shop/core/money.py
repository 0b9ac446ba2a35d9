"""Money is an integer of 分 where it is stored or added up, a Decimal of 元 at the edges."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

FEN_PER_YUAN = 100
CENT = Decimal("0.01")


def to_fen(yuan: Decimal | str | int) -> int:
    """Return 分 for `yuan`. The one place where an amount is rounded (half up, to the 分)."""
    return int((Decimal(yuan) * FEN_PER_YUAN).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def to_yuan(fen: int) -> Decimal:
    """Return 元 with two decimals for `fen`."""
    return (Decimal(fen) / FEN_PER_YUAN).quantize(CENT)


def in_yuan(fen: int) -> str:
    """Return an amount as it is read: ¥1,280.00."""
    return f"{'−' if fen < 0 else ''}¥{to_yuan(abs(fen)):,}"


def apportion(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` 分 by `weights` with the largest remainder, so that the parts add up exactly.

    Ties go to the earlier part. All-zero weights put everything on the first part.
    Raises ValueError without weights or with a negative one.
    """
    if not weights or min(weights) < 0:
        raise ValueError("weights must be non-negative and not empty")
    whole = sum(weights)
    if whole == 0:
        return [total, *([0] * (len(weights) - 1))]
    sign = -1 if total < 0 else 1
    amount = abs(total)
    parts = [amount * weight // whole for weight in weights]
    remainders = sorted(range(len(weights)), key=lambda i: (-(amount * weights[i] % whole), i))
    for i in remainders[: amount - sum(parts)]:
        parts[i] += 1
    return [sign * part for part in parts]
