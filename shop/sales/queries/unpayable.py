"""What of an unpaid purchase nobody pays for now: goods that are gone, and goods sold under a certificate since revoked."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.queries import said
from catalog.queries.certificates import Revoked, revoked_among
from shop.core.money import in_yuan, to_yuan
from shop.core.texts import sentences
from shop.sales.models import LineFacts, OrderFacts
from shop.sales.queries.backs import NOTHING, Back
from shop.sales.queries.due import Due
from shop.sales.queries.without_goods import LineWithoutGoods, unpaid_without_goods
from shop.sales.states import OrderState


@dataclass(frozen=True, slots=True)
class LineUnderRevoked:
    """A line that draws the output of a certificate that was revoked since it was ordered."""

    line_id: int
    order_id: int
    number: str
    name_zh: str
    name_en: str
    pieces: int
    certificate: Revoked


Line = LineWithoutGoods | LineUnderRevoked


@dataclass(frozen=True, slots=True)
class Unpayable:
    """Lines of a purchase that can't be paid now; `has_rest`: another order of it can, once theirs are cancelled."""

    short: Sequence[LineWithoutGoods] = field(default=())
    revoked: Sequence[LineUnderRevoked] = field(default=())
    has_rest: bool = False

    def __bool__(self) -> bool:
        return bool(self.short or self.revoked)

    @property
    def lines(self) -> list[Line]:
        """All of them."""
        return [*self.short, *self.revoked]

    @property
    def numbers(self) -> set[str]:
        """The numbers of their orders."""
        return {line.number for line in self.lines}

    def of_order(self, number: str) -> "Unpayable":
        """Return what of it is of one order."""
        return Unpayable(
            [line for line in self.short if line.number == number],
            [line for line in self.revoked if line.number == number],
            self.has_rest,
        )


def unpayable(purchase_id: int, *, at: datetime) -> Unpayable:
    """Return what of a purchase's unpaid orders can't be paid now.

    Two queries where nothing is in the way, one more where goods were sold under a certificate.
    """
    short = unpaid_without_goods(purchase_id, at=at)
    revoked = unpaid_under_revoked([purchase_id]).get(purchase_id, [])
    barred = {line.order_id for line in short} | {line.order_id for line in revoked}
    rest = OrderFacts.objects.filter(purchase=purchase_id, state=OrderState.UNPAID).exclude(pk__in=barred)
    return Unpayable(short, revoked, bool(barred) and rest.exists())


def unpaid_under_revoked(purchase_ids: Collection[int]) -> dict[int, list[LineUnderRevoked]]:
    """Return by purchase (id) the lines of unpaid orders that draw a certificate revoked since. Two queries at most."""
    rows = LineFacts.objects.filter(
        order__purchase__in=purchase_ids, order__state=OrderState.UNPAID, certificate_id__isnull=False
    )
    lines = list(rows.select_related("order__order").order_by("order", "pk"))
    revoked = revoked_among({line.certificate_id for line in lines if line.certificate_id})
    found: dict[int, list[LineUnderRevoked]] = {}
    for line in lines:
        pieces = line.ordered - line.cancelled
        if line.certificate_id in revoked and pieces:
            row = LineUnderRevoked(
                line.pk, line.order_id, line.order.order.number, line.name_zh, line.name_en, pieces,
                revoked[line.certificate_id],
            )  # fmt: skip
            found.setdefault(line.order.purchase_id, []).append(row)
    return found


def unpayable_words(found: Unpayable, due: Due | None = None) -> str:
    """Return what can't be paid, why, and what its buyer can do; "" where all can be paid. No queries.

    `due`: what came for the purchase is said too, where nothing else on the page says it.
    """
    return sentences(_short_words(found), _revoked_words(found), _came_words(due) if found and due else "")


def _came_words(due: Due) -> str:
    if not due.received_fen:
        return ""
    words = _("%(came)s of %(due)s arrived for the purchase already.")
    return words % {"came": in_yuan(due.received_fen), "due": in_yuan(due.due_fen)}


def _short_words(found: Unpayable) -> str:
    if not found.short:
        return ""
    goods = _goods(found.short)
    if not found.has_rest:
        return _(
            "No sound goods are there now for %(goods)s: their lot can't be sent any more. It can't be paid like this, so"
            " that you don't pay for what can't be sent. Cancel it, or wait until new goods are in."
        ) % {"goods": goods}
    return _(
        "No sound goods are there now for %(goods)s: their lot can't be sent any more. It can't be paid like this, so that you"
        " don't pay for what can't be sent. Cancel that order and pay the rest, or wait until new goods are in."
    ) % {"goods": goods}


def _revoked_words(found: Unpayable) -> str:
    if not found.revoked:
        return ""
    names = {
        "goods": _goods(found.revoked),
        "certificates": _(", ").join(dict.fromkeys(line.certificate.words for line in found.revoked)),
    }
    if not found.has_rest:
        return (
            _(
                "The certificate that %(goods)s was ordered under was revoked (%(certificates)s): it isn't sold under it"
                " any more and can't be paid. Cancel it, please."
            )
            % names
        )
    return (
        _(
            "The certificate that %(goods)s was ordered under was revoked (%(certificates)s): it isn't sold under it"
            " any more and can't be paid. Cancel that order and pay the rest."
        )
        % names
    )


def _goods(lines: Sequence[Line]) -> str:
    """Return the goods in a row: "Pomelo × 2 (order 7)"."""
    return ", ".join(
        _("%(name)s × %(pieces)d (order %(number)s)")
        % {"name": said(line, "name"), "pieces": line.pieces, "number": line.number}
        for line in lines
    )


def barred_to_finance(lines: Sequence[LineUnderRevoked]) -> str:
    """Say to who books money what of a purchase can't be paid now, and what becomes of what comes; "" for nothing."""
    if not lines:
        return ""
    return _(
        "The certificate that %(goods)s was ordered under was revoked (%(certificates)s): it can't be paid now. The buyer"
        " is asked to cancel it; what came for it goes back then. If all of it comes, the buyer is asked whether they"
        " still want it."
    ) % {
        "goods": _goods(lines),
        "certificates": _(", ").join(dict.fromkeys(line.certificate.words for line in lines)),
    }


def unpayable_goods(found: Unpayable, would: Mapping[int, Back]) -> list[dict[str, Any]]:
    """Return the lines that can't be paid as an error's details say them.

    `would`: what would go back of each order, by its id, if it alone were cancelled (`queries.backs`).
    """
    return [
        {"order": line.number, "name": said(line, "name"), "pieces": line.pieces, "line": line.line_id}
        | {"would_go_back": str(to_yuan(would.get(line.order_id, NOTHING).fen))}
        for line in found.lines
    ]
