"""What a person keeps and waits for: favourites and reminders."""

from typing import Any, Literal

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from catalog.operations import reminders as reminding
from catalog.queries.trade import live_listing, reminders_of
from shop.core.api import Answer, Area, Body, Id, Moment, Page, Priced, yuan
from shop.core.api.paging import Asked, cut, turn_of
from shop.core.api.routing import ApiRequest
from shop.core.paging import After
from shop.sales.operations.favourites import toggle_favourite
from shop.sales.queries.favourites import Kept, favourite_listing_ids, favourite_page
from shop.sales.texts import in_reader_language

wishes = Area(gettext_noop("Favourites and reminders"))


class FavouriteOut(Priced):
    listing_id: int
    slug: str
    name: str
    price: str
    available: int
    cheaper: str = Field(description=gettext_noop("How much less it costs than when it was added."))
    added_at: Moment


def _favourite(each: Kept) -> dict[str, Any]:
    return {
        "listing_id": each.listing.listing_id,
        "slug": each.listing.slug,
        "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
        "price": yuan(each.listing.price_fen),
        "available": max(each.listing.available, 0),
        "cheaper": yuan(each.cheaper_fen),
        "added_at": each.added_at,
    }


@wishes.reads("/favourites", Page[FavouriteOut], scope="account:read", summary=gettext_noop("What you keep"))
def list_favourites(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    def rows(turned: After) -> Any:
        page, page.object_list = favourite_page(request.user, turned)
        return page

    return turn_of(turn, rows, _favourite)


def _keep(request: ApiRequest, listing_id: int, *, on: bool) -> None:
    if (listing_id in favourite_listing_ids(request.user)) == on:
        return
    if toggle_favourite(user=request.user, listing_id=listing_id, at=timezone.now()) is None:
        raise Http404


@wishes.writes(
    "/favourites/{int:listing_id}", None, method="PUT", scope="account:write", summary=gettext_noop("Keep a product")
)
def add_favourite(request: ApiRequest, listing_id: int) -> None:
    _keep(request, listing_id, on=True)


@wishes.writes(
    "/favourites/{int:listing_id}",
    None,
    method="DELETE",
    scope="account:write",
    summary=gettext_noop("Let a product go"),
)
def remove_favourite(request: ApiRequest, listing_id: int) -> None:
    _keep(request, listing_id, on=False)


class ReminderIn(Body):
    listing_id: Id
    kind: Literal["restock", "harvest"] = "restock"


class ReminderOut(Answer):
    id: int
    kind: str
    listing_id: int
    name: str
    asked_at: Moment
    sent_at: Moment | None


@wishes.reads("/reminders", Page[ReminderOut], scope="account:read", summary=gettext_noop("What you wait for"))
def list_reminders(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(
        turn,
        reminders_of(request.user),
        lambda each: {
            "id": each.reminder_id,
            "kind": each.kind,
            "listing_id": each.listing.listing_id,
            "name": in_reader_language(each.listing.name_zh, each.listing.name_en),
            "asked_at": each.asked_at,
            "sent_at": each.sent_at,
        },
    )


@wishes.writes("/reminders", None, scope="account:write", summary=gettext_noop("Be told when it can be bought"))
def add_reminder(request: ApiRequest, body: ReminderIn) -> None:
    listing = live_listing(body.listing_id)
    if listing is None:
        raise Http404
    reminding.ask(user=request.user, listing=listing, kind=body.kind, at=timezone.now())


@wishes.writes(
    "/reminders/{int:reminder_id}", None, method="DELETE", scope="account:write", summary=gettext_noop("Stop waiting")
)
def delete_reminder(request: ApiRequest, reminder_id: int) -> None:
    if not any(each.reminder_id == reminder_id for each in reminders_of(request.user)):
        raise Http404
    reminding.forget(user=request.user, reminder_id=reminder_id)
