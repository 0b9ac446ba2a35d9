"""What a session may do with guests' purchases that are not its own: kept in the session, for a day, one by one.

Found by number and phone, which its supplier knows too: the state may be seen. Proved, by a code that came back from
its phone: it is seen and acted on, and what is done so is said to who bought it (`states.Way`), for whoever pays may
have typed another's phone. Opened by the token of a link, which only who bought it has. None makes it the visitor's.
"""

import time

from django.conf import settings
from django.http import HttpRequest

DAY_SECONDS = 24 * 3600
MOST = 10
OPENED = "opened_purchases"
PROVED = "proved_purchases"
FOUND = "seen_purchases"


def opened_in(request: HttpRequest) -> tuple[int, ...]:
    """Return the ids of the purchases that this session may act on like who bought them."""
    return _kept(request, OPENED)


def proved_in(request: HttpRequest) -> tuple[int, ...]:
    """Return the ids of the purchases whose phone this session proved by a code."""
    return _kept(request, PROVED)


def found_in(request: HttpRequest) -> tuple[int, ...]:
    """Return the ids of the purchases whose state this session may see: those found, opened and proved."""
    return tuple(dict.fromkeys((*opened_in(request), *proved_in(request), *_kept(request, FOUND))))


def note_found(request: HttpRequest, purchase_id: int) -> None:
    """Let this session see the state of a purchase, with a new key like `open_purchase`."""
    _keep_anew(request, FOUND, purchase_id)


def open_purchase(request: HttpRequest, purchase_id: int) -> None:
    """Let this session act as who bought a purchase. A guest's session gets a new key with it: an older one opens nothing."""
    _keep_anew(request, OPENED, purchase_id)


def prove_purchase(request: HttpRequest, purchase_id: int) -> None:
    """Let this session act by the phone of a purchase, which it proved, with a new key like `open_purchase`."""
    _keep_anew(request, PROVED, purchase_id)


def _keep_anew(request: HttpRequest, name: str, purchase_id: int) -> None:
    if not request.user.is_authenticated:
        request.session.cycle_key()
    _keep(request, name, purchase_id)


def forget_opened(request: HttpRequest) -> None:
    """Let this session act on, and see, none of them any more: another person may be using it."""
    for name in (OPENED, PROVED, FOUND):
        request.session.pop(name, None)


def _kept(request: HttpRequest, name: str) -> tuple[int, ...]:
    """Return the ids kept under a name, the latest first; without a session cookie nothing is asked."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return ()
    since = int(time.time()) - DAY_SECONDS
    rows = request.session.get(name, {})
    return tuple(int(pk) for pk, at in reversed(rows.items()) if at >= since)


def _keep(request: HttpRequest, name: str, purchase_id: int) -> None:
    rows = {pk: at for pk, at in request.session.get(name, {}).items() if pk != str(purchase_id)}
    rows[str(purchase_id)] = int(time.time())
    request.session[name] = dict(list(rows.items())[-MOST:])
