"""How needs and gifts read: to everybody, to their donor, to who gets them. No queries of its own."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from procurement.queries.gifts import NeedShown
from procurement.queries.given import GiftState, gift_state, given_of, standing_fen, stands
from procurement.shown import thumb
from procurement.texts import donor_of, name_of, title_of, words
from shop.core import regions
from shop.core.templatetags.heqiao import local
from shop.sales.states import OrderState


def show_need(shown: NeedShown) -> dict[str, Any]:
    """Return a need as its card and its page show it."""
    need = shown.need
    return {
        "shown": shown,
        "need": need,
        "title": words(need.title_zh, need.title_en),
        "text": words(need.text_zh, need.text_en),
        "beneficiary": name_of(need.beneficiary),
        "place": regions.full_name(need.ship_division),
        "picture": thumb(need.picture_key, 480),
        "url": local(f"/pledges/needs/{need.slug}/"),
    }


# What a page calls where a gift stands, and the look of its badge.
_LOOKS = {
    GiftState.UNPAID: ("unpaid", "offer"),
    GiftState.TO_SHIP: ("to_ship", "limited"),
    GiftState.SHIPPED: ("shipped", "limited"),
    GiftState.RECEIVED: ("completed", "proven"),
    GiftState.CONFIRMED: ("completed", "proven"),
    GiftState.GIVEN_BACK: ("given_back", "neutral"),
    GiftState.CANCELLED: ("cancelled", "neutral"),
    GiftState.NEVER_PAID: ("cancelled", "neutral"),
}


def _stage(code: str) -> str:
    return {
        "unpaid": _("Pledged, to be paid"),
        "to_ship": _("Paid, being packed"),
        "shipped": _("On its way to them"),
        "completed": _("Received by them"),
        "given_back": _("Given back whole"),
        "cancelled": _("Cancelled"),
    }[code]


def certificate_words(state: GiftState) -> tuple[str, str]:
    """Return what the certificate of a gift that is not confirmed says: its head, and what that means."""
    return {
        GiftState.UNPAID: (
            _("Not paid yet"), _("This gift is announced and waits for its money: nothing was bought so far."),
        ),
        GiftState.TO_SHIP: (
            _("Paid, not sent yet"),
            _("The goods are being packed. The certificate is valid once the beneficiary has confirmed them."),
        ),
        GiftState.SHIPPED: (
            _("On its way to them"),
            _("The goods were sent. The certificate is valid once the beneficiary has confirmed them."),
        ),
        GiftState.RECEIVED: (
            _("Not confirmed yet"),
            _("The goods were sent and count as received, but the beneficiary has not confirmed them here."),
        ),
        GiftState.CONFIRMED: ("", ""),
        GiftState.GIVEN_BACK: (
            _("Given back whole"), _("What was paid for this gift went back to its donor: nothing of it is left."),
        ),
        GiftState.CANCELLED: (_("Cancelled"), _("This gift was cancelled before anything of it was sent.")),
        GiftState.NEVER_PAID: (
            _("Never paid"), _("This gift was announced and its money did not come in time: nothing was bought."),
        ),
    }[state]  # fmt: skip


def may_confirm(order: Any, confirmed: Collection[int]) -> bool:
    """Tell whether an order's receipt waits for its beneficiary. `confirmed` are ids of orders. Needs its lines."""
    return order.state == OrderState.SHIPPED and order.pk not in confirmed and stands(order)


def order_words(order: Any) -> str:
    """Return who sends what, in a few words. Needs the order's lines and supplier."""
    lines = [(line, given_of(line)) for line in order.lines.all()]
    if not any(pieces for _line, pieces in lines):
        # Nothing of it is left: what it was.
        lines = [(line, line.ordered) for line, _pieces in lines]
    goods = "、".join(f"{words(line.name_zh, line.name_en)} ×{pieces}" for line, pieces in lines if pieces)
    return f"{words(order.supplier.name_zh, order.supplier.name_en)}：{goods}"


def show_gift(pledge: Any) -> dict[str, Any]:
    """Return a gift with where it stands and what its donor says."""
    orders = list(pledge.purchase.orders.all())
    stands_fen = standing_fen(orders)
    state, badge = _LOOKS[gift_state(pledge)]
    confirmed = {receipt.order_id for receipt in pledge.receipts.all()}
    return {
        "pledge": pledge,
        "recalled": pledge.recalled,
        "beneficiary": name_of(pledge.beneficiary),
        "title": title_of(pledge),
        "donor": donor_of(pledge),
        "words": pledge.words,
        "total_fen": stands_fen,
        "at_first_fen": pledge.purchase.total_fen if pledge.purchase.total_fen != stands_fen else 0,
        "stage": _stage(state),
        "badge": badge,
        "state": state,
        "is_confirmed": bool(confirmed),
        # What was missing or damaged, in the words of who received it.
        "faults": [receipt.fault for receipt in pledge.receipts.all() if receipt.fault],
        "number": pledge.purchase.number,
        "code": pledge.certificate_code,
        "orders": [
            {
                "order": order,
                "may_confirm": may_confirm(order, confirmed),
                # Of several, each says what came from whom: their buttons are not the same.
                "what": order_words(order) if len(orders) > 1 else "",
            }
            for order in orders
        ],
    }
