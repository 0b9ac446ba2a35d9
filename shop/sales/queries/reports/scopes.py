"""Whose orders a reader may see in reports: all, those of the units below, those of one's suppliers."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from rules import has_perm

from shop.accounts.queries import supplier_ids_of
from shop.sales import hooks


@dataclass(frozen=True)
class Scope:
    """A limit on orders. None is no limit; an empty tuple leaves nothing. `units` are attributed units' references."""

    suppliers: tuple[int, ...] | None = None
    units: tuple[str, ...] | None = None

    def where(self, order: str = "order__") -> Q:
        """Return the condition on order lines, or on what else leads to their orders by `order`."""
        limit = Q()
        if self.suppliers is not None:
            limit &= Q(**{f"{order}supplier_id__in": self.suppliers})
        if self.units is not None:
            unit = f"{order}purchase__attribution"
            limit &= Q(**{f"{unit}_kind": "unit", f"{unit}_ref__in": self.units})
        return limit

    @property
    def kind(self) -> str:
        """all, units or suppliers: for the words on the page."""
        return "suppliers" if self.suppliers is not None else "units" if self.units is not None else "all"


EVERYTHING = Scope()


def scope_of(user: Any) -> Scope | None:
    """Return what `user` may see in reports; None for who may see none. At most three queries.

    Platform staff and reviewers see all; finance offices and supervising units see the orders of the units below them; who
    acts for suppliers sees their orders.
    """
    if not user.is_authenticated or not user.is_active:
        return None
    # By the rules alone: `user.has_perm` would go on to look for permissions given by hand, two queries for a "no".
    if has_perm("sales.view_all_reports", user):
        return EVERYTHING
    if has_perm("sales.view_reports", user):
        return Scope(units=tuple(hooks.overseen_units(user)))
    own = supplier_ids_of(user)
    return Scope(suppliers=tuple(own)) if own else None
