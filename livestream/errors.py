"""What may be refused in a live room."""

from shop.core.errors import DomainError, InvalidInput


class Stale(DomainError):
    """Another host changed the session since this one looked. Nothing was written."""

    code = "changed_meanwhile"


class WrongState(DomainError):
    """The session or the drop is not in a state for that."""

    code = "wrong_state"


class NotOfThisRoom(InvalidInput):
    """A product of another supplier, or of another session's tray."""

    code = "not_of_this_room"


class DeepCut(DomainError):
    """The flash price is far below the shop's, or below what was paid lately: the host has to confirm it."""

    code = "deep_cut"


class BelowFloor(DomainError):
    """The flash price is below what the product's supplier lets others sell it at. Details: `lowest`, `supplier`."""

    code = "below_live_floor"
    status = 422


class DropOver(DomainError):
    """The drop is over, or not there."""

    code = "drop_over"


class Muted(DomainError):
    """The person may not write here."""

    code = "muted"
    status = 403


class TooFast(DomainError):
    """Too many messages in a short time."""

    code = "too_fast"
    status = 429
