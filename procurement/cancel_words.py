"""What waits for an approver's consent to be cancelled, in words: the one answer of units' and shop's pages and programs."""

from collections.abc import Collection

from django.utils.translation import ngettext

from procurement.queries.requests import pieces_to_cancel


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
