"""Who may change a session, and that nobody overwrites what another host has just done."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from livestream.errors import Stale, WrongState
from livestream.models import LiveSession
from livestream.queries.hosting import may_host
from livestream.states import SessionState
from shop.core.errors import NotAllowed


def host_session(*, session_id: int, actor: Any, version: int | None = None, live: bool = False) -> LiveSession:
    """Lock a session for a host's change and return it. With `version`, the host must have seen the last change.

    Raises NotAllowed for who is no host of the room, Stale when another host changed it since, WrongState when it is
    over, or (with `live`) not live. Call it in a transaction.
    """
    session = (
        LiveSession.objects.select_for_update(of=("self",))
        .select_related("room__supplier")
        .filter(pk=session_id)
        .first()
    )
    if session is None or not may_host(actor, session.room):
        raise NotAllowed(_("Only the hosts of this room may do that."))
    if session.state == SessionState.ENDED:
        raise WrongState(_("This session is over."))
    if session.state == SessionState.CANCELLED:
        raise WrongState(_("This session was cancelled."))
    if live and session.state != SessionState.LIVE:
        raise WrongState(_("Start the session first."))
    if version is not None:
        if session.version != version:
            raise Stale(
                _("Another host has changed something meanwhile. This is how it stands now: please look again.")
            )
        LiveSession.objects.filter(pk=session.pk).update(version=F("version") + 1)
        session.version += 1
    return session
