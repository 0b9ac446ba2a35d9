"""Certificates of gifts: their numbers typed, and what each says of its gift."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from procurement.forms.gifts import VerifyForm
from procurement.gifts_shown import certificate_words
from procurement.queries import gifts as queries
from procurement.queries.evidence import RECEIPT, may_see_receipts, picture_urls
from procurement.queries.given import confirmed_orders, gift_state, sent_of, standing_fen
from procurement.texts import donor_of, name_of, words
from shop.core.numbered import numbered
from shop.core.templatetags.heqiao import local


@never_cache
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Take the number of a certificate, typed as it comes from paper or by phone, and lead to it."""
    form, status = VerifyForm(), 200
    if "number" in request.GET:
        form, status = VerifyForm(request.GET), 422
        if form.is_valid():
            number = form.cleaned_data["number"]
            if queries.certificate(number) is not None:
                return HttpResponseRedirect(local(f"/pledges/certificates/{number}/"))
            form.add_error("number", _("There is no certificate with this number. Compare it sign by sign."))
            status = 404
    return render(request, "pledges/verify.html", {"form": form}, status=status)


@numbered
@never_cache
@require_safe
def certificate(request: HttpRequest, number: str) -> HttpResponse:
    """Show a gift's certificate to whoever has its number: what reached whom, confirmed by whom."""
    pledge = queries.certificate(number)
    if pledge is None:
        raise Http404(number)
    receipts, state = {each.order_id: each for each in pledge.receipts.all()}, gift_state(pledge)
    sees_photos = may_see_receipts(request.user, pledge)
    orders = confirmed_orders(pledge)
    confirmed_fen, whole_fen = sum(order.left_fen for order in orders), standing_fen(pledge.purchase.orders.all())
    shown = [receipts[order.pk] for order in orders]
    lines = [
        {
            "name": words(line.name_zh, line.name_en),
            "spec": words(line.spec_zh, line.spec_en),
            "pieces": sent_of(line),
            "supplier": words(order.supplier.name_zh, order.supplier.name_en),
        }
        for order in orders
        for line in order.lines.all()
        if line.accepted and sent_of(line)
    ]
    context = {
        "pledge": pledge,
        # What was confirmed is certified, though the rest of the gift is still on its way.
        "is_valid": bool(orders),
        "whole_fen": whole_fen if whole_fen > confirmed_fen else 0,
        "state": state,
        "open_title": certificate_words(state)[0],
        "open_text": certificate_words(state)[1],
        "donor": donor_of(pledge),
        "beneficiary": name_of(pledge.beneficiary),
        "title": words(pledge.need.title_zh, pledge.need.title_en) if pledge.need else "",
        "lines": lines,
        "hides_photos": not sees_photos and any(each.picture_id for each in shown),
        "confirmed_fen": confirmed_fen,
        "receipts": [
            {
                "at": each.at,
                "words": each.words,
                "picture": picture_urls(RECEIPT, each.pk, each.picture)[1] if each.picture and sees_photos else "",
            }
            for each in shown
        ],
    }
    return render(request, "pledges/certificate.html", context)
