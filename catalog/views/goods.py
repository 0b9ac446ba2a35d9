"""上货 from a phone. Everything is of the supplier that the person acts for; anything else is not there (404)."""

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from catalog.conflicts import Conflict, conflicts, settled
from catalog.errors import ChangedSince, Unfit
from catalog.forms import Editor, unit_price
from catalog.models import ListingProposal
from catalog.operations.listings import put_back_on_sale, take_off_sale
from catalog.operations.proposing import (
    give_up,
    missing,
    open_change,
    open_new,
    save_proposal,
    submit_proposal,
    take_back,
)
from catalog.proposal_words import LABELS, names_for, rows_of
from catalog.queries import local, said
from catalog.queries.proposals import (
    complete_facts,
    draft_of_key,
    editor_choices,
    facts_of,
    last_reason,
    proposal_of_supplier,
    template_of_category,
)
from catalog.queries.trade import SupplierBrief, suppliers_of
from catalog.rules.proposed import MOST_PHOTOS, ProposedListing
from catalog.rules.templates import CategoryTemplate
from catalog.shown import BADGES, card_of, photos_of, spec_rows
from catalog.states import EDITABLE_PROPOSALS, ProposalKind, ProposalState, StorageClass
from shop.core.acting import acting_for, by
from shop.core.errors import DomainError
from shop.core.numbers import read_id
from shop.core.post_only import post_only

for_supplier = acting_for("supplier", suppliers_of, nobody="seller/nobody.html")


def _console(
    request: HttpRequest, supplier: SupplierBrief, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    shared = {"supplier": supplier, "supplier_name": said(supplier, "name")}
    return render(request, f"catalog/seller_{name}.html", {**shared, **context}, status=status)


def _own(supplier: SupplierBrief, proposal_id: int) -> ListingProposal:
    found = proposal_of_supplier(supplier.pk, proposal_id)
    if found is None:
        raise Http404
    return found


def _editor(supplier: SupplierBrief, facts: ProposedListing, data: Any = None) -> Editor:
    return Editor(facts=facts, choices=editor_choices(supplier.pk, timezone.localdate()), data=data)


def _usual(template: CategoryTemplate) -> str:
    """Say what is usual for a category, in one line."""
    parts = [
        str(StorageClass(template.storage_class).label),
        _("no seven-day return") if template.is_fresh else _("seven-day return"),
    ]
    if template.shelf_life_days:
        parts.append(_("keeps %(n)d days") % {"n": template.shelf_life_days})
    return " · ".join(parts)


@dataclass(slots=True)
class Tried:
    """How a save that was refused ended: `version` is the one that was read, whatever a colleague saved meanwhile."""

    version: int = 0
    status: int = 422
    refusal: str = ""
    is_photo_kept: bool = False
    conflicts: list[Conflict] = field(default_factory=list)


def _edit(
    request: HttpRequest,
    supplier: SupplierBrief,
    editor: Editor,
    proposal: ListingProposal | None,
    *,
    key: str = "",
    tried: Tried | None = None,
) -> HttpResponse:
    sale_unit = editor.stored.sale_unit or template_of_category(editor.stored.category_id).sale_unit
    context = {
        "editor": editor,
        "form": editor.form,
        "rows": [{"form": row, "unit_price": unit_price(row, sale_unit)} for row in editor.rows],
        "proposal": proposal,
        "photos": photos_of(proposal) if proposal else [],
        "most_photos": MOST_PHOTOS,
        "is_change": proposal is not None and proposal.kind == ProposalKind.CHANGE,
        "reason": last_reason(proposal) if proposal and proposal.state == ProposalState.RETURNED else "",
        "usual": _usual(template_of_category(editor.stored.category_id)) if editor.stored.category_id else "",
        "key": proposal.key if proposal else key,
        "tried": tried,
        "version": tried.version if tried else proposal.version if proposal else 0,
        "was_saved": proposal is not None and proposal.version > 1,
        "jin_words": pgettext("unit price", "¥%s / 500 g") % "{n}",
    }
    return _console(request, supplier, "goods_edit", context, tried.status if tried else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def new(request: HttpRequest, supplier: SupplierBrief) -> HttpResponse:
    """Show the empty form; by POST, open a draft with what was entered."""
    if request.method != "POST":
        # A phone that never got an answer goes on under its own key: the draft may be there already.
        key = _form_key(request.GET.get("key", ""))
        opened = draft_of_key(supplier.pk, key) if key else None
        if opened is not None:
            return HttpResponseRedirect(local(f"/seller/goods/drafts/{opened}/"))
        choices = editor_choices(supplier.pk, timezone.localdate())
        facts = ProposedListing(village_id=choices.village[0] if choices.village else None)
        return _edit(request, supplier, Editor(facts=facts, choices=choices), None, key=key or uuid.uuid4().hex)
    key = request.POST.get("key", "")[:40] or uuid.uuid4().hex
    # The form of a new product read its draft as it is opened, also where an answer was lost on the way.
    return _save(request, supplier, open_new(key=key, **by(request, supplier_id=supplier.pk)), read=1)


@require_http_methods(["GET", "HEAD", "POST"])
@for_supplier
def draft(request: HttpRequest, supplier: SupplierBrief, proposal_id: int) -> HttpResponse:
    """Show a draft to be changed; by POST, keep what was entered. What waits for review is shown, not changed."""
    found = _own(supplier, proposal_id)
    if request.method == "POST":
        return _save(request, supplier, found, read=found.version)
    if found.state not in EDITABLE_PROPOSALS:
        return HttpResponseRedirect(_at(found, "preview/"))
    editor = _editor(supplier, facts_of(found))
    if request.GET.get("check"):
        editor.is_valid()
        editor.add(missing(found, timezone.now()))
    if request.GET.get("row"):
        editor.rows.append(editor.blank_row(len(editor.rows)))
    return _edit(request, supplier, editor, found)


def _form_key(text: str) -> str:
    """Return a key that one of our forms can have had, "" for anything else."""
    return text if re.fullmatch(r"[0-9a-f]{32}", text) else ""


def _at(proposal: ListingProposal, tail: str = "") -> str:
    return local(f"/seller/goods/drafts/{proposal.pk}/{tail}")


def _number(text: str | None) -> int | None:
    return read_id(text, most_digits=11)


def _save(request: HttpRequest, supplier: SupplierBrief, proposal: ListingProposal, *, read: int) -> HttpResponse:
    """Keep what was entered and its photos; what can't be kept is said beside its field, the rest stays typed.

    `read` is the version that a form read that names none.
    """
    editor = _editor(supplier, facts_of(proposal), request.POST)
    uploads = request.FILES.getlist("photos")
    drop, first = _number(request.POST.get("drop")), _number(request.POST.get("first"))
    read = _number(request.POST.get("version")) or read
    facts, version = None, read
    if editor.is_valid():
        facts, version = _settle(request, supplier, editor, proposal, read)
    else:
        editor.say_all()
    tried = Tried(version=read)
    try:
        if facts is not None or uploads or drop or first:
            saved = save_proposal(
                proposal_id=proposal.pk,
                version=version,
                facts=facts,
                uploads=uploads,
                drop=drop,
                first=first,
                **by(request, supplier_id=supplier.pk),
            )
            if facts is not None:
                return _onward(request, proposal)
            # Its own photos made the next version; over a colleague's, the one that was read stays named.
            tried.version = saved.version if saved.version == read + 1 else read
            tried.is_photo_kept = bool(uploads)
    except DomainError as error:
        tried.status, tried.refusal = error.status, _put(editor, error)
        tried.is_photo_kept = error.details.get("photos_kept", False)
        if isinstance(error, Unfit):
            tried.version = error.details.get("version", read)
        elif isinstance(error, ChangedSince):
            tried.conflicts = _conflicts(request, supplier, editor, _own(supplier, proposal.pk))
    return _edit(request, supplier, editor, _own(supplier, proposal.pk), tried=tried)


def _settle(
    request: HttpRequest, supplier: SupplierBrief, editor: Editor, proposal: ListingProposal, read: int
) -> tuple[ProposedListing, int]:
    """Return the facts to save and the version that they are of.

    Where somebody saved another version than was read, it is only taken as read where nothing differs, or where the
    difference was on the page and a side was chosen for each fact of it.
    """
    facts = editor.facts()
    if read == proposal.version:
        return facts, read
    found = _conflicts(request, supplier, editor, proposal)
    was_shown = _number(request.POST.get("seen")) == proposal.version
    if found and not (was_shown and all(each.chosen for each in found)):
        return facts, read
    return settled(facts, facts_of(proposal), found), proposal.version


def _conflicts(
    request: HttpRequest, supplier: SupplierBrief, editor: Editor, proposal: ListingProposal
) -> list[Conflict]:
    """Return what a colleague saved beside what was typed; choices only count for the version that was shown."""
    mine, theirs = editor.facts(), facts_of(proposal)
    chosen = {}
    if _number(request.POST.get("seen")) == proposal.version:
        head = "choose-"
        chosen = {name.removeprefix(head): value for name, value in request.POST.items() if name.startswith(head)}
    county = editor_choices(supplier.pk, timezone.localdate()).county
    return conflicts(mine, theirs, names_for(county, mine, theirs), chosen)


def _put(editor: Editor, error: DomainError) -> str:
    """Put a refusal beside its fields; return what has none, to stand above the form."""
    if isinstance(error, Unfit):
        editor.add(error.details["problems"])
    elif error.field:
        editor.add({error.field: str(error.message)})
    else:
        return str(error.message)
    return ""


def _onward(request: HttpRequest, proposal: ListingProposal) -> HttpResponse:
    then = request.POST.get("then", "")
    if then == "preview":
        return HttpResponseRedirect(_at(proposal, "preview/"))
    if then == "row":
        return HttpResponseRedirect(_at(proposal, "?row=1#specs"))
    if request.POST.get("drop") or request.POST.get("first"):
        return HttpResponseRedirect(_at(proposal, "#photos"))
    messages.success(request, _("Draft saved."))
    return HttpResponseRedirect(_at(proposal))


@require_safe
@for_supplier
def preview(request: HttpRequest, supplier: SupplierBrief, proposal_id: int) -> HttpResponse:
    """Show a proposal as a shopper will see it, what is missing, and where it stands."""
    return _preview(request, supplier, _own(supplier, proposal_id))


def _preview(
    request: HttpRequest, supplier: SupplierBrief, proposal: ListingProposal, *, refusal: str = "", status: int = 200
) -> HttpResponse:
    facts = complete_facts(proposal)
    is_open = proposal.state in EDITABLE_PROPOSALS
    lacks = missing(proposal, timezone.now()) if is_open else {}
    county = editor_choices(supplier.pk, timezone.localdate()).county
    context = {
        "proposal": proposal,
        "is_open": is_open,
        "waits": proposal.state == ProposalState.SUBMITTED,
        "card": card_of(proposal, facts, said(supplier, "name")),
        "photos": photos_of(proposal),
        "specs": spec_rows(facts),
        "rows": rows_of(facts, names_for(county, facts)),
        "missing": [{"label": _label(name), "text": text} for name, text in lacks.items()],
        "badge": BADGES[ProposalState(proposal.state)],
        "reason": last_reason(proposal) if proposal.state == ProposalState.RETURNED else "",
        "refusal": refusal,
    }
    return _console(request, supplier, "goods_preview", context, status)


def _label(name: str) -> str:
    if name.startswith("specs-"):
        return _("Specification %(n)d") % {"n": int(name.split("-")[1]) + 1}
    names = {"specs": _("Specifications"), "season_start": LABELS["season"], "season_end": LABELS["season"]}
    return str({**LABELS, **names}.get(name, name))


def _step(
    request: HttpRequest, supplier: SupplierBrief, proposal_id: int, do: Callable[..., Any], said_then: str, to: str
) -> HttpResponse:
    """Do one step of a proposal; what is refused is shown above its preview."""
    _own(supplier, proposal_id)
    try:
        do(proposal_id=proposal_id, **by(request, supplier_id=supplier.pk))
    except DomainError as error:
        refusal = "" if isinstance(error, Unfit) else str(error.message)
        return _preview(request, supplier, _own(supplier, proposal_id), refusal=refusal, status=error.status)
    messages.success(request, said_then)
    return HttpResponseRedirect(local(to))


@for_supplier
@post_only
def submit(request: HttpRequest, supplier: SupplierBrief, proposal_id: int) -> HttpResponse:
    """Send a draft to the reviewers, as it was read."""
    version = _number(request.POST.get("version")) or 0
    words = _("Sent for review. We tell you what was decided.")

    def do(**facts: Any) -> None:
        submit_proposal(version=version, **facts)

    return _step(request, supplier, proposal_id, do, words, "/seller/goods/")


@for_supplier
@post_only
def back(request: HttpRequest, supplier: SupplierBrief, proposal_id: int) -> HttpResponse:
    """Take a proposal back to change it."""
    words = _("Taken back: change it and send it again.")
    return _step(request, supplier, proposal_id, take_back, words, f"/seller/goods/drafts/{proposal_id}/")


@for_supplier
@post_only
def give(request: HttpRequest, supplier: SupplierBrief, proposal_id: int) -> HttpResponse:
    """Give a draft or a proposal up."""
    return _step(request, supplier, proposal_id, give_up, _("The draft is gone."), "/seller/goods/")


@for_supplier
@post_only
def change(request: HttpRequest, supplier: SupplierBrief, listing_id: int) -> HttpResponse:
    """Open a change of a listing, or go on with the one that is open."""
    try:
        found = open_change(listing_id=listing_id, **by(request, supplier_id=supplier.pk))
    except DomainError as error:
        return _refused(request, error)
    return HttpResponseRedirect(_at(found))


def _refused(request: HttpRequest, error: DomainError) -> HttpResponse:
    if error.status == 404:
        raise Http404
    messages.error(request, str(error.message))
    return HttpResponseRedirect(local("/seller/goods/"))


@for_supplier
@post_only
def off(request: HttpRequest, supplier: SupplierBrief, listing_id: int) -> HttpResponse:
    """下架, at once."""
    return _turn(request, supplier, listing_id, take_off_sale, _("Taken off sale. Orders placed before go on."))


@for_supplier
@post_only
def on(request: HttpRequest, supplier: SupplierBrief, listing_id: int) -> HttpResponse:
    """上架, at once, as it was approved."""
    return _turn(request, supplier, listing_id, put_back_on_sale, _("On sale again."))


def _turn(
    request: HttpRequest, supplier: SupplierBrief, listing_id: int, do: Callable[..., None], words: str
) -> HttpResponse:
    try:
        do(listing_id=listing_id, **by(request, supplier_id=supplier.pk))
    except DomainError as error:
        return _refused(request, error)
    messages.success(request, words)
    return HttpResponseRedirect(local("/seller/goods/"))
