"""Who hosts what."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from livestream.models import LiveRoom, LiveSession
from livestream.states import SessionState
from shop.accounts.queries import campaign_staff_or_members
from shop.accounts.rules import is_campaign_staff, is_member_of_supplier

SHOWN = 20


def may_host(user: Any, room: LiveRoom) -> bool:
    """Tell whether `user` hosts the room: a member of its supplier, or campaign staff."""
    if user is None or not user.is_authenticated:
        return False
    return bool(is_campaign_staff(user) or is_member_of_supplier(user, room.supplier))


def hosts_among(user_ids: Iterable[int], room: LiveRoom) -> set[int]:
    """Return which of these people host the room. One query."""
    organisation = room.supplier.organisation_id if room.supplier else None
    return campaign_staff_or_members(user_ids, organisation)


def _hosted(user: Any) -> Q:
    return Q() if is_campaign_staff(user) else Q(room__supplier__organisation_id__in=list(user.organisation_ids))


def hosted_sessions(user: Any) -> list[LiveSession]:
    """Return the sessions that `user` hosts: live ones first, then planned, then past ones. One query."""
    order = {SessionState.LIVE: 0, SessionState.PLANNED: 1, SessionState.ENDED: 2}
    rows = LiveSession.objects.filter(_hosted(user)).select_related("room__supplier", "room__cover")
    return sorted(rows.order_by("-planned_at")[:SHOWN], key=lambda each: order[SessionState(each.state)])


def hosted_rooms(user: Any) -> list[LiveRoom]:
    """Return the open rooms that `user` hosts. One query."""
    rooms = LiveRoom.objects.filter(is_open=True).select_related("supplier").order_by("pk")
    if not is_campaign_staff(user):
        rooms = rooms.filter(supplier__organisation_id__in=list(user.organisation_ids))
    return list(rooms)


def session_to_host(user: Any, session_id: int) -> LiveSession | None:
    """Return a session with its room if `user` hosts it, else None. One query."""
    found = (
        LiveSession.objects.filter(pk=session_id)
        .select_related("room__supplier", "room__cover", "room__portrait", "pinned__listing")
        .first()
    )
    return found if found is not None and may_host(user, found.room) else None
