"""Pages of the site itself."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from shop.core.styleguide import sample_page


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component on one page. Mounted in the demo and in development only."""
    return render(request, "styleguide.html", sample_page())
