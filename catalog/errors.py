"""Refusals on the way of a product into the shop."""

from shop.core.errors import DomainError, InvalidInput, NotAllowed


class UnknownProposal(DomainError):
    """There is no such draft or proposal, or it is another supplier's."""

    code = "proposal_unknown"
    status = 404


class UnknownListing(DomainError):
    """There is no such product, or it is another supplier's."""

    code = "listing_unknown"
    status = 404


class UnknownCertificate(DomainError):
    """There is no such certificate, or none that the reviewer looks at."""

    code = "certificate_unknown"
    status = 404


class OrdersUnder(DomainError):
    """Orders of a certificate wait, or products go off sale with it: go on with `confirm`.

    Details: `orders`, `pieces`, `numbers` of the paid ones, `unpaid` orders, `products`.
    """

    code = "orders_under_certificate"
    status = 409


class WrongStep(DomainError):
    """A proposal, or a listing, does not stand where this could be done."""

    code = "wrong_step"


class ChangedSince(DomainError):
    """It was changed since it was read."""

    code = "changed_since"


class OwnGoods(NotAllowed):
    """Nobody decides on what one's own supplier sells."""

    code = "own_goods"


class Unfit(InvalidInput):
    """Facts can't be used as they are. `details["problems"]` maps each field to its sentence; `field` is the first."""

    code = "unfit"
