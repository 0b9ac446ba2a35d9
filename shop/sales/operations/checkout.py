"""The consumer's checkout: what was shown becomes lines for the one door."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from catalog.operations.stock import OutOfStock
from shop.core.errors import DomainError
from shop.core.lengths import check_length
from shop.core.money import in_yuan, to_yuan
from shop.sales.deal import SHOP
from shop.sales.errors import BasketChanged, NotServed
from shop.sales.models import Purchase
from shop.sales.operations.placing import Attribution, Buyer, Extras, Invoice, PlaceLine, ShipTo, place, placed_before
from shop.sales.queries.checkout import CheckoutPage
from shop.sales.rules import NOTE_LENGTH


def check_out(
    *,
    page: CheckoutPage,
    buyer: Buyer,
    ship_to: ShipTo,
    key: str,
    shown_fen: int | None,
    notes: Mapping[int, str],
    invoice: Invoice,
    at: datetime,
    content: str = "",
    sources: Sequence[Attribution] = (),
) -> Purchase:
    """Place what `page` shows, if the buyer saw this total (`shown_fen`).

    The same `key` again is the same purchase, whatever prices have done since: the first answer was lost on its way.
    With another `content` (`content_digest`) it is refused (KeyUsed).
    `sources` say where the buyer came from; the first is the channel, before it what the special price says itself.

    Raises InvalidInput (field `note_<supplier>`) for a note that is too long, BasketChanged when there is nothing to buy or the total moved since it was shown, NotServed, OutOfStock with
    the lines in `page.problems`, and what `place` raises.
    """
    for supplier_id, note in notes.items():
        check_length(note, f"note_{supplier_id}", NOTE_LENGTH)
    special = page.special
    lines = [
        PlaceLine(
            spec=line.spec,
            quantity=line.quantity,
            unit_price_fen=line.unit_price_fen,
            discount_fen=line.discount_fen,
            discount_supplier_fen=line.discount_supplier_fen,
            price_source=special.source if special else "list",
            stock_id=special.spec.stock_id if special else None,
        )
        for line in page.quote.lines
    ]
    try:
        _check(page, shown_fen)
    except DomainError:
        placed = placed_before(key, lines, ship_to, content)
        if placed is None:
            raise
        return placed
    channel, *also = [*(special.attributions if special else ()), *sources] or [SHOP]
    return place(
        actor=buyer.user,
        at=at,
        lines=lines,
        buyer=buyer,
        ship_to=ship_to,
        key=key,
        attribution=channel,
        also=also,
        extras=Extras(
            notes=notes,
            freight={group.supplier_id: group.freight.fen for group in page.quote.groups},
            invoice=invoice,
            coupon_code=page.used_coupon,
            applied=page.quote.applied,
            content=content,
        ),
        basket_id=page.basket_id,
        leaves_some=page.leaves_some,
    )


def _check(page: CheckoutPage, shown_fen: int | None) -> None:
    """Raise what stands in the way of placing what the page shows."""
    if not page.lines:
        raise BasketChanged(_("There is nothing to order: your basket is empty, or was ordered in another tab."))
    if page.problems:
        line, problem = page.problems[0]
        raise OutOfStock(f"{line.name}: {problem.text}", code=problem.code)
    if page.unserved:
        raise NotServed(page.unserved, field="division")
    if shown_fen is not None and shown_fen != page.quote.total_fen:
        total = page.quote.total_fen
        raise BasketChanged(
            _("Prices, offers or freight have changed: the total is now %(total)s. Please look at it, then order.")
            % {"total": in_yuan(total)},
            total=str(to_yuan(total)),
        )
