"""The supplier's shelf: every pool, what waits in orders, what changed it; and changing it."""

from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog.operations.floors import set_live_floor
from catalog.queries.floors import asked_prices, floor_said
from catalog.queries.shelf import Became, Shelf, changes_of, shelves_of
from catalog.queries.shelf_words import became_words, change_words, lot_of_pool, pool_titles, pool_words
from catalog.queries.trade import SupplierBrief, goods_of_supplier
from shop.accounts.queries import names_of
from shop.core.acting import by
from shop.core.errors import DomainError, KeyUsed
from shop.core.money import to_fen, to_yuan
from shop.core.post_only import post_only
from shop.core.refusals import add_refusal
from shop.core.texts import sentences
from shop.sales.forms.stock import AdjustForm, CountForm, FloorForm
from shop.sales.operations.stocking import adjust_stock_of, count_stock_of
from shop.sales.texts import in_reader_language
from shop.sales.views.seller import console, for_supplier
from traceability.queries.beyond import beyond_lots, beyond_words
from traceability.queries.kept import without_harvest, without_harvest_words


def shelf_rows(shelf: Shelf) -> list[tuple[str, str, int, int]]:
    """Return (test id, words, pieces, lot they are held for) of what stands on a shelf; they add up to its total."""
    titles = pool_titles(kind for kind, _free in shelf.by_kind)
    apart = [(kind.replace(":", "-"), titles[kind], free, lot_of_pool(kind)) for kind, free in shelf.by_kind]
    waiting = [("reserved", _("Waiting in orders"), shelf.reserved, 0)]
    if shelf.owed:
        words = _("Of these not there: gone with their lot. New pieces come here first")
        waiting.append(("owed", words, -shelf.owed, 0))
    return [("main", pool_words("main"), shelf.free, 0), *apart, *waiting]


def _own(supplier: SupplierBrief, specification_id: int) -> Any:
    spec = goods_of_supplier(supplier.pk, specification_id)
    if spec is None or spec.stock_id is None:
        raise Http404
    return spec


def _show(
    request: HttpRequest,
    supplier: SupplierBrief,
    spec: Any,
    *,
    adjust_form: forms.Form | None = None,
    count_form: forms.Form | None = None,
    floor_form: forms.Form | None = None,
    status: int = 200,
) -> HttpResponse:
    shelf = shelves_of([spec.stockrecord_id])[spec.stockrecord_id]
    page = changes_of(spec.stockrecord_id, request.GET.get("page", 1))
    titles = pool_titles({name for each in page.object_list for name in (each.pool, each.reference)})
    names = names_of({change.actor_id for change in page.object_list if change.actor_id})
    floor_fen = spec.live_floor_fen
    context = {
        "spec": spec,
        "name": in_reader_language(spec.listing.name_zh, spec.listing.name_en),
        "text": in_reader_language(spec.text_zh, spec.text_en),
        "shelf": shelf,
        "kept": [
            (each.lot.pk, without_harvest_words(each))
            for each in without_harvest(at=timezone.now(), listing_ids=[spec.listing_id])
        ],
        "beyond": [beyond_words(each) for each in beyond_lots(at=timezone.now(), listing_ids=[spec.listing_id])],
        "shelf_rows": shelf_rows(shelf),
        "page": page,
        "changes": [
            {
                "change": change,
                "words": change_words(change, titles),
                "who": names.get(change.actor_id or 0, "") or _("The platform"),
                # What a change was from and to are all pieces that stand there, those of orders too.
                "pool": _("In the shop, with those of orders") if change.pool == "main" else titles[change.pool],
                "lot_id": lot_of_pool(change.reference) or lot_of_pool(change.pool),
            }
            for change in page.object_list
        ],
        "adjust_form": adjust_form or AdjustForm(initial={"key": uuid4().hex}),
        "count_form": count_form or CountForm(initial={"key": uuid4().hex, "version": shelf.version}),
        "floor_form": floor_form or FloorForm(initial={"floor": floor_fen and to_yuan(floor_fen)}),
        "floor_said": floor_said(spec.pk),
        "asked": next((each for each in asked_prices(supplier.pk) if each.specification_id == spec.pk), None),
    }
    return console(request, supplier, "stock", context, status=status)


@require_safe
@for_supplier
def stock(request: HttpRequest, supplier: SupplierBrief, specification_id: int) -> HttpResponse:
    """Show one specification's shelf and its history."""
    return _show(request, supplier, _own(supplier, specification_id))


@for_supplier
@post_only
def adjust(request: HttpRequest, supplier: SupplierBrief, specification_id: int) -> HttpResponse:
    """Add what came, or take off what went."""
    spec = _own(supplier, specification_id)
    form = AdjustForm(request.POST)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            found = adjust_stock_of(
                spec=spec, pieces=form.change, reason=data["reason"], note=data["note"], key=data["key"],
                actor=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            status = error.status
            add_refusal(form, error)
            if isinstance(error, KeyUsed):
                form = form.with_key(uuid4().hex)
        else:
            _say(request, _("Noted: %(pieces)+d pieces.") % {"pieces": form.change}, found)
            return redirect("seller:stock", specification_id)
    return _show(request, supplier, spec, adjust_form=form, status=status)


@for_supplier
@post_only
def count(request: HttpRequest, supplier: SupplierBrief, specification_id: int) -> HttpResponse:
    """Write what was counted on the shelf; on an older page than the last change it is refused."""
    spec = _own(supplier, specification_id)
    form = CountForm(request.POST)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        try:
            found = count_stock_of(
                spec=spec, counted=data["counted"], version=data["version"], note=data["note"], key=data["key"],
                actor=request.user, at=timezone.now(),
            )  # fmt: skip
        except DomainError as error:
            status = error.status
            add_refusal(form, error)
            if "version" in error.details:
                # What changed stands beside the number; a count made now is one of this version.
                form = form.on_version(error.details["version"])
            if isinstance(error, KeyUsed):
                form = form.with_key(uuid4().hex)
        else:
            _say(request, _("Counted: %(pieces)d on the shelf.") % {"pieces": data["counted"]}, found)
            return redirect("seller:stock", specification_id)
    return _show(request, supplier, spec, count_form=form, status=status)


@for_supplier
@post_only
def live_floor(request: HttpRequest, supplier: SupplierBrief, specification_id: int) -> HttpResponse:
    """Say down to which price live rooms of others may sell it; that answers who asked."""
    spec = _own(supplier, specification_id)
    form = FloorForm(request.POST)
    status = 422
    if form.is_valid():
        floor = form.cleaned_data["floor"]
        try:
            set_live_floor(
                supplier_id=supplier.pk, specification_id=spec.pk,
                floor_fen=None if floor is None else to_fen(floor), **by(request),
            )  # fmt: skip
        except DomainError as error:
            status = error.status
            add_refusal(form, error)
        else:
            messages.success(request, _("Saved: live rooms of others keep to it from now on."))
            return redirect("seller:stock", specification_id)
    return _show(request, supplier, spec, floor_form=form, status=status)


def _say(request: HttpRequest, said: str, found: Became) -> None:
    """Say what was noted, and what became of the pieces."""
    messages.success(request, sentences(said, became_words(found)))
