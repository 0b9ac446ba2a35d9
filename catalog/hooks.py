"""What packages above the catalogue add to its pages. Wired in `shop/config/wiring.py`; unwired, there is nothing."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from catalog.pictures import Rendition
from catalog.states import Undated


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


@dataclass(frozen=True, slots=True)
class Panel:
    """A row of a product's page that leads into another package. Words in the reader's language."""

    label: str
    text: str
    url: str
    testid: str


PanelOf = Callable[[str, Collection[int], datetime], Panel | None]
_panels: list[PanelOf] = []


def connect_panel(source: PanelOf) -> None:
    """Have `source(slug, specification ids, at)` add a row to the page of a product that can be bought.

    The page is kept for minutes and has its queries counted: a source answers from the cache, mostly.
    """
    if source not in _panels:
        _panels.append(source)


def panels_of(slug: str, specification_ids: Collection[int], at: datetime) -> list[Panel]:
    """Return the rows that other packages add to a product's page."""
    return [panel for source in _panels if (panel := source(slug, specification_ids, at)) is not None]


NamesOf = Callable[[Collection[int]], dict[int, str]]


def _no_lot_names(lot_ids: Collection[int]) -> dict[int, str]:
    return {}


_lot_names: NamesOf = _no_lot_names


def connect_lot_names(source: NamesOf) -> None:
    """Have `source(lot ids)` name the lots whose pieces are held apart, in one query."""
    global _lot_names  # noqa: PLW0603  # wired once, when the apps are ready
    _lot_names = source


def lot_names(lot_ids: Collection[int]) -> dict[int, str]:
    """Return the codes of lots, by id."""
    return _lot_names(lot_ids) if lot_ids else {}


@dataclass(frozen=True, slots=True)
class LotDates:
    """The days of the lot that a piece bought now would come from. `best_before` None: it keeps.

    They hold for the next `pieces`: more than these come from lots of other days, or from none yet.
    """

    harvested_on: date
    best_before: date | None
    pieces: int


@dataclass(frozen=True, slots=True)
class LotsNow:
    """What a product's lots let it promise now.

    `dates` are by net grams of specifications; of what no lot is there for nothing is promised, and `undated` says why
    (`states.Undated`). Neither is there of a product that has no lots.
    """

    dates: dict[int, LotDates] = field(default_factory=dict)
    undated: dict[int, str] = field(default_factory=dict)

    @property
    def waits_for_harvest(self) -> bool:
        """Whether it has lots and nothing is left of any: nothing is sent before the next harvest is recorded."""
        return not self.dates and set(self.undated.values()) == {Undated.HARVEST_TO_COME}


LotsOf = Callable[[int, Collection[int], datetime], LotsNow]


def _no_lots(listing_id: int, net_grams: Collection[int], at: datetime) -> LotsNow:
    return LotsNow()


_lots_of: LotsOf = _no_lots


def connect_lots(source: LotsOf) -> None:
    """Have `source(listing_id, net grams of specifications, at)` say what lots let a product promise. Two quick queries."""
    global _lots_of  # noqa: PLW0603  # wired once, when the apps are ready
    _lots_of = source


def lots_of(listing_id: int, net_grams: Collection[int], at: datetime) -> LotsNow:
    """Return what the lots of a product let it promise of pieces bought now."""
    return _lots_of(listing_id, net_grams, at)


Revoked = Callable[[int, datetime], None]
_revoked: list[Revoked] = []


def connect_revoked(hearer: Revoked) -> None:
    """Call `hearer(certificate_id, at)` in the transaction that revokes a certificate."""
    if hearer not in _revoked:
        _revoked.append(hearer)


def certificate_revoked(certificate_id: int, at: datetime) -> None:
    """Tell who wants to know that a certificate was revoked."""
    for hearer in _revoked:
        hearer(certificate_id, at)


@dataclass(frozen=True, slots=True)
class OrdersUnder:
    """Paid orders of which pieces that were sold under a certificate are still to be sent.

    `unpaid` counts the orders that wait for their money and draw its output: not to be paid while it is revoked.
    """

    orders: int = 0
    pieces: int = 0
    numbers: tuple[str, ...] = ()
    unpaid: int = 0


UnderOf = Callable[[int], OrdersUnder]


def _nothing_under(certificate_id: int) -> OrdersUnder:
    return OrdersUnder()


_under_of: UnderOf = _nothing_under


def connect_orders_under(source: UnderOf) -> None:
    """Have `source(certificate_id)` say which paid orders sold under a certificate are still to be sent."""
    global _under_of  # noqa: PLW0603  # wired once, when the apps are ready
    _under_of = source


def orders_under(certificate_id: int) -> OrdersUnder:
    """Return the paid orders under a certificate that are still to be sent."""
    return _under_of(certificate_id)
