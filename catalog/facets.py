"""What lists can be narrowed by: the names and the steps, shared by counting and by asking."""

from bisect import bisect_right

# Steps of the histogram in 分 per 斤: the last is open.
PRICE_STEPS = (0, 200, 400, 600, 800, 1000, 1500, 2000, 3000, 5000, 8000, 15000)

# Yes-or-no columns of a card that a list offers, by their name in the address.
FLAGS = ("certified", "is_assisted", "damage_covered", "within_48h", "in_stock")

TREE_KEY = "catalog:tree:1"


def price_bucket(jin_fen: int) -> int:
    """Return the index of the step that a price per 斤 falls into."""
    return bisect_right(PRICE_STEPS, jin_fen) - 1
