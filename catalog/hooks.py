"""What packages above the catalogue add to its pages. Wired in `shop/config/wiring.py`; unwired, there is nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from catalog.pictures import Rendition


@dataclass(frozen=True, slots=True)
class Review:
    """A published review of something really bought. `name` is masked already."""

    pk: int
    name: str
    spec_zh: str
    spec_en: str
    stars: int
    text: str
    reply: str
    at: datetime
    pictures: tuple[Rendition, ...] = ()


ReviewsOf = Callable[[int, int, int], list[Review]]


def _no_reviews(listing_id: int, limit: int, offset: int) -> list[Review]:
    return []


_reviews_of: ReviewsOf = _no_reviews


def connect_reviews(source: ReviewsOf) -> None:
    """Have `source(listing_id, limit, offset)` answer for reviews, the newest first, in at most two queries."""
    global _reviews_of  # noqa: PLW0603  # wired once, when the apps are ready
    _reviews_of = source


def reviews_of(listing_id: int, limit: int, offset: int = 0) -> list[Review]:
    """Return published reviews of a listing, the newest first."""
    return _reviews_of(listing_id, limit, offset)
