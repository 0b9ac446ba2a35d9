"""A certificate's own page."""

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.pictures import rendition
from catalog.queries.certificates import certificate_page, number_of
from catalog.words import local


@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Show what a certificate says, until when, and how much of this year's output is sold."""
    page = certificate_page(number, timezone.localdate())
    if page is None:
        known = number_of(number)
        if known is None:
            raise Http404(number)
        return HttpResponsePermanentRedirect(local(f"/shop/certificates/{quote(known, safe='')}/"))
    context = {
        "page": page,
        "it": page.shown,
        "holder_url": local(f"/suppliers/{page.holder_slug}/"),
        "document": page.document
        and rendition(
            page.document.key,
            page.document.widths,
            size=(page.document.width, page.document.height),
            ground=page.document.ground,
        ),
    }
    return render(request, "catalog/certificate.html", context)
