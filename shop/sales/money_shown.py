"""How an order's money reads to its buyer: how a refund comes back and what it needs, what a transfer waits for."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from shop.core import times
from shop.core.money import in_yuan
from shop.core.texts import sentences
from shop.sales import rules
from shop.sales.models import OrderFacts, Refund
from shop.sales.queries.backs import NOTHING, Back, rest_would_go_back
from shop.sales.states import PurchaseState
from shop.sales.texts import in_reader_language


def cancel_words(back: Back, facts: Mapping[str, str], way: str = "") -> str:
    """Say what becomes of a paid order's money when it is cancelled: how it comes back, what is needed, when.

    `way`: how who reads it acts (`states.Way`); the money is not said to be of who only has the phone.
    """
    facts = {**facts, "bank": in_yuan(back.bank_fen), "other": in_yuan(back.other_fen)}
    if back.bank_fen and back.other_fen and way:
        words = _(
            "Cancel the order from %(supplier)s (%(goods)s)? %(bank)s goes back to who sent the transfer, %(other)s "
            "comes back the way it was paid."
        )
    elif back.bank_fen and back.other_fen:
        words = _(
            "Cancel the order from %(supplier)s (%(goods)s)? %(bank)s goes back to your bank account: tell us the "
            "account on the next page. %(other)s comes back the way it was paid."
        )
    elif back.bank_fen and way:
        words = _("Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s goes back to who sent the transfer.")
    elif back.bank_fen:
        words = _(
            "Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s goes back to your bank account: tell us the "
            "account on the next page. Finance pays it then, and you get a message with the bank's reference."
        )
    else:
        words = _("Cancel the order from %(supplier)s (%(goods)s)? Its %(fen)s comes back the way it was paid.")
    return _with_coupon(words % facts, back)


def _with_coupon(words: str, back: Back) -> str:
    """Add that the coupon may be used again, where nothing of its purchase is kept."""
    if not back.coupon:
        return words
    return " ".join([words, _("Coupon %(code)s can be used again.") % {"code": back.coupon}])


def cancels_rest_words(order: OrderFacts, way: str = "") -> str:
    """Say what cancelling the rest of a partly sent order ends, and what becomes of its money. Needs its lines."""
    rests = [(line, line.ordered - line.cancelled - line.shipped) for line in order.lines.all()]
    goods = "、".join(f"{in_reader_language(line.name_zh, line.name_en)} ×{rest}" for line, rest in rests if rest)
    fen = sum(line.refundable_fen(rest, sent=False) for line, rest in rests if rest)
    back = rest_would_go_back(order)
    facts = {"goods": goods, "fen": in_yuan(fen), "bank": in_yuan(back.bank_fen), "other": in_yuan(back.other_fen)}
    if order.purchase.state != PurchaseState.PAID:
        words = _("Cancel what was not sent yet (%(goods)s)? %(fen)s less is to be paid. What was sent stays.")
    elif back.bank_fen and back.other_fen:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(bank)s goes back by bank transfer, %(other)s comes back the way "
            "it was paid. What was sent and its freight stay."
        )
    elif back.bank_fen and way:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s goes back to who sent the transfer. What was sent and "
            "its freight stay."
        )
    elif back.bank_fen:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s goes back to your bank account: tell us the account on "
            "the next page. What was sent and its freight stay."
        )
    else:
        words = _(
            "Cancel what was not sent yet (%(goods)s)? %(fen)s comes back the way it was paid. What was sent and its "
            "freight stay."
        )
    return words % facts


def rest_cancelled_words(back: Back, *, fen: int, is_paid: bool, way: str = "") -> str:
    """Say what becomes of the money of what was cancelled of a partly sent order a moment ago."""
    facts = {"fen": in_yuan(fen), "bank": in_yuan(back.bank_fen), "other": in_yuan(back.other_fen)}
    if not is_paid:
        return _("The rest is cancelled: %(fen)s less is to be paid.") % facts
    if back.bank_fen and back.other_fen:
        words = _("The rest is cancelled. %(bank)s goes back by bank transfer, %(other)s the way it was paid.")
    elif back.bank_fen and way:
        words = _("The rest is cancelled. %(fen)s goes back to who sent the transfer.")
    elif back.bank_fen:
        words = _("The rest is cancelled. %(fen)s goes back to your bank account: please check below where.")
    else:
        words = _("The rest is cancelled. %(fen)s comes back the way it was paid.")
    return words % facts


def cancel_unpaid_words(back: Back, facts: Mapping[str, str], way: str = "") -> str:
    """Say what cancelling an order ends whose purchase is not paid whole, and what becomes of what came for it."""
    if back.is_last:
        words = _(
            "Cancel the order from %(supplier)s (%(goods)s, %(fen)s)? No other order of the purchase is left: it is "
            "closed with it."
        )
    else:
        words = _(
            "Cancel only the order from %(supplier)s (%(goods)s, %(fen)s)? Other orders of the purchase stay, and that "
            "much less is to be paid."
        )
    return _closing_words(words % facts, back, way)


def cancel_purchase_words(back: Back, *, names: str, orders: int, way: str = "") -> str:
    """Say what cancelling an unpaid purchase ends, with all its orders, and what becomes of what came for it."""
    words = ngettext(
        "Cancel this purchase, with its order from %(names)s? The goods go back on the shelf.",
        "Cancel this purchase, with all %(n)s orders in it: %(names)s? The goods go back on the shelf.",
        orders,
    )
    return _closing_words(words % {"names": names, "n": orders}, back, way)


def _closing_words(words: str, back: Back, way: str) -> str:
    """Add what becomes of the money of a purchase that is not paid whole."""
    said = " ".join(_ways_words(back, way))
    if back.bank_fen and not way:
        said = " ".join([said, _("Tell us the account on the next page.")])
    if back.stays_fen:
        stays = _("%(fen)s that came for the purchase stays for its other orders.") % {"fen": in_yuan(back.stays_fen)}
        said = sentences(said, stays, _rest_words(back))
    elif back.comes_fen:
        comes = _("If your payment still comes, it is returned to you in full.") if back.is_last else _comes_words()
        said = f"{said} {comes}".strip()
    return _with_coupon(_("%(one)s %(other)s") % {"one": words, "other": said} if said else words, back)


def _rest_words(back: Back) -> str:
    """Say what is to be paid then for the other orders of a purchase that money came for."""
    if not back.rest_fen:
        return _("They are paid with it.")
    return _("%(fen)s is still to be paid for them.") % {"fen": in_yuan(back.rest_fen)}


def _comes_words() -> str:
    """Say what becomes of a payment that is under way."""
    return _("If a payment of this purchase still comes, what is not needed of it is returned to you at once.")


def _ways_words(back: Back, way: str) -> list[str]:
    said = []
    if back.bank_fen and way:
        said.append(_("%(fen)s goes back to who sent the transfer.") % {"fen": in_yuan(back.bank_fen)})
    elif back.bank_fen:
        said.append(_("%(fen)s goes back to your bank account.") % {"fen": in_yuan(back.bank_fen)})
    if back.other_fen:
        said.append(_("%(fen)s comes back the way it was paid.") % {"fen": in_yuan(back.other_fen)})
    return said


def cancelled_words(back: Back, *, was_paid: bool, way: str = "") -> str:
    """Say what becomes of the money of an order that was cancelled a moment ago: each way its sum, where two are."""
    return _with_coupon(_cancelled_words(back, was_paid, way), back)


def _cancelled_words(back: Back, was_paid: bool, way: str) -> str:
    if back.stays_fen:
        return _kept_words(back, way)
    if not back.fen and not was_paid and back.comes_fen:
        return " ".join([_("This order is cancelled."), _comes_words()])
    if not back.fen and not was_paid:
        return _("This order is cancelled; nothing was taken for it. The purchase's other orders stay.")
    facts = {"bank": in_yuan(back.bank_fen), "other": in_yuan(back.other_fen)}
    if not back.fen:
        words = _("This order is cancelled. Nothing was paid for it, and nothing has to be.")
    elif not back.bank_fen:
        words = _("Cancelled. What was paid comes back the way it was paid.")
    elif back.other_fen and way:
        words = _("Cancelled. %(bank)s goes back to who sent the transfer, %(other)s comes back the way it was paid.")
    elif back.other_fen:
        words = _(
            "Cancelled. %(bank)s goes back to your bank account: please check below where it is paid to. %(other)s "
            "comes back the way it was paid."
        )
    elif way:
        words = _("Cancelled. The money goes back to who sent the transfer.")
    else:
        words = _("Cancelled. %(bank)s goes back to your bank account: please check below where it is paid to.")
    return words % facts


def _kept_words(back: Back, way: str) -> str:
    """Say that a cancelled order's purchase goes on: what came for it pays its other orders."""
    stays = _("Cancelled. %(fen)s that came for the purchase stays for its other orders.") % {
        "fen": in_yuan(back.stays_fen)
    }
    return sentences(stays, _rest_words(back), *_ways_words(back, way))


def refund_words(refund: Refund, way: str = "") -> str:
    """Say how much goes or went back, and how."""
    facts = {"amount": in_yuan(refund.amount_fen), "reference": refund.provider_ref}
    if not rules.is_by_hand(refund.payment.gateway):
        if refund.reason == "weighed":
            return _("%(amount)s, the way it was paid: it weighed less than was charged") % facts
        return _("%(amount)s, the way it was paid") % facts
    if refund.finished_at is None:
        words = _("%(amount)s: finance pays it to your account")
        if refund.reason == "weighed":
            words = _("%(amount)s: it weighed less than was charged; finance pays it to your account")
        if way:
            words = _("%(amount)s: finance pays it to who sent the transfer")
        return words % facts
    if refund.provider_ref:
        return _("%(amount)s by bank transfer, reference %(reference)s") % facts
    return _("%(amount)s by bank transfer") % facts


def purchase_back_words(refund: Refund) -> str:
    """Say why money of a purchase goes back that no order took, and how far it is."""
    facts = {"fen": in_yuan(refund.amount_fen)}
    if refund.reason == "more_than_due":
        what = _("%(fen)s more than was due was paid for this purchase") % facts
    elif refund.key.startswith("closed:"):
        what = _("%(fen)s came for this purchase before it was closed") % facts
    else:
        what = _("%(fen)s came for this purchase that it did not need") % facts
    return _("%(what)s: %(state)s") % {"what": what, "state": _back_state(refund)}


def _back_state(refund: Refund) -> str:
    if refund.finished_at is None:
        by_hand = rules.is_by_hand(refund.payment.gateway)
        return _("refund in progress, by bank transfer") if by_hand else _("refund in progress, the way it was paid")
    facts = {"day": times.full_day(refund.finished_at), "reference": refund.provider_ref}
    if refund.provider_ref and rules.is_by_hand(refund.payment.gateway):
        return _("paid back on %(day)s, bank reference %(reference)s") % facts
    return _("paid back on %(day)s") % facts


def money_back_notes(order: OrderFacts) -> list[str]:
    """Say what of an order's money is under way back by which way and what left, and what of its purchase's is under
    way. Needs what `queries.backs` noted.
    """
    back = getattr(order, "went_back", NOTHING)
    said = []
    if back.waits_fen:
        words = _("%(fen)s of this order: refund in progress, by bank transfer")
        said.append(words % {"fen": in_yuan(back.waits_fen)})
    if back.other_going_fen:
        words = _("%(fen)s of this order: refund in progress, the way it was paid")
        said.append(words % {"fen": in_yuan(back.other_going_fen)})
    if back.gone_fen:
        said.append(_("%(fen)s of this order was given back") % {"fen": in_yuan(back.gone_fen)})
    waiting = [each for each in getattr(order, "purchase_refunds", ()) if each.finished_at is None]
    return said + [purchase_back_words(each) for each in waiting]


def arrival_entries(order: OrderFacts, way: str = "") -> list[tuple[datetime, dict[str, str]]]:
    """Return an entry of the history for each part of the purchase's money that came by bank, and what came until then.

    Needs what `queries.transfer_waits.note_arrivals` noted.
    """
    found, so_far = [], 0
    for each in getattr(order, "arrivals", ()):
        so_far += each.fen
        facts = {"fen": in_yuan(each.fen), "all": in_yuan(so_far), "number": order.purchase.number}
        words = _("%(fen)s arrived for purchase %(number)s")
        if so_far != each.fen:
            words = _("%(fen)s arrived for purchase %(number)s, %(all)s in all so far")
        # The buyer's other purchases are told to who bought it alone.
        said = each.words() if each.credit is not None and not way else words % facts
        found.append((each.at, {"title": _("Bank transfer arrived"), "text": said}))
    return found
