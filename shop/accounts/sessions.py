"""Sessions live in the database alone: what was signed out stays signed out, whatever happens to the cache.

Kept in the cache too, as before, a session that ended while Redis was away came back to life with it. Reading one is
a prepared query of one row.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.sessions import middleware
from django.contrib.sessions.backends import db
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from shop.core import periodic
from shop.core.prepared import Prepared

_by_key = Prepared(lambda key: Session.objects.filter(session_key=key))


class SessionStore(db.SessionStore):
    """SESSION_ENGINE. `was_flushed`: this request ended it, as signing out does."""

    was_flushed = False

    def flush(self) -> None:
        """End the session."""
        super().flush()
        self.was_flushed = True

    def _get_session_from_db(self) -> Any:
        """Return the row of this session; None, and a new key later, where there is none that is still good."""
        key = self.session_key or ""
        # Ours are small letters and digits; the database need not hear of anything else that a browser sends.
        found: list[Session] = _by_key(key) if key.isascii() and key.isalnum() else []
        if found and found[0].expire_date > timezone.now():
            return found[0]
        self._session_key = None
        return None


class SessionMiddleware(middleware.SessionMiddleware):
    """Django's; a session that ended while its request was answered loses what it would keep, never the answer.

    Of equal requests sent at once the first may sign in or out, and the session of the others is gone with it. They say
    what they found ("this code was used"). Neither is it kept again nor its cookie set: the browser has the new one's.
    Nor is the cookie deleted, but by the request that ended the session itself: the answer that comes last would sign out
    who just signed in.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Keep the session, where it is still there."""
        try:
            response = super().process_response(request, response)
        except SessionInterrupted:
            patch_vary_headers(response, ("Cookie",))
            return response
        name, session = settings.SESSION_COOKIE_NAME, getattr(request, "session", None)
        is_deletion = name in response.cookies and not response.cookies[name].value
        if is_deletion and not getattr(session, "was_flushed", False):
            del response.cookies[name]
        return response


@periodic.every("accounts.forget_sessions", seconds=3600)
def forget_sessions(*, at: datetime) -> None:
    """Delete sessions that are over."""
    Session.objects.filter(expire_date__lt=at).delete()
