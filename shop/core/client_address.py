"""Where a request came from: behind proxies of ours, what the outermost of them saw; no header of anybody else."""

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str | None:
    """Return the address, or None where there is none, as when a command signs somebody in."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:
        return None
