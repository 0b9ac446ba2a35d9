"""Baskets: Oscar's tables, our prices and limits. One open basket per person, kept by the database.

A guest's basket has no owner; its id travels in a signed cookie. A line's reference is its specification's id.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from oscar.apps.basket.models import Basket, Line

from catalog.queries import SpecForSale, specifications_for_sale
from shop.core.errors import DomainError
from shop.core.money import to_yuan
from shop.core.numbers import NotACount, read_count
from shop.sales.errors import BadQuantity, NotForSale
from shop.sales.rules import MAX_PIECES
from shop.sales.texts import in_reader_language
from shop.sales.visitors import basket_id_of


def open_basket(*, user: Any = None, basket_id: int | None = None) -> Basket:
    """Return the person's open basket, or the guest's called `basket_id`, making it where there is none."""
    if user is not None:
        opened = Basket.objects.filter(owner=user, status=Basket.OPEN)
        return opened.first() or _make_basket(user) or opened.get()
    found = basket_id and Basket.objects.filter(pk=basket_id, owner=None, status=Basket.OPEN).first()
    return found or Basket.objects.create()


def _make_basket(user: Any) -> Basket | None:
    """Return a new open basket, None where another tab made it at the same moment."""
    try:
        with transaction.atomic():
            return Basket.objects.create(owner=user)
    except IntegrityError:
        return None


def parse_quantity(text: str | int | None) -> int:
    """Return a whole number of pieces, at least one, read as every other. Raises BadQuantity saying what to enter."""
    try:
        quantity = read_count("" if text is None else str(text))
    except NotACount:
        raise BadQuantity(_("Enter a whole number of pieces."), field="quantity") from None
    if quantity < 1:
        raise BadQuantity(_("Take at least one piece."), field="quantity")
    return quantity


def most_allowed(spec: SpecForSale) -> int:
    """Return how many pieces one basket line may hold now."""
    return min(spec.available, spec.purchase_limit or MAX_PIECES, MAX_PIECES)


def add(*, basket: Basket, specification_id: int, quantity: int, at: datetime) -> int:
    """Add pieces to the line of a specification; return the line's new quantity.

    Raises NotForSale, or BadQuantity when the line would hold more than is left or allowed; then nothing changes.
    """
    spec = _sellable(specification_id)
    most = most_allowed(spec)
    reference = str(specification_id)
    if quantity <= most:
        changed = Line.objects.filter(basket=basket, line_reference=reference, quantity__lte=most - quantity).update(
            quantity=F("quantity") + quantity, date_updated=at
        )
        if not changed and _create(basket, spec, quantity):
            return quantity
        if not changed:
            # The line exists: made by another tab a moment ago, or too full already.
            changed = Line.objects.filter(
                basket=basket, line_reference=reference, quantity__lte=most - quantity
            ).update(quantity=F("quantity") + quantity, date_updated=at)
        if changed:
            return Line.objects.values_list("quantity", flat=True).get(basket=basket, line_reference=reference)
    raise _too_many(spec, most, held=_held(basket, reference))


def check(*, specification_id: int, quantity: int) -> SpecForSale:
    """Return the specification if `quantity` pieces can be bought now. Raises as `add` does."""
    spec = _sellable(specification_id)
    most = most_allowed(spec)
    if quantity > most:
        raise _too_many(spec, most)
    return spec


def set_quantity(*, basket: Basket, specification_id: int, quantity: int, at: datetime) -> None:
    """Set a line to `quantity` pieces. Raises as `add` does; a line that is gone stays gone (NotForSale)."""
    spec = check(specification_id=specification_id, quantity=quantity)
    price = to_yuan(spec.price_fen)
    if not Line.objects.filter(basket=basket, line_reference=str(specification_id)).update(
        quantity=quantity, price_excl_tax=price, price_incl_tax=price, date_updated=at
    ):
        raise NotForSale(_("This is no longer in your basket."))


def remove(*, basket: Basket, specification_id: int) -> int:
    """Take a line out; return how many pieces it held (0 when it was gone)."""
    held = _held(basket, str(specification_id))
    Line.objects.filter(basket=basket, line_reference=str(specification_id)).delete()
    return held


def merge(*, guest: Basket, user: Any, at: datetime) -> Basket:
    """Move a guest's lines into the person's basket, once: quantities add up, capped at what is left and allowed."""
    own = open_basket(user=user)
    with transaction.atomic():
        if not Basket.objects.filter(pk=guest.pk, owner=None, status=Basket.OPEN).update(
            status=Basket.MERGED, date_merged=at
        ):
            return own
        lines = list(Line.objects.filter(basket=guest))
        specs = specifications_for_sale(int(line.line_reference) for line in lines)
        for line in lines:
            spec = specs.get(int(line.line_reference))
            if spec is None:
                continue
            held = _held(own, line.line_reference)
            wanted = max(held, min(held + line.quantity, most_allowed(spec)))
            if not held and wanted:
                _create(own, spec, wanted)
            elif wanted > held:
                Line.objects.filter(basket=own, line_reference=line.line_reference).update(quantity=wanted)
    return own


def merge_on_login(request: HttpRequest, user: Any, at: datetime) -> None:
    """Have the browser's basket join the person's at login, exactly once."""
    basket_id = basket_id_of(request)
    guest = Basket.objects.filter(pk=basket_id, owner=None, status=Basket.OPEN).first() if basket_id else None
    if guest is not None:
        merge(guest=guest, user=user, at=at)


def add_again(*, basket: Basket, wanted: Mapping[int, int], at: datetime) -> tuple[int, list[str]]:
    """Put pieces (specification id → quantity) into the basket as far as they can be had today.

    Returns how many products went in, and why others did not, in the reader's language.
    """
    specs = specifications_for_sale(wanted)
    done, refused = 0, []
    for specification_id, quantity in wanted.items():
        spec = specs.get(specification_id)
        held = _held(basket, str(specification_id))
        pieces = min(quantity, most_allowed(spec) - held) if spec else 0
        try:
            add(basket=basket, specification_id=specification_id, quantity=max(pieces, 1), at=at)
            done += 1
        except DomainError as error:
            if spec is not None:
                refused.append(f"{in_reader_language(spec.name_zh, spec.name_en)}: {error.message}")
    return done, refused


def _held(basket: Basket, reference: str) -> int:
    return Line.objects.filter(basket=basket, line_reference=reference).values_list("quantity", flat=True).first() or 0


def _sellable(specification_id: int) -> SpecForSale:
    spec = specifications_for_sale([specification_id]).get(specification_id)
    if spec is None:
        raise NotForSale(_("This product does not exist. Please choose again."))
    if not spec.is_sellable:
        raise NotForSale(_("This product has been withdrawn."))
    if spec.is_preorder:
        raise NotForSale(_("Not in season yet: let us remind you instead."))
    if not spec.is_certified_on(timezone.localdate()):
        raise NotForSale(spec.lapsed_words())
    if spec.available < 1:
        raise NotForSale(_("Sold out for now: let us remind you when it is back."))
    return spec


def _create(basket: Basket, spec: SpecForSale, quantity: int) -> bool:
    price = to_yuan(spec.price_fen)
    line = Line(
        basket=basket,
        line_reference=str(spec.specification_id),
        product_id=spec.product_id,
        stockrecord_id=spec.stockrecord_id,
        quantity=quantity,
        price_currency="CNY",
        price_excl_tax=price,
        price_incl_tax=price,
    )
    return _inserted(line)


def _inserted(line: Line) -> bool:
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _too_many(spec: SpecForSale, most: int, *, held: int = 0) -> BadQuantity:
    if spec.purchase_limit is not None and most == spec.purchase_limit:
        text = ngettext("Each buyer may have %(n)d piece.", "Each buyer may have %(n)d pieces.", most) % {"n": most}
    else:
        text = ngettext("Only %(n)d piece is left.", "Only %(n)d pieces are left.", most) % {"n": most}
    if held:
        text += " " + ngettext("Your basket holds %(n)d already.", "Your basket holds %(n)d already.", held) % {
            "n": held
        }
    return BadQuantity(text, field="quantity", most=most, held=held)
