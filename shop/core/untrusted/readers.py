"""Whose files are read: one at a time of each person, and so many in a minute, so that nobody keeps all children busy.

One at a time in each process, as its children are: one person never holds all of them, in any process. So many in a
minute over all processes, in the shared cache (in the database while that is away). Who it is, is asked when a file is read, of the request that brings it:
an account, or the address of who is not signed in. What runs without a request (the demo world, a task) is not counted.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from shop.core import rates
from shop.core.client_address import client_ip
from shop.core.errors import DomainError

# Of how many people a process remembers whose turn it is.
MOST_PEOPLE = 5_000
_request: ContextVar[HttpRequest | None] = ContextVar("files_of_request", default=None)


class TooManyFiles(DomainError):
    """One person has a file read already, or had too many read within a minute."""

    code = "too_many_files"
    status = 429


class FilesOfRequest:
    """Middleware that notes which request brings the files that are read while it is answered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer it."""
        token = _request.set(request)
        try:
            return self.get_response(request)
        finally:
            _request.reset(token)


_turns: OrderedDict[str, threading.Lock] = OrderedDict()
_lock = threading.Lock()


def _who() -> str:
    request = _request.get()
    if request is None:
        return ""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{client_ip(request)}"


@contextmanager
def turn_of_person() -> Iterator[None]:
    """Let one file of the request's person be read. Raises TooManyFiles."""
    who = _who()
    if not who:
        yield
        return
    if not rates.is_within(key=f"files:{who}", most=settings.FILES_A_MINUTE, at=timezone.now()):
        raise TooManyFiles(_("That was many files in one minute. Please wait a minute, then send it again."))
    with _lock:
        turn = _turns.setdefault(who, threading.Lock())
        _turns.move_to_end(who)
        while len(_turns) > MOST_PEOPLE:
            _turns.popitem(last=False)
    if not turn.acquire(timeout=settings.FILE_PATIENCE_SECONDS):
        raise TooManyFiles(_("Another file of yours is still being read. Please wait a moment, then send it again."))
    try:
        yield
    finally:
        turn.release()


def forget() -> None:
    """Forget whose turn it is, for tests."""
    with _lock:
        _turns.clear()
