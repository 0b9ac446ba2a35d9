"""What the doors of a supplier's lots share: their part of the interface, and whose lots they are."""

from typing import Annotated

from django.utils.translation import gettext_noop
from ninja import Query
from pydantic import Field

from catalog.queries.trade import SupplierBrief, supplier_acting
from shop.core.api import Area, Parameters
from shop.core.api.paging import Turn
from shop.core.api.routing import ApiRequest

lots_area = Area(gettext_noop("Supplier: lots and events"))


class LotsOf(Parameters):
    supplier: str = Field(
        "", max_length=80, description=gettext_noop("The supplier's slug; the first that you act for without it.")
    )


class LotsOfTurn(Turn, LotsOf):
    pass


ForOne = Annotated[LotsOf, Query(...)]


def acting(request: ApiRequest, asked: LotsOf) -> SupplierBrief:
    """Return the supplier that a program acts for."""
    return supplier_acting(request.user, asked.supplier)
