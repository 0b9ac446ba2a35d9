"""Buy instead of donate: needs for everybody, giving, one's own gifts, the receipt link."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from procurement.errors import BeyondNeed, LinkSpent
from procurement.forms.gifts import GiveForm, ReceiptForm
from procurement.gifts_shown import show_gift, show_need
from procurement.models import Need, ReceiptLink
from procurement.operations.pledging import find_faults, give
from procurement.operations.receiving import confirm_by_id, link_by_id, link_of, renew_link
from procurement.queries import gifts as queries
from procurement.queries.recalled import need_recalls, order_recalls
from procurement.shown import thumb
from procurement.texts import donor_of, name_of, title_of, words
from shop.core import sent
from shop.core.errors import DomainError
from shop.core.numbers import read_id
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.templatetags.heqiao import local
from shop.sales.states import OrderState

RECEIPTS = "receipt_links"
MOST_RECEIPTS = 20


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Show the open needs, what was given so far, and the latest receipts."""
    needs = [show_need(shown) for shown in queries.open_needs(timezone.now())]
    sums = queries.stage_sums({each["need"].beneficiary_id for each in needs})
    context = {
        "needs": needs,
        "sums": sums,
        "receipts": [
            {
                "picture": thumb(receipt.pledge.need.picture_key, 480) if receipt.pledge.need else "",
                "who": name_of(receipt.pledge.beneficiary),
                "words": receipt.words,
                "at": receipt.at,
            }
            for receipt in queries.recent_receipts()
        ],
    }
    return render(request, "pledges/index.html", context)


def _pieces(request: HttpRequest) -> dict[int, int]:
    return {pk: pieces for pk, pieces in sent.pieces(request).items() if pieces}


def _typed(request: HttpRequest, specification_id: int) -> str:
    """Return what was typed as pieces of a product, as it was typed."""
    return sent.line(request, f"pieces-{specification_id}")


def _refused(request: HttpRequest, need: Need | None = None) -> tuple[dict[int, str], int]:
    """Return what is wrong with each number of pieces that was typed, and the status of that: 200 where nothing is.

    `need` bounds them where nothing beyond it is given.
    """
    found = sent.counts(request)
    faults = find_faults(need, found.read)
    words_ = {pk: str(fault.message) for pk, fault in faults.items()} | found.refused
    statuses = [fault.status for fault in faults.values()]
    return words_, 422 if found.refused else next(iter(statuses), 200)


def _donor_name(request: HttpRequest) -> str:
    return (request.user.name or "") if request.user.is_authenticated else ""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def need(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a need: whom it reaches, what is wanted, what was given; take a gift."""
    shown = queries.need_page(slug)
    if shown is None:
        raise Http404(slug)
    form, refusal, status = GiveForm(initial={"donor_name": _donor_name(request)}), "", 200
    refused: dict[int, str] = {}
    if _asks_total(request):
        refused, status = _refused(request, shown.need)
        if _is_part(request):
            return _total(request, shown.need, [row.spec.specification_id for row in shown.rows], refused, status)
        form = GiveForm(request.POST)
    elif request.method == "POST":
        if not request.user.is_authenticated:
            return HttpResponseRedirect(f"{local('/account/login/')}?next={local(f'/pledges/needs/{slug}/')}")
        form, status, refused = GiveForm(request.POST), 422, sent.counts(request).refused
        if form.is_valid() and not refused:
            try:
                made = _give(request, form, shown.need.pk)
                return _to_cashier(made.purchase.number)
            except DomainError as error:
                refusal, status, refused = str(error.message), error.status, _beside(error)
                shown = queries.need_page(slug) or shown
    rows = [
        {
            "row": row,
            "name": words(row.spec.name_zh, row.spec.name_en),
            "spec": words(row.spec.spec_zh, row.spec.spec_en),
            "supplier": words(row.spec.supplier_name_zh, row.spec.supplier_name_en),
            "picture": thumb(row.spec.picture_key),
            "typed": _typed(request, row.spec.specification_id),
            "refused": refused.get(row.spec.specification_id, ""),
        }
        for row in shown.rows
    ]
    context = {
        **show_need(shown),
        "rows": rows,
        "unlisted": [
            {
                "slug": row.spec.slug,
                "name": words(row.spec.name_zh, row.spec.name_en),
                "spec": words(row.spec.spec_zh, row.spec.spec_en),
                "pieces": row.given,
            }
            for row in shown.unlisted
        ],
        "form": form,
        "refusal": refusal,
        "key": _key(request, is_refused=bool(refusal or refused)),
        "recalled": need_recalls(shown.need.pk),
        "is_open": shown.need.state == "open" and shown.need.until >= timezone.localdate(),
        "sums": queries.stage_sums([shown.need.beneficiary_id]),
        "quote": None if refused else queries.gift_quote(shown.need, _pieces(request)),
        "goes_to": shown.need,
    }
    return render(request, "pledges/need.html", context, status=status)


def _key(request: HttpRequest, *, is_refused: bool) -> str:
    """Return the form's key. What was refused stands for nothing, or for another gift: it goes on with a new one."""
    return ("" if is_refused else request.POST.get("key", "")[:32]) or secrets.token_hex(8)


def _asks_total(request: HttpRequest) -> bool:
    return request.method == "POST" and "total" in request.POST


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _total(
    request: HttpRequest, need: Any, specification_ids: Sequence[int], refused: Mapping[int, str], status: int
) -> HttpResponse:
    """Answer the page's script with what the pieces come to, and what is said beside each field."""
    context = {
        "quote": None if refused else queries.gift_quote(need, _pieces(request)),
        "goes_to": need,
        "beside": [(pk, refused.get(pk, "")) for pk in specification_ids],
    }
    return render(request, "pledges/gift_part.html", context, status=status)


def _beside(error: DomainError) -> dict[int, str]:
    """Return a refusal by the specification whose field it belongs to; nothing for one of another field."""
    pk = read_id((error.field or "").removeprefix("pieces-"), most_digits=15)
    return {} if pk is None else {pk: str(error.message)}


def _to_cashier(number: str) -> HttpResponse:
    """Lead to the cashier, whose address has no language, in the donor's."""
    return HttpResponseRedirect(f"/pay/{number}/{'?lang=en' if get_language() == 'en' else ''}")


def _give(request: HttpRequest, form: GiveForm, need_id: int, *, beyond: bool = False) -> Any:
    return give(
        need_id=need_id,
        pieces=_pieces(request),
        donor=request.user,
        donor_name=form.cleaned_data["donor_name"],
        message=form.cleaned_data["message"],
        key=request.POST.get("key", "")[:32] or secrets.token_hex(8),
        at=timezone.now(),
        beyond=beyond,
    )


def _beyond_words(error: BeyondNeed, who: str) -> str:
    left = error.details["left"]
    if not left:
        return _("%(who)s does not ask for this, or has enough of it: it would be beyond the need.") % {"who": who}
    text = ngettext(
        "%(who)s asks for %(n)d more piece of this: what you give above that is beyond the need.",
        "%(who)s asks for %(n)d more pieces of this: what you give above that is beyond the need.",
        left,
    )
    return text % {"who": who, "n": left}


def _picked(request: HttpRequest, receivers: Sequence[Any]) -> str:
    """Return the need that the form or a link names, as text; the only one that asks for the product where none is."""
    if request.method == "POST":
        return str(request.POST.get("need", ""))
    return request.GET.get("need", "") or (str(receivers[0].need.pk) if len(receivers) == 1 else "")


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def give_product(request: HttpRequest, slug: str) -> HttpResponse:
    """Give a product: choose pieces and whom it goes to."""
    specs, receivers = queries.receivers_of(slug, timezone.now())
    if not specs:
        raise Http404(slug)
    form, refusal, status, wrong = GiveForm(initial={"donor_name": _donor_name(request)}), "", 200, ""
    beyond, refused = "", dict[int, str]()
    picked = _picked(request, receivers)
    chosen = next((each.need for each in receivers if str(each.need.pk) == picked), None)
    if chosen is None and request.method != "POST" and request.GET.get("need"):
        refusal, wrong = _("The need that this link names takes nothing of this now. Choose whom it goes to."), "need"
    if _asks_total(request):
        refused, status = _refused(request)
        if _is_part(request):
            return _total(request, chosen, [spec.specification_id for spec in specs], refused, status)
        form = GiveForm(request.POST)
    elif request.method == "POST":
        form, status, refused = GiveForm(request.POST), 422, sent.counts(request).refused
        if chosen is None:
            refusal, wrong = _("Choose whom it goes to."), "need"
        elif form.is_valid() and not refused:
            try:
                made = _give(request, form, chosen.pk, beyond="beyond" in request.POST)
                return _to_cashier(made.purchase.number)
            except BeyondNeed as error:
                # Asked before it happens, and given all the same at the donor's word.
                beyond, status = _beyond_words(error, name_of(chosen.beneficiary)), error.status
            except DomainError as error:
                refusal, status, refused = str(error.message), error.status, _beside(error)
    context = {
        "name": words(specs[0].name_zh, specs[0].name_en),
        "picture": thumb(specs[0].picture_key),
        "slug": slug,
        "rows": [
            {
                "spec": spec,
                "text": words(spec.spec_zh, spec.spec_en),
                "most": spec.available if spec.is_sellable and not spec.is_preorder else 0,
                "typed": _typed(request, spec.specification_id),
                "refused": refused.get(spec.specification_id, ""),
            }
            for spec in specs
        ],
        "receivers": [
            {
                "pk": str(each.need.pk),
                "who": name_of(each.need.beneficiary),
                "title": words(each.need.title_zh, each.need.title_en),
                "left": each.left,
                "is_listed": each.is_listed,
            }
            for each in receivers
        ],
        "picked": picked,
        "beyond": beyond,
        "quote": None if refused else queries.gift_quote(chosen, _pieces(request)),
        "goes_to": chosen,
        "wrong": wrong,
        "form": form,
        "refusal": refusal,
        "key": _key(request, is_refused=bool(refusal or refused)),
    }
    return render(request, "pledges/give.html", context, status=status)


@never_cache
@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """Show one's gifts, and what was given to the beneficiaries one acts for."""
    context = {
        "given": [show_gift(pledge) for pledge in queries.gifts_of(request.user)],
        "received": [show_gift(pledge) for pledge in queries.gifts_to(request.user)],
    }
    return render(request, "pledges/mine.html", context)


@never_cache
@login_required
@post_only
def new_link(request: HttpRequest, order_id: int) -> HttpResponse:
    """Open the receipt of an order given to one's organisation, by a fresh link."""
    allowed = {each.pk for pledge in queries.gifts_to(request.user) for each in pledge.purchase.orders.all()}
    if order_id not in allowed:
        raise Http404(str(order_id))
    at = timezone.now()
    try:
        token = renew_link(order_id=order_id, actor=request.user, at=at)
    except LinkSpent as error:
        return _spent(request, error)
    except DomainError as error:
        messages.error(request, str(error.message))
        return HttpResponseRedirect(local("/pledges/mine/"))
    return _open_receipt(request, link_of(token=token, at=at))


def _spent(request: HttpRequest, error: LinkSpent) -> HttpResponse:
    """Say why a link does nothing any more, and lead its holder, who may have no account, to what they can use."""
    code = error.details.get("certificate", "")
    href, action = local("/pledges/"), _("Look at the needs")
    if code:
        href, action = local(f"/pledges/certificates/{code}/"), _("See what was confirmed")
    elif error.details.get("is_expired"):
        href, action = local("/account/messages/"), _("Look into the messages")
    context = {"why": str(error.message), "href": href, "action": action}
    return render(request, "pledges/link_spent.html", context, status=error.status)


def _open_receipt(request: HttpRequest, link: ReceiptLink) -> HttpResponse:
    """Let this session confirm the order of a link, and lead there: the token leaves the address, history and logs."""
    if not request.user.is_authenticated:
        request.session.cycle_key()
    kept = {key: pk for key, pk in request.session.get(RECEIPTS, {}).items() if key != str(link.order_id)}
    request.session[RECEIPTS] = dict([*kept.items(), (str(link.order_id), link.pk)][-MOST_RECEIPTS:])
    response = HttpResponseRedirect(local(f"/pledges/receipts/{link.order_id}/"))
    response["Referrer-Policy"] = "no-referrer"
    return response


@never_cache
@require_safe
def receipt_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token of a receipt's link for a permission of this session: to confirm that one order."""
    try:
        return _open_receipt(request, link_of(token=token, at=timezone.now()))
    except LinkSpent as error:
        return _spent(request, error)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest, order_id: int) -> HttpResponse:
    """Confirm a receipt, without signing in, in a session that its link opened."""
    at = timezone.now()
    link_id = request.session.get(RECEIPTS, {}).get(str(order_id))
    if link_id is None:
        raise Http404(str(order_id))
    try:
        link = link_by_id(link_id=link_id, at=at)
    except LinkSpent as error:
        return _spent(request, error)
    sent_lines = link.order.lines.all()
    form, status = ReceiptForm(lines=sent_lines), 200
    if request.method == "POST":
        form, status = ReceiptForm(request.POST, request.FILES, lines=sent_lines), 422
        if form.is_valid():
            try:
                confirm_by_id(link_id=link.pk, photo=form.cleaned_data["photo"], arrived=form.arrived, at=at)
            except LinkSpent as error:
                return _spent(request, error)
            except DomainError as error:
                status = error.status
                add_refusal(form, error)
            else:
                messages.success(request, _("Thank you. The donor is told."))
                return render(request, "pledges/received.html", {"code": link.order.purchase.pledge.certificate_code})
    lines = [
        {
            "name": words(line.name_zh, line.name_en),
            "spec": words(line.spec_zh, line.spec_en),
            "pieces": pieces,
            "field": field,
        }
        for line, pieces, field in form.line_fields
    ]
    gift = queries.gift_of_order(link.order_id)
    context = {"form": form, "lines": lines, "donor": donor_of(gift), "words": gift.words, "title": title_of(gift)}
    context["recalled"] = order_recalls(link.order_id)
    context["may_report"] = link.order.state == OrderState.SHIPPED
    return render(request, "pledges/receipt.html", context, status=status)
