"""Changing what is listed. Prices and stock change without touching what orders reserved."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from oscar.apps.partner.models import StockRecord

from catalog.errors import UnknownListing, WrongStep
from catalog.models import Listing, Specification
from catalog.states import ListingState
from shop.core import audit, outbox
from shop.core.money import to_yuan


def lock_listings(ids: Iterable[int]) -> None:
    """Lock rows of listings, in the order of their ids, until the transaction ends."""
    rows = Listing.objects.filter(pk__in=list(ids)).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def count_sold(pieces: dict[int, int], *, at: datetime) -> None:
    """Add sold pieces (listing id → pieces, negative when given back) and have the cards built again."""
    for listing_id in sorted(pieces):
        Listing.objects.filter(pk=listing_id, sold_count__gte=-pieces[listing_id]).update(
            sold_count=F("sold_count") + pieces[listing_id]
        )
    cards_changed(pieces, at=at)


def count_review(*, listing_id: int, is_good: bool, at: datetime) -> None:
    """Count one more review that is shown, and have the card built again."""
    Listing.objects.filter(pk=listing_id).update(
        review_count=F("review_count") + 1, review_good_count=F("review_good_count") + int(is_good)
    )
    cards_changed([listing_id], at=at)


def cards_changed(listing_ids: Iterable[int], *, at: datetime) -> None:
    """Have the cards of listings built again after the commit."""
    ids = sorted(set(listing_ids))
    if ids:
        outbox.enqueue(task="catalog.rebuild_cards", args={"listing_ids": ids}, at=at)


def change_price(*, specification: Specification, price_fen: int, actor: Any, at: datetime) -> None:
    """Set a list price in 分. Orders keep the price they were placed at."""
    with transaction.atomic():
        Specification.objects.filter(pk=specification.pk).update(price_fen=price_fen)
        StockRecord.objects.filter(pk=specification.stockrecord_id).update(price=to_yuan(price_fen))
        audit.record(
            action="price_changed",
            object_kind="specification",
            object_id=specification.pk,
            actor=actor,
            at=at,
            price_fen=price_fen,
            before_fen=specification.price_fen,
        )
        cards_changed([specification.listing_id], at=at)


def withdraw_listing(*, listing: Listing, actor: Any, at: datetime, reason: str = "") -> None:
    """Take a listing off the shop. Orders placed for it go on."""
    with transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(state=ListingState.WITHDRAWN)
        audit.record(
            action="listing_withdrawn", object_kind="listing", object_id=listing.pk, actor=actor, at=at, reason=reason
        )
        cards_changed([listing.pk], at=at)


def publish_listing(*, listing: Listing, actor: Any, at: datetime) -> None:
    """Put a listing on sale."""
    with transaction.atomic():
        Listing.objects.filter(pk=listing.pk).update(state=ListingState.LIVE, published_at=at)
        audit.record(action="listing_published", object_kind="listing", object_id=listing.pk, actor=actor, at=at)
        outbox.enqueue(
            task="sales.tell_followers", args={"listing_id": listing.pk}, key=f"followers:{listing.pk}", at=at
        )
        cards_changed([listing.pk], at=at)


def take_off_sale(*, supplier_id: int, listing_id: int, actor: Any, at: datetime) -> None:
    """下架: the supplier takes its listing off the shop at once; orders placed for it go on.

    Raises UnknownListing for another supplier's, WrongStep when it is not on sale.
    """
    _turn(supplier_id, listing_id, ListingState.LIVE, ListingState.WITHDRAWN, "listing_taken_off", actor, at)


def put_back_on_sale(*, supplier_id: int, listing_id: int, actor: Any, at: datetime) -> None:
    """上架: the supplier puts back what it took off itself, as it was approved. Its place in 新批次 stays.

    Raises UnknownListing, WrongStep for what is on sale, was never approved, or was withdrawn by somebody else.
    """
    if _withdrawn_by_others(listing_id):
        raise WrongStep(_("This product was withdrawn by a reviewer: ask them before it is sold again."))
    _turn(supplier_id, listing_id, ListingState.WITHDRAWN, ListingState.LIVE, "listing_put_back", actor, at)


def _withdrawn_by_others(listing_id: int) -> bool:
    ways = ("listing_withdrawn", "listing_taken_off")
    return audit.last_action(object_kind="listing", object_id=listing_id, among=ways) == "listing_withdrawn"


def _turn(supplier_id: int, listing_id: int, old: str, new: str, action: str, actor: Any, at: datetime) -> None:
    own = Listing.objects.filter(pk=listing_id, supplier_id=supplier_id)
    with transaction.atomic():
        if not own.filter(state=old, published_at__isnull=False).update(state=new):
            if not own.exists():
                raise UnknownListing(_("There is no such product."))
            raise WrongStep(_("This was done already, or can't be done now."))
        audit.record(action=action, object_kind="listing", object_id=listing_id, actor=actor, at=at)
        cards_changed([listing_id], at=at)
