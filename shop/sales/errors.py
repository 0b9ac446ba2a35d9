"""What selling refuses, each with a stable code."""

from shop.core.errors import DomainError


class NotForSale(DomainError):
    """The specification does not exist or can't be bought now."""

    code = "not_for_sale"


class BadQuantity(DomainError):
    """Not a whole number of pieces, or not within what is left or allowed."""

    code = "bad_quantity"
    status = 422


class OverLimit(DomainError):
    """More pieces than one buyer may have (限购)."""

    code = "over_limit"


class PhoneUnproved(DomainError):
    """What each customer may have once, or so often, is for who proved a phone: anybody can type one."""

    code = "phone_unproved"


class GoodsMissing(DomainError):
    """Lots failed, and no sound goods are there for an unpaid order now. `details["goods"]` lists them."""

    code = "goods_missing"
    status = 409


class CertificateRevoked(DomainError):
    """What an unpaid order was sold under was revoked since. `details["goods"]` lists the goods."""

    code = "certificate_revoked"
    status = 409


class BuyerNotAsked(DomainError):
    """Goods were sold under a certificate revoked since, and nobody said that their buyer wants them all the same.

    Details: `certificates`, their numbers.
    """

    code = "buyer_not_asked"
    status = 409


class BasketChanged(DomainError):
    """The basket is not what the checkout showed: ordered in another tab, emptied, or prices moved."""

    code = "basket_changed"


class NotServed(DomainError):
    """A supplier can't send its goods to this address."""

    code = "not_served"
    status = 422


class WrongState(DomainError):
    """The order, payment or case is not in a state that allows this."""

    code = "wrong_state"


class RestChanged(WrongState):
    """Other pieces wait to be sent than those that were seen: more was sent meanwhile. `details["left"]` says how many."""

    code = "rest_changed"


class AccountChanged(WrongState):
    """The account that a refund goes to is not the one that was seen."""

    code = "account_changed"


class TermsChanged(WrongState):
    """An offer's terms, or the offers that it runs beside, are not what was seen when it was to be approved."""

    code = "terms_changed"


class NotOffered(DomainError):
    """The way to pay is not offered for what is bought."""

    code = "not_offered"
    status = 422


class DoneElsewhere(DomainError):
    """A step of the order is done on another page, by somebody else. `details["url"]` leads there."""

    code = "done_elsewhere"


class TooMuch(DomainError):
    """More than what is left: pieces to ship, or money to give back."""

    code = "too_much"
    status = 422
