"""An approved request becomes a purchase, through the one door."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.operations.stock import OutOfStock
from catalog.queries import SpecForSale, specifications_for_sale
from procurement import books
from procurement.errors import ChangedSince, PricesMoved, WrongStep
from procurement.models import PurchaseRequest, RequestLine, RequestVersion
from procurement.operations.asked import facts_of, lines_of, request_key
from procurement.operations.permissions import BUYER, must_be
from procurement.operations.representing import lock_units
from procurement.operations.requests import check_year, lock_request
from procurement.queries.policies import policy_for
from procurement.states import RequestState
from procurement.texts import words, year_of
from shop.core import ledger
from shop.core.prepared import Prepared
from shop.sales.errors import NotForSale, NotServed
from shop.sales.operations.placing import Attribution, Buyer, Extras, Invoice, PlaceLine, ShipTo, place
from shop.sales.queries.quotes import list_quote

_lines = Prepared(lambda request_id: RequestLine.objects.filter(request=request_id).order_by("pk"))
_version = Prepared(lambda request_id, version: RequestVersion.objects.filter(request=request_id, version=version))


def order_request(*, request_id: int, actor: Any, at: datetime) -> PurchaseRequest:
    """Order what was approved: those lines, to that address, by that fund and on those terms; the same again is the same.

    The year of the commitment is the order's day's, and the one that was approved. Raises WrongStep when it is not
    approved, or (code `year_differs`) for another year: that is submitted anew; ChangedSince when it is not the version
    that was approved, PricesMoved when it would cost more (less gives the rest back to the budget), NotForSale,
    NotServed, and what `place` raises. Locks: unit, request, stock pools, ledger.
    """
    with transaction.atomic():
        lock_units(PurchaseRequest.objects.values_list("unit_id", flat=True).get(pk=request_id))
        request = lock_request(request_id)
        must_be(actor, request.unit, BUYER)
        if request.state == RequestState.ORDERED:
            return request
        if request.state != RequestState.APPROVED:
            raise WrongStep(_("Only an approved request can be ordered."))
        unit, organisation = request.unit, request.unit.organisation
        lines: list[RequestLine] = _lines(request.pk)
        _check_approved(request, lines)
        check_year(request, at)
        specs = specifications_for_sale(line.specification_id for line in lines)
        _check_goods(lines, specs, at)
        quote = list_quote(
            [(specs[line.specification_id], line.quantity) for line in lines],
            destination=request.ship_division_id or "",
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
            buyer=Buyer(user=request.buyer, phone=request.ship_phone, email=request.buyer.email or ""),
            ship_to=ShipTo(request.ship_name, request.ship_phone, request.ship_division_id or "", request.ship_street),
            key=request_key(request.number),
            terms=request.terms,
            attribution=Attribution("unit", str(unit.pk), organisation.name_zh),
            also=(Attribution("request", request.number, ""),),
            extras=Extras(
                freight={group.supplier_id: group.freight.fen for group in quote.groups},
                invoice=Invoice(title=organisation.name_zh, tax_no=organisation.credit_code or ""),
                term_days=policy_for(unit.region_code, year_of(at)).term_days,
            ),
        )
        _settle_budget(request, purchase.total_fen, actor, at)
        request.purchase, request.state, request.ordered_at = purchase, RequestState.ORDERED, at
        request.save(update_fields=["purchase", "state", "ordered_at"])
        return request


def _check_approved(request: PurchaseRequest, lines: list[RequestLine]) -> None:
    """What is ordered is, word for word, the version that was submitted and approved."""
    version: RequestVersion | None = next(iter(_version(request.pk, request.version)), None)
    facts = facts_of(request) | {"year": request.year}
    if version is None or ({"year": request.year} | version.facts, version.lines) != (facts, lines_of(lines)):
        raise ChangedSince(_("This is not what was approved any more. Take the request back and submit it anew."))


def _settle_budget(request: PurchaseRequest, cost_fen: int, actor: Any, at: datetime) -> None:
    """Give back what it costs less than was approved."""
    postings = books.budget_back(
        key=f"cheaper:{request.number}", unit_id=request.unit_id, year=request.year, fund=request.fund,
        fen=request.approved_fen - cost_fen, number=request.number,
    )  # fmt: skip
    ledger.post(postings, at=at, actor_id=actor.pk)


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
