"""What a reader sees while the database is away, for instance restarted: a page that asks to come back, and comes back."""

import sys

from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error as broken

RETRY_SECONDS = 3
# SQLSTATE classes: connection exceptions, operator intervention (shut down, starting up), too many connections.
AWAY = ("08", "57P", "53300")


def is_database_away(error: BaseException | None) -> bool:
    """Tell whether an error says that the database can't be reached, or went away meanwhile; not that it refused."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    state = getattr(cause, "sqlstate", None) or ""
    # Without a state nothing came back at all: the connection was refused, or ended in the middle of it.
    return state.startswith(AWAY) or (connection.vendor == "postgresql" and not state)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error that nobody expected: 503 while the database is away, 500 for everything else."""
    if not is_database_away(sys.exc_info()[1]):
        return broken(request)
    response = HttpResponse(render_to_string("503.html", {"reload": request.method == "GET"}), status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
