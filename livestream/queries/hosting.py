"""Who hosts what."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from livestream.models import LiveRoom, LiveSession
from livestream.states import SessionState
from shop.accounts.queries import campaign_staff_or_members, people_signed_in
from shop.accounts.rules import is_campaign_staff, is_member_of_supplier

SHOWN = 20
AT_ONCE = 500


def may_host(user: Any, room: LiveRoom) -> bool:
    """Tell whether `user` hosts the room: a member of its supplier, or campaign staff."""
    if user is None or not user.is_authenticated:
        return False
    supplier = room.supplier if room.supplier is not None and room.supplier.is_active else None
    return bool(is_campaign_staff(user) or is_member_of_supplier(user, supplier))


def hosts_among(user_ids: Iterable[int], room: LiveRoom) -> set[int]:
    """Return which of these people host the room. One query."""
    organisation = room.supplier.organisation_id if room.supplier and room.supplier.is_active else None
    return campaign_staff_or_members(user_ids, organisation)


@dataclass(frozen=True)
class Seat:
    """Who sits at a socket: the session that it was opened with, whose it is, and whether that person hosts the room."""

    session_key: str
    user_id: int
    is_host: bool


def seats_of(session_id: int, session_keys: Collection[str]) -> dict[str, Seat]:
    """Return the seats that sessions give now in a live session; none for those that ended. Four queries at most."""
    found: dict[str, Seat] = {}
    keys = sorted(set(session_keys))
    session = LiveSession.objects.select_related("room__supplier").filter(pk=session_id).first() if keys else None
    if session is None:
        return found
    for start in range(0, len(keys), AT_ONCE):
        people = people_signed_in(keys[start : start + AT_ONCE], at=timezone.now())
        hosts = hosts_among({user.pk for user in people.values()}, session.room) if people else set()
        found |= {key: Seat(key, user.pk, user.pk in hosts) for key, user in people.items()}
    return found


def _hosted(user: Any) -> Q:
    if is_campaign_staff(user):
        return Q()
    return Q(room__supplier__is_active=True, room__supplier__organisation_id__in=list(user.organisation_ids))


def hosted_sessions(user: Any) -> list[LiveSession]:
    """Return the sessions that `user` hosts: live ones first, then planned, then past ones. One query."""
    order = {SessionState.LIVE: 0, SessionState.PLANNED: 1, SessionState.ENDED: 2, SessionState.CANCELLED: 3}
    rows = LiveSession.objects.filter(_hosted(user)).select_related("room__supplier", "room__cover")
    return sorted(rows.order_by("-planned_at")[:SHOWN], key=lambda each: order[SessionState(each.state)])


def hosted_rooms(user: Any) -> list[LiveRoom]:
    """Return the open rooms that `user` hosts. One query."""
    rooms = LiveRoom.objects.filter(is_open=True).select_related("supplier").order_by("pk")
    if not is_campaign_staff(user):
        rooms = rooms.filter(supplier__is_active=True, supplier__organisation_id__in=list(user.organisation_ids))
    return list(rooms)


def session_to_host(user: Any, session_id: int) -> LiveSession | None:
    """Return a session with its room if `user` hosts it, else None. One query."""
    found = (
        LiveSession.objects.filter(pk=session_id)
        .select_related("room__supplier", "room__cover", "room__portrait", "pinned__listing")
        .first()
    )
    return found if found is not None and may_host(user, found.room) else None
