"""What waits for an approver's consent to be cancelled, in words: the one answer of units' and shop's pages and programs."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from procurement.queries.requests import pieces_to_cancel
from shop.core.money import in_yuan
from shop.core.texts import sentences
from shop.sales.queries.backs import NOTHING, Back, rest_would_go_back


def waits_words(waiting: int, sent: int) -> str:
    """Say that a cancellation waits for consent, and what it is of: `waiting` pieces, after `sent` were."""
    if sent:
        text = ngettext(
            "To be cancelled: the %(n)d piece that was not sent. This waits for the approver's consent; "
            "no day is promised for it until then. What was sent is accepted as usual.",
            "To be cancelled: the %(n)d pieces that were not sent. This waits for the approver's consent; "
            "no day is promised for them until then. What was sent is accepted as usual.",
            waiting,
        )
    else:
        text = ngettext(
            "To be cancelled: the whole order, %(n)d piece. This waits for the approver's consent; "
            "no day is promised for it until then.",
            "To be cancelled: the whole order, %(n)d pieces. This waits for the approver's consent; "
            "no day is promised for it until then.",
            waiting,
        )
    return text % {"n": waiting}


def waits_for_consent(order_ids: Collection[int]) -> dict[int, str]:
    """Return by order's id what its cancellation waits for; only of orders with a wish that waits. One query."""
    return {pk: waits_words(waiting, sent) for pk, (waiting, sent) in pieces_to_cancel(order_ids).items()}


def would_go_back(order: Any, *, is_sent_in_part: bool) -> Back:
    """Return what would go back of an order if what was not sent of it were cancelled now. Needs what `backs` noted."""
    return rest_would_go_back(order) if is_sent_in_part else getattr(order, "would_go_back", NOTHING)


def money_words(back: Back) -> str:
    """Say what becomes of the money that came for a unit's order when it is cancelled; "" where none came."""
    said = []
    if back.bank_fen:
        said.append(_("%(fen)s of what came goes back to the unit's bank account.") % {"fen": in_yuan(back.bank_fen)})
    if back.other_fen:
        said.append(_("%(fen)s of what came goes back the way it was paid.") % {"fen": in_yuan(back.other_fen)})
    if back.stays_fen:
        words = _("%(fen)s of what came stays for the purchase's other orders.")
        said.append(words % {"fen": in_yuan(back.stays_fen)})
        words = _("%(fen)s is still to be paid for them.") if back.rest_fen else _("They are paid with it.")
        said.append(words % {"fen": in_yuan(back.rest_fen)})
    return sentences(*said)
