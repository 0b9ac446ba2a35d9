"""What a fund's budget allows. Pure: amounts in 分."""


def left_after(left_fen: int, total_fen: int) -> int:
    """Return what is left of a budget once a request is approved; below zero it can't be, at any step."""
    return left_fen - total_fen
