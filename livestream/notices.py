"""Telling followers what became of a planned session: an outbox handler, which may run twice; a message has a key."""

from datetime import datetime

from catalog.queries.follows import followers_of_goods
from livestream import message_kinds  # noqa: F401  reason: registers the words of these messages
from livestream.models import LiveSession, TrayItem
from shop.accounts.operations.messages import tell
from shop.core import outbox


@outbox.register("livestream.tell_followers")
def tell_followers(*, session_id: int, kind: str, version: int, at: datetime) -> None:
    """Tell whoever follows a village whose goods are in the session's tray, once for each change."""
    session = LiveSession.objects.select_related("room").get(pk=session_id)
    params = {
        "title_zh": session.title_zh, "title_en": session.title_en or session.title_zh,
        "room_zh": session.room.title_zh, "room_en": session.room.title_en or session.room.title_zh,
        "begins_at": session.planned_at.isoformat(),
    }  # fmt: skip
    url = "/live/" if kind == "live_cancelled" else f"/live/{session.room.slug}/?session={session.pk}"
    goods = TrayItem.objects.filter(session=session).values_list("listing_id", flat=True)
    for user_id in followers_of_goods(goods):
        tell(user_id=user_id, kind=kind, params=params, url=url, key=f"{kind}:{session_id}:{version}:{user_id}", at=at)
