"""Whose files are read: one at a time of each person, and so many in a minute, so that nobody keeps all children busy.

Counted in each process, as its children are. Who it is, is asked when a file is read, of the request that brings it:
an account, or the address of who is not signed in. What runs without a request (the demo world, a task) is not counted.
"""

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from shop.core.errors import DomainError

MINUTE = 60.0
# Of how many people a process remembers their last minute.
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


@dataclass(slots=True)
class _Person:
    turn: threading.Lock = field(default_factory=threading.Lock)
    times: deque[float] = field(default_factory=deque)


_people: OrderedDict[str, _Person] = OrderedDict()
_lock = threading.Lock()


def _who() -> str:
    request = _request.get()
    if request is None:
        return ""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"user:{user.pk}"
    return f"address:{request.META.get('REMOTE_ADDR', '')}"


@contextmanager
def turn_of_person() -> Iterator[None]:
    """Let one file of the request's person be read. Raises TooManyFiles."""
    who = _who()
    if not who:
        yield
        return
    with _lock:
        person = _people.setdefault(who, _Person())
        _people.move_to_end(who)
        while len(_people) > MOST_PEOPLE:
            _people.popitem(last=False)
        now = time.monotonic()
        while person.times and person.times[0] <= now - MINUTE:
            person.times.popleft()
        is_over = len(person.times) >= settings.FILES_A_MINUTE
        if not is_over:
            person.times.append(now)
    if is_over:
        raise TooManyFiles(_("That was many files in one minute. Please wait a minute, then send it again."))
    if not person.turn.acquire(timeout=settings.FILE_PATIENCE_SECONDS):
        raise TooManyFiles(_("Another file of yours is still being read. Please wait a moment, then send it again."))
    try:
        yield
    finally:
        person.turn.release()


def forget() -> None:
    """Start counting anew, for tests."""
    with _lock:
        _people.clear()
