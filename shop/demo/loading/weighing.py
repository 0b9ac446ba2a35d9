"""What goods charged by weight weigh in the sample world: a little under what was charged, differently each."""

from collections.abc import Iterable

from shop.sales.models import LineFacts


def weights_of(lines: Iterable[LineFacts]) -> dict[int, tuple[int, ...]]:
    """Return the grams of each piece of the weighed lines among `lines`, by line."""
    return {
        line.pk: tuple(line.net_grams * (88 + (line.pk * 7 + number * 5) % 12) // 100 for number in range(line.ordered))
        for line in lines
        if line.is_weighed
    }
