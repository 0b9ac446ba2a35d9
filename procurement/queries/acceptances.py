"""What of units' orders waits to be accepted, and how deliveries were accepted."""

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from procurement.models import AcceptanceLine, BudgetUnit, GoodsAcceptance, PledgeReceipt, UnitOrder
from procurement.operations.permissions import RECEIVERS
from procurement.receivers_shown import receivers_shown
from procurement.texts import name_of
from shop.accounts.queries import people_in_organisation
from shop.sales.hooks import Accepted
from shop.sales.queries.deliveries import given_back_at_acceptance, undecided_shipments
from shop.sales.queries.order_lines import order_lines


def waits_to_be_accepted(rows: QuerySet[UnitOrder]) -> QuerySet[UnitOrder]:
    """Return the orders of `rows` of which a parcel was sent that nobody decided on yet."""
    return rows.filter(Exists(undecided_shipments().filter(order_id=OuterRef("pk"))))


def acceptances_of(order_id: int) -> list[GoodsAcceptance]:
    """Return the acceptances of an order in their sequence, with lines and photos. Four queries."""
    lines = AcceptanceLine.objects.select_related("line").order_by("line_id")
    rows = GoodsAcceptance.objects.filter(order_id=order_id).prefetch_related(
        Prefetch("lines", queryset=lines), "photos__picture"
    )
    return list(rows.order_by("sequence"))


def receivers_of(unit: BudgetUnit, *, besides: int) -> dict[int, str]:
    """Return the names by account of the people of a unit who may receive goods with the person `besides`. One query."""
    people = people_in_organisation(unit.organisation_id, *RECEIVERS)
    return {pk: name for pk, name in people.items() if pk != besides and name}


def told_to_supplier(order_id: int) -> list[Accepted]:
    """Return how the deliveries of a unit's order were accepted, as its supplier reads it. Two queries."""
    rows = GoodsAcceptance.objects.filter(order_id=order_id).prefetch_related("lines").order_by("sequence")
    return [
        Accepted(
            row.at,
            " · ".join(str(each) for each in receivers_shown(row)),
            row.note,
            row.short_fen,
            tuple((each.line_id, each.sent, each.accepted) for each in row.lines.all()),
        )
        for row in rows
    ]


def receipt_of_gift(order_id: int) -> list[Accepted]:
    """Return how the beneficiary of a gift received an order, as its supplier and its donor read it. Three queries."""
    receipt = PledgeReceipt.objects.filter(order_id=order_id).select_related("pledge__beneficiary").first()
    if receipt is None:
        return []
    lines = order_lines().filter(order_id=order_id, shipped__gt=0).order_by("pk")
    pieces = tuple((line.pk, line.shipped, line.shipped - line.rejected) for line in lines)
    short_fen = given_back_at_acceptance(order_id)
    return [Accepted(receipt.at, name_of(receipt.pledge.beneficiary), receipt.fault, short_fen, pieces)]
