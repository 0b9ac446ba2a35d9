"""What was looked for on a page of a list: it stays while something is done to one of its rows."""

from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse


def kept(request: HttpRequest) -> str:
    """Return what the address of a form carries on: search, filter and page of the list that it stands in."""
    said = request.GET.urlencode()
    return f"?{said}" if said else ""


def redirect_kept(request: HttpRequest, name: str) -> HttpResponseRedirect:
    """Lead back to the list named `name`, with the search, the filter and the page that the form's address carried."""
    return HttpResponseRedirect(f"{reverse(name)}{kept(request)}")
