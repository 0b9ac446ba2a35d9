"""An approved request becomes a purchase, through the one door."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.operations.stock import OutOfStock
from catalog.queries import SpecForSale, specifications_for_sale
from procurement import books
from procurement.errors import PricesMoved, WrongStep
from procurement.models import PurchaseRequest, RequestLine
from procurement.operations.permissions import BUYER, must_be
from procurement.operations.requests import lock_request
from procurement.queries.policies import policy_for
from procurement.states import RequestState
from procurement.texts import words
from shop.core import ledger
from shop.core.prepared import Prepared
from shop.sales.errors import NotForSale, NotServed
from shop.sales.operations.placing import Attribution, Buyer, Extras, Invoice, PlaceLine, ShipTo, place
from shop.sales.queries.quotes import list_quote

_lines = Prepared(lambda request_id: RequestLine.objects.filter(request=request_id).order_by("pk"))


def order_request(*, request_id: int, actor: Any, at: datetime) -> PurchaseRequest:
    """Order what was approved; the same request again is the same purchase.

    Raises WrongStep when it is not approved, PricesMoved when it would cost more than was approved (less gives the
    rest back to the budget), NotForSale, NotServed, and what `place` raises. Locks: request, stock pools, ledger.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        if request.state == RequestState.ORDERED:
            return request
        if request.state != RequestState.APPROVED:
            raise WrongStep(_("Only an approved request can be ordered."))
        must_be(actor, request.unit, BUYER)
        unit, organisation = request.unit, request.unit.organisation
        lines: list[RequestLine] = _lines(request.pk)
        specs = specifications_for_sale(line.specification_id for line in lines)
        _check_goods(lines, specs, at)
        quote = list_quote(
            [(specs[line.specification_id], line.quantity) for line in lines], destination=unit.ship_division_id or ""
        )
        if not quote.served:
            raise NotServed(_("A supplier can't send to this address."))
        if quote.total_fen > request.approved_fen:
            raise PricesMoved(
                _("Prices or freight rose above what was approved. Take the request back and submit it anew.")
            )
        purchase = place(
            actor=actor,
            at=at,
            lines=[PlaceLine(line.spec, line.quantity, line.unit_price_fen) for line in quote.lines],
            buyer=Buyer(user=request.buyer, phone=unit.ship_phone, email=request.buyer.email or ""),
            ship_to=ShipTo(unit.ship_name, unit.ship_phone, unit.ship_division_id or "", unit.ship_street),
            key=f"request:{request.number}",
            terms=request.terms,
            attribution=Attribution("unit", str(unit.pk), organisation.name_zh),
            also=(Attribution("request", request.number, ""),),
            extras=Extras(
                freight={group.supplier_id: group.freight.fen for group in quote.groups},
                invoice=Invoice(title=organisation.name_zh, tax_no=organisation.credit_code or ""),
                term_days=policy_for(unit.region_code, request.year).term_days,
            ),
        )
        request.purchase, request.state, request.ordered_at = purchase, RequestState.ORDERED, at
        request.save(update_fields=["purchase", "state", "ordered_at"])
        ledger.post(
            books.budget_back(
                key=f"cheaper:{request.number}",
                unit_id=unit.pk,
                year=request.year,
                fen=request.approved_fen - purchase.total_fen,
                number=request.number,
            ),
            at=at,
            actor_id=actor.pk,
        )
        return request


def _check_goods(lines: list[RequestLine], specs: dict[int, SpecForSale], at: datetime) -> None:
    for line in lines:
        spec = specs.get(line.specification_id)
        name = words(line.name_zh, line.name_en)
        if spec is None or not spec.is_sellable or spec.is_preorder:
            raise NotForSale(
                _("%(name)s can't be bought any more. Take the request back to change it.") % {"name": name}
            )
        # What its certificate keeps back is refused by `place`, which says so.
        if spec.available < line.quantity and spec.is_certified_on(timezone.localdate(at)):
            raise OutOfStock(
                _("%(name)s: only %(left)d left. Take the request back, or wait for new stock.")
                % {"name": name, "left": spec.available}
            )
