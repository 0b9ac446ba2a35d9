"""The supplier's console. Everything is of the supplier that the person acts for; anything else is not there (404)."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from catalog.queries.certificate_review import lapsed_of
from catalog.queries.floors import AskedPrice, asked_prices
from catalog.queries.proposals import facts_of, last_reason, new_proposals, open_changes, returned_proposals
from catalog.queries.sale import barred_words
from catalog.queries.shelf import Shelf, shelves_of
from catalog.queries.trade import SupplierBrief, running_out, supplier_goods, suppliers_of
from shop.core.acting import acting_for, choices, choose
from shop.core.masking import mask_name
from shop.core.money import in_yuan
from shop.core.post_only import post_only
from shop.core.templatetags.heqiao import local
from shop.core.times import clock
from shop.sales.cancel_asked import cancel_asked_of
from shop.sales.forms.seller import ReplyForm
from shop.sales.hooks import flash_sales
from shop.sales.models import OfferConsent
from shop.sales.operations.reviews import reply_to_review
from shop.sales.queries import seller as queries
from shop.sales.queries.funding import asked_consents
from shop.sales.queries.owed import owed_to
from shop.sales.texts import in_reader_language, thumb_url
from shop.sales.views.lot_tasks import lot_tasks
from traceability.queries.lots import lot_codes

for_supplier = acting_for("supplier", suppliers_of, nobody="seller/nobody.html")


def console(
    request: HttpRequest, supplier: SupplierBrief, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page of the console with its places and counts."""
    shared = {
        "supplier": supplier,
        "supplier_name": in_reader_language(supplier.name_zh, supplier.name_en),
        "suppliers": [(each.pk, in_reader_language(each.name_zh, each.name_en)) for each in choices(request)],
    }
    return render(request, f"seller/{template}.html", {**shared, **context}, status=status)


@require_safe
@for_supplier
def today(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show what to do first, what was sold, what is owed."""
    at = timezone.now()
    facts = queries.today(supplier.pk, at=at)
    # What the frame counts beside its places is known here already: it asks no second time.
    request.waiting_at_seller = {"to_ship": facts.to_ship, "cases": facts.open_cases}  # type: ignore[attr-defined]  # kept with the request
    days = facts.days
    before, now = days[0][1], days[-1][1]
    change = round((now - before) * 100 / before) if before else None
    context = {
        "today": facts,
        "tasks": _tasks(supplier.pk, facts, at),
        "flash_sales": flash_sales(supplier.pk, at),
        "sold_fen": now,
        "change": change,
        "change_day": weekday(days[0][0]),
        "columns": [
            {"label": _("today") if n == len(days) - 2 else weekday(day), "value": fen / 100, "now": n == len(days) - 2}
            for n, (day, fen) in enumerate(days[1:])
        ],
        "date_line": date_format(timezone.localtime(at), "n 月 j 日 l" if _is_zh() else "l, j F"),
    }
    return console(request, supplier, "today", context)


def _is_zh() -> bool:
    return in_reader_language("zh", "en") == "zh"


def weekday(day: Any) -> str:
    """Return 一 to 日, or Mon to Sun."""
    return "一二三四五六日"[day.weekday()] if _is_zh() else date_format(day, "D")


def _tasks(supplier_id: int, facts: queries.Today, at: Any) -> list[dict[str, str]]:
    """Return up to three things to do, the most urgent first, and every question that waits for an answer."""
    stopped, growing = lot_tasks(supplier_id, at)
    tasks: list[dict[str, str]] = [
        *stopped,
        *_cancel_tasks(supplier_id),
        *growing,
        *_lapsed_tasks(supplier_id, at),
    ]
    if facts.to_ship:
        if facts.overdue:
            title = _("%(n)d to send, %(late)d late") % {"n": facts.to_ship, "late": facts.overdue}
        elif facts.soon and facts.next_ship_by:
            by = clock(facts.next_ship_by)
            title = _("%(n)d to send, %(soon)d before %(by)s") % {"n": facts.to_ship, "soon": facts.soon, "by": by}
        else:
            title = _("%(n)d to send") % {"n": facts.to_ship}
        goods = " · ".join(
            f"{in_reader_language(each.name_zh, each.name_en)} {each.pieces}" for each in facts.to_pack[:2]
        )
        jin = facts.to_pack_grams // 500
        text = _("%(goods)s, about %(jin)d jin") % {"goods": goods, "jin": jin} if jin else goods
        url = local("/seller/orders/")
        tasks.append({"icon": "package", "kind": "kaki", "title": title, "text": text, "action": _("Ship"), "url": url})
    if facts.case is not None:
        case = facts.case
        left = int((case.due_at - at).total_seconds() // 3600) if case.due_at else 0
        hours = ngettext("%(n)d hour left", "%(n)d hours left", left) % {"n": left} if left >= 0 else _("overdue")
        photos = len(case.pictures.all())
        seen = ngettext("%(n)d photo", "%(n)d photos", photos) % {"n": photos} if photos else ""
        text = " · ".join(filter(None, (mask_name(case.line.order.purchase.ship_name), seen, hours)))
        title = _("%(n)d after-sales to decide") % {"n": facts.open_cases}
        url = local(f"/seller/after-sales/{case.pk}/")
        tasks.append(
            {"icon": "camera", "kind": "amber", "title": title, "text": text, "action": _("Decide"), "url": url}
        )
    questions = [_consent_task(consent) for consent in asked_consents(supplier_id)]
    questions += [_price_task(asked) for asked in asked_prices(supplier_id)]
    tasks += questions
    back = returned_proposals(supplier_id)
    if back:
        name = in_reader_language(back[0].name_zh, back[0].name_en)
        title = _("%(name)s came back from review") % {"name": name}
        if len(back) > 1:
            title = _("%(n)d products came back from review") % {"n": len(back)}
        url = local(f"/seller/goods/drafts/{back[0].proposal_id}/")
        tasks.append(
            {
                "icon": "edit",
                "kind": "amber",
                "title": title,
                "text": back[0].reason,
                "action": pgettext("page", "Change"),
                "url": url,
            }
        )
    short = running_out(supplier_id)
    if short:
        title = _("%(name)s: %(n)d left") % {
            "name": in_reader_language(short[0].name_zh, short[0].name_en),
            "n": short[0].left,
        }
        text = _("%(n)d products are running out") % {"n": len(short)}
        url = local("/seller/goods/")
        tasks.append({"icon": "boxes", "kind": "", "title": title, "text": text, "action": _("Restock"), "url": url})
    # A question that is not shown is not answered: each of them stays, however much else there is to do.
    return [task for place, task in enumerate(tasks) if place < FIRST_TASKS or task in questions]


def _consent_task(consent: OfferConsent) -> dict[str, str]:
    """Return the task of an offer that waits for the supplier's answer."""
    return {
        "icon": "ticket",
        "kind": "amber",
        "title": _("Will you pay for “%(offer)s”?") % {"offer": consent.terms["offer"]["name"]},
        "text": _("It can cost you %(most)s at most, and it waits for your answer.")
        % {"most": in_yuan(consent.most_fen)},
        "action": _("Answer"),
        "url": local(f"/seller/offers/{consent.pk}/"),
    }


def _price_task(asked: AskedPrice) -> dict[str, str]:
    """Return the task of a lower live price that a host asks for."""
    return {
        "icon": "ticket",
        "kind": "amber",
        "title": _("May %(name)s be sold live at %(price)s?") % {"name": asked.name, "price": in_yuan(asked.price_fen)},
        "text": _("The host of %(room)s asks; others may sell it at %(lowest)s or more now. You bear the difference.")
        % {"room": asked.room, "lowest": in_yuan(asked.lowest_fen)},
        "action": _("Answer"),
        "url": local(f"/seller/goods/{asked.specification_id}/stock/#live-floor"),
    }


def _cancel_tasks(supplier_id: int) -> list[dict[str, str]]:
    """Return the task of orders that their units asked to cancel: read before anything is sent."""
    numbers = cancel_asked_of(supplier_id)
    if not numbers:
        return []
    n = len(numbers)
    title = ngettext("%(n)d order may be cancelled", "%(n)d orders may be cancelled", n) % {"n": n}
    named = " · ".join(numbers[:2]) + (" …" if n > 2 else "")
    text = _("%(numbers)s: the unit asked, its approver has not decided") % {"numbers": named}
    url = local(f"/seller/orders/{numbers[0]}/" if n == 1 else "/seller/orders/")
    return [{"icon": "rotate-ccw", "kind": "amber", "title": title, "text": text, "action": _("Look"), "url": url}]


def _lapsed_tasks(supplier_id: int, at: Any) -> list[dict[str, str]]:
    """Return the task of certificates that don't hold any more while products are sold under them: one for all."""
    found = lapsed_of(supplier_id, timezone.localdate(at))
    if not found:
        return []
    words = _("%(name)s was revoked") if found[0].is_revoked else _("%(name)s is not valid today")
    barred = list(dict.fromkeys(name for each in found for name in each.barred))
    n = len(barred)
    text = ngettext("%(n)d product can't be sold", "%(n)d products can't be sold", n) % {"n": n} if n else ""
    title = words % {"name": f"{found[0].kind_text} {found[0].number}"}
    url = local("/seller/goods/")
    task = {"icon": "certificate", "kind": "amber", "title": title, "text": text, "url": url}
    return [{**task, "action": pgettext("page", "Change")}]


@for_supplier
@post_only
def switch(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Act for another of one's suppliers."""
    choose(request, "supplier", request.POST.get("supplier", ""))
    return HttpResponseRedirect(local("/seller/"))


FIRST_TASKS = 3
PROPOSAL_BADGES = {"draft": "neutral", "submitted": "limited", "returned": "overdue"}
STATE_BADGES = {"live": "proven", "withdrawn": "neutral", "pending": "limited", "draft": "neutral"}


def _goods(supplier_id: int, number: Any, **more: Any) -> dict[str, Any]:
    """Return a page of specifications, grouped by product, with what is proposed of each and of new products."""
    page = supplier_goods(supplier_id, number)
    changes = open_changes(supplier_id, {spec.listing_id for spec in page.object_list})
    shelves = shelves_of({spec.stockrecord_id for spec in page.object_list})
    codes = lot_codes(lot for shelf in shelves.values() for lot, _free in shelf.held_by_lot)
    groups: dict[int, dict[str, Any]] = {}
    for spec in page.object_list:
        listing = spec.listing
        is_barred = spec.is_barred and listing.state == "live"
        group = groups.setdefault(
            listing.pk,
            {
                "listing": listing,
                "name": in_reader_language(listing.name_zh, listing.name_en),
                "picture": thumb_url(spec.picture_key or ""),
                "state": barred_words() if is_barred else listing.get_state_display(),
                "state_name": "barred" if is_barred else listing.state,
                "badge": "overdue" if is_barred else STATE_BADGES[listing.state],
                "is_live": listing.state == "live",
                "is_withdrawn": listing.state == "withdrawn",
                "change": _proposal_row(changes.get(listing.pk)),
                "specs": [],
            },
        )
        text = in_reader_language(spec.text_zh, spec.text_en)
        shelf = shelves[spec.stockrecord_id]
        group["specs"].append({"spec": spec, "text": text, "shelf": shelf, "held": _held(shelf, codes)})
    fresh = [_proposal_row(row) for row in new_proposals(supplier_id)]
    lapsed = lapsed_of(supplier_id, timezone.localdate())
    return {"page": page, "groups": list(groups.values()), "proposals": fresh, "lapsed": lapsed, **more}


def _held(shelf: Shelf, codes: dict[int, str]) -> list[dict[str, Any]]:
    """Return what of a shelf is held, lot by lot."""
    return [{"id": lot, "code": codes.get(lot, ""), "pieces": pieces} for lot, pieces in shelf.held_by_lot]


def _proposal_row(proposal: Any) -> dict[str, Any] | None:
    if proposal is None:
        return None
    facts = facts_of(proposal)
    photos = list(proposal.photos.all()) if proposal.listing_id is None else []
    return {
        "proposal": proposal,
        "name": in_reader_language(facts.name_zh, facts.name_en) or _("New product"),
        "picture": thumb_url(photos[0].picture.key) if photos else "",
        "label": proposal.get_state_display(),
        "badge": PROPOSAL_BADGES[proposal.state],
        "reason": last_reason(proposal) if proposal.state == "returned" else "",
    }


@require_safe
@for_supplier
def goods(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the supplier's products and their stock, and what waits for a reviewer."""
    return console(request, supplier, "goods", _goods(supplier.pk, request.GET.get("page", 1)))


@require_safe
@for_supplier
def settlement(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the ledger by order, adding up to what is held and what is payable."""
    owed = owed_to(supplier.pk, at=timezone.now())
    context = {
        "books": queries.settlement(supplier.pk, request.GET.get("page", 1)),
        "owed": owed,
        "owed_page": owed.page(1),
    }
    return console(request, supplier, "settlement", context)


@require_safe
@for_supplier
def owed(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show all that buyers on account owe, delivery by delivery."""
    found = owed_to(supplier.pk, at=timezone.now())
    context = {"owed": found, "owed_page": found.page(request.GET.get("page", 1))}
    return console(request, supplier, "owed", context)


@require_safe
@for_supplier
def reviews(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show reviews of the supplier's products."""
    page = queries.supplier_reviews(supplier.pk, request.GET.get("page", 1))
    return console(request, supplier, "reviews", {"page": page, "rows": review_rows(page)})


def review_rows(page: Any) -> list[dict[str, Any]]:
    """Return reviews as pages show them."""
    return [
        {
            "review": each,
            "name": in_reader_language(each.line.name_zh, each.line.name_en),
            "supplier": in_reader_language(each.line.order.supplier.name_zh, each.line.order.supplier.name_en),
            "pictures": [
                {
                    "thumb": thumb_url(row.picture.key),
                    "full": thumb_url(row.picture.key, max(row.picture.widths or [240])),
                }
                for row in each.pictures.all()
            ],
        }
        for each in page.object_list
    ]


@for_supplier
@post_only
def reply(request: HttpRequest, supplier: SupplierBrief, review_id: int) -> HttpResponse:
    """Answer a review."""
    facts = queries.review_of_supplier(supplier.pk, review_id)
    if facts is None:
        raise Http404
    form = ReplyForm(request.POST)
    if form.is_valid():
        reply_to_review(review_id=facts.pk, text=form.cleaned_data["reply"], actor=request.user, at=timezone.now())
        messages.success(request, _("Your answer stands below the review."))
        return redirect("seller:reviews")
    page = queries.supplier_reviews(supplier.pk)
    rows = review_rows(page)
    context = {"page": page, "rows": rows, "refused": review_id, "refused_at": f"reply-{review_id}", "form": form}
    return console(request, supplier, "reviews", context, status=422)


@require_safe
@for_supplier
def me(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show whose console this is, and the ways onward."""
    return console(request, supplier, "me", {"asked_offers": len(asked_consents(supplier.pk))})
