"""Down to which price others may sell a supplier's goods live. Pure."""


def lowest_live(*, list_fen: int, floor_fen: int | None) -> int:
    """Return the lowest price in 分 at which hosts of others may sell live: the shop's where the supplier said none."""
    return list_fen if floor_fen is None else min(floor_fen, list_fen)
