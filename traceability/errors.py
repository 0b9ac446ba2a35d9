"""Refusals of this package."""

from shop.core.errors import DomainError, InvalidInput


class FromTheFuture(InvalidInput):
    """An event can't be recorded before it happened."""

    code = "event_in_future"


class BeyondHarvest(DomainError):
    """More would be sent of a lot than was harvested. Details: `left`, pieces that are left."""

    code = "beyond_harvest"


class AlreadyRecorded(DomainError):
    """The same page's form was recorded before, and nothing is recorded twice. Details: `lot_id`."""

    code = "already_recorded"
    status = 409


class LotBlocked(DomainError):
    """A test of the lot failed or is missing, or it is finished: nothing of it is packed, mixed or sent."""

    code = "lot_blocked"
    status = 409


class WrongMove(DomainError):
    """A lot's state does not allow what was asked."""

    code = "lot_wrong_move"
    status = 409


class OrdersWait(DomainError):
    """Orders wait, and no sound lot would be left for them: go on with `confirm`.

    Details: `orders`, `pieces`, `numbers` of the paid ones; `unpaid_orders`, `unpaid_pieces`.
    """

    code = "orders_wait"
    status = 409


class HarvestExpired(DomainError):
    """A lot would be expired from its first moment: nothing of it could be sold. Go on with `confirm`."""

    code = "harvest_expired"
    status = 409


class ShelfBeyondLots(DomainError):
    """A product is sent by lots, and more stands on its shelf than they cover: go on with `confirm` and `harvest_by`.

    Details: `on_sale`, `in_orders`, the pieces that no lot covers; `latest`, the last day by which their harvest may be
    recorded, None where no term is in force.
    """

    code = "shelf_beyond_lots"
    status = 409


class StopUnconfirmed(DomainError):
    """A failed test stops lots of which parcels are out, orders wait or pieces are on sale: go on with `confirm`.

    Details: `lots`, `parcels` with `sent_pieces`, `on_sale`, and what waits, as of OrdersWait.
    """

    code = "lot_stop_unconfirmed"
    status = 409


class PromiseBroken(DomainError):
    """A lot is older, or keeps less long, than what its order was promised. Details: `left`, pieces that keep it."""

    code = "promise_broken"


class OtherProduce(InvalidInput):
    """A lot is mixed, or packed anew, only from lots of the same product."""

    code = "other_produce"


class UnknownLot(DomainError):
    """No such lot of this supplier."""

    code = "lot_unknown"
    status = 404


class UnknownBase(DomainError):
    """No such base of this supplier."""

    code = "base_unknown"
    status = 404
