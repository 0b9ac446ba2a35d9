"""What procurement refuses, each with a stable code."""

from shop.core.errors import DomainError
from shop.sales.errors import TooMuch


class OwnRequest(DomainError):
    """Nobody approves what they asked for, nor decides twice on one request."""

    code = "own_request"
    status = 403


class ChangedSince(DomainError):
    """The request or declaration is not the version that was looked at."""

    code = "changed_since"


class WrongStep(DomainError):
    """The request or declaration does not stand where this could be done."""

    code = "wrong_step"


class NoBudget(DomainError):
    """The year's budget has less left than the request needs."""

    code = "no_budget"


class PricesMoved(DomainError):
    """Prices or freight are above what was approved."""

    code = "prices_moved"


class BeyondNeed(TooMuch):
    """More than a need asks for, or goods that it does not list. `details["left"]`: pieces that it still asks for."""

    code = "beyond_need"


class LinkSpent(DomainError):
    """The receipt link was used, has expired, or never was."""

    code = "link_spent"
    status = 410


class NoPolicy(DomainError):
    """No rule of the reserved share stands for a unit's region in a year. `details["year"]`."""

    code = "no_quota_policy"
