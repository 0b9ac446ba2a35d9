"""Pages of the site itself: help texts, areas that open later, the style page."""

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.static import serve

from shop.core.private_files import open_private
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
LATER = ("notices",)


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


@never_cache
@require_safe
def private_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show a private picture to those concerned; 404 for anybody else, and once the address has expired."""
    found = open_private(request, token)
    if found is None:
        raise Http404
    answer = FileResponse(found, content_type="image/webp")
    answer["Content-Security-Policy"] = "default-src 'none'"
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Serve a stored picture; nothing but the two kinds that we encode."""
    if not path.endswith((".webp", ".avif")):
        raise Http404(path)
    answer = serve(request, path, document_root=str(settings.MEDIA_ROOT))
    answer["Content-Type"] = "image/avif" if path.endswith(".avif") else "image/webp"
    answer["Cache-Control"] = "public, max-age=31536000, immutable"
    answer["Content-Security-Policy"] = "default-src 'none'"
    return answer
