"""Pages of the site itself: help texts, areas that open later, the style page."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from shop.core.styleguide import sample_page

HELP = (
    "delivery",
    "damage",
    "invoices",
    "joining",
    "certification",
    "settlement",
    "tracing",
    "terms",
    "privacy",
)
LATER = ("live", "units", "t", "pledges", "notices")


def help_page(request: HttpRequest, name: str) -> HttpResponse:
    """Show a help text."""
    if name not in HELP:
        raise Http404(name)
    return render(request, f"help/{name}.html", {"name": name})


def later(request: HttpRequest, area: str) -> HttpResponse:
    """Say that an area of the site is not open yet, and what to do meanwhile."""
    return render(request, "later.html", {"area": area})


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component on one page. Mounted in the demo and in development only."""
    return render(request, "styleguide.html", sample_page())
