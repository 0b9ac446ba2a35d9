"""Steps of a purchase that belong to another page: whoever takes them here is refused, and told where."""

from shop.sales import hooks
from shop.sales.errors import DoneElsewhere
from shop.sales.models import Purchase


def refuse_elsewhere(step: hooks.Step, purchase: Purchase, number: str = "", *, through: str = "") -> None:
    """Raise DoneElsewhere where a step (of the order `number`) is taken at a door of another package.

    `through` is the kind of purchases whose own door the caller is.
    """
    door = hooks.elsewhere(step, purchase, number) if through != purchase.attribution_kind else None
    if door is not None:
        raise DoneElsewhere(door.why, url=door.url)
