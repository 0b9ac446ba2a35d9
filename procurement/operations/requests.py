"""Making purchase requests: lines from the catalogue, a list or the last order; submitting, taking back, giving up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.queries import SpecForSale, specifications_for_sale
from procurement import books
from procurement.errors import ChangedSince, WrongStep
from procurement.models import BudgetUnit, PurchaseRequest, RequestLine, RequestVersion
from procurement.numbers import new_number
from procurement.operations.asked import ADDRESS, facts_of, lines_of
from procurement.operations.lengths import check_length
from procurement.operations.permissions import BUYER, must_be
from procurement.operations.units import check_recipient
from procurement.queries.sealed import VERSION, version_facts
from procurement.rules.lists import MOST_PIECES
from procurement.rules.quota import budget_year
from procurement.states import EDITABLE, REQUEST_MOVES, Fund, RequestState
from procurement.texts import not_editable, year_of
from shop.core import audit, ledger, outbox, regions
from shop.core.codes import national_phone
from shop.core.errors import InvalidInput
from shop.core.prepared import Prepared
from shop.core.sealed import seal
from shop.sales.errors import NotForSale
from shop.sales.operations.limits import check_planned
from shop.sales.queries.quotes import list_quote
from shop.sales.states import Terms

UNIT_TERMS = (Terms.POSTPAID, Terms.PREPAID)


@dataclass(frozen=True)
class Address:
    """Where the goods of one request go. `division_code` is a county."""

    name: str
    phone: str
    division_code: str
    street: str


def start_request(*, unit_id: int, actor: Any, at: datetime, fund: str = Fund.CANTEEN) -> PurchaseRequest:
    """Open an empty request of a unit. Raises NotAllowed for others than its buyers."""
    unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
    must_be(actor, unit, BUYER)
    return PurchaseRequest.objects.create(
        number=new_number("CG", at),
        unit=unit,
        buyer=actor,
        editors=[actor.pk],
        year=year_of(at),
        fund=fund,
        terms=unit.terms,
        created_at=at,
        **unit_address(unit),
    )


def unit_address(unit: BudgetUnit) -> dict[str, Any]:
    """Return where a unit's goods go, as the fields of a request."""
    return {name: getattr(unit, name) for name in ADDRESS} | {"ship_phone": national_phone(unit.ship_phone)}


def start_and_fill(
    *, unit_id: int, pieces: Mapping[int, int], actor: Any, at: datetime, fund: str = Fund.CANTEEN
) -> PurchaseRequest:
    """Open a request that holds these pieces (specification id → pieces), or nothing at all. Raises as its two steps."""
    with transaction.atomic():
        made = start_request(unit_id=unit_id, actor=actor, at=at, fund=fund)
        return put_lines(request_id=made.pk, pieces=pieces, actor=actor, at=at) if pieces else made


_locked = Prepared(
    lambda pk: (
        PurchaseRequest.objects.filter(pk=pk)
        .select_for_update(of=("self",))
        .select_related("unit__organisation", "buyer")
    )
)


def lock_request(request_id: int) -> PurchaseRequest:
    """Return a request with its row locked until the transaction ends, its unit and its buyer. One query.

    Raises PurchaseRequest.DoesNotExist for an unknown one.
    """
    found: list[PurchaseRequest] = _locked(request_id)
    if not found:
        raise PurchaseRequest.DoesNotExist(request_id)
    return found[0]


def lock_editable(request_id: int, actor: Any, version: int | None) -> PurchaseRequest:
    """Return a request that `actor` may change, with its row locked. Raises NotAllowed, WrongStep, ChangedSince."""
    request = lock_request(request_id)
    must_be(actor, request.unit, BUYER)
    if request.state not in EDITABLE:
        raise WrongStep(not_editable(request.state))
    if version is not None and version != request.version:
        raise ChangedSince(_("Somebody else changed this request meanwhile. Please look at it again."))
    return request


def put_lines(
    *,
    request_id: int,
    pieces: Mapping[int, int],
    actor: Any,
    at: datetime,
    version: int | None = None,
    adds: bool = False,
) -> PurchaseRequest:
    """Set the pieces of specifications (id → pieces; 0 takes a line out), or add them to what is asked for already.

    Every line gets today's price, freight is worked out again, the version grows. Raises InvalidInput (field
    `pieces-<id>`) for what is no number of pieces, NotForSale for what can't be had, ChangedSince, WrongStep.
    """
    with transaction.atomic():
        request = lock_editable(request_id, actor, version)
        there = {line.specification_id: line.quantity for line in request.lines.all()}
        wanted = dict(there)
        for specification_id, count in pieces.items():
            total = count + wanted.get(specification_id, 0) if adds else count
            if not 0 <= total <= MOST_PIECES:
                raise InvalidInput(
                    _("Enter 1 to %(most)d pieces.") % {"most": MOST_PIECES}, field=f"pieces-{specification_id}"
                )
            wanted[specification_id] = total
        wanted = {pk: count for pk, count in wanted.items() if count}
        specs = specifications_for_sale(wanted)
        for pk in pieces:
            if wanted.get(pk) and (pk not in specs or not specs[pk].is_sellable or specs[pk].is_preorder):
                raise NotForSale(_("This can't be bought now."), field=f"pieces-{pk}")
        more = {specs[pk].listing_id for pk in pieces if pk in specs and wanted[pk] > there.get(pk, 0)}
        asked = [(specs[pk], count) for pk, count in wanted.items() if pk in specs and specs[pk].listing_id in more]
        check_planned(wanted=asked, user=request.buyer, phone=request.ship_phone)
        _write_lines(request, wanted, specs)
        return _changed(request, actor)


def check_lines(request: PurchaseRequest, lines: Iterable[RequestLine]) -> None:
    """Raise OverLimit where what is asked for is more than its buyer may have: not only when it is ordered."""
    pieces = {line.specification_id: line.quantity for line in lines}
    specs = specifications_for_sale(pieces)
    wanted = [(specs[pk], count) for pk, count in pieces.items() if pk in specs]
    check_planned(wanted=wanted, user=request.buyer, phone=request.ship_phone)


def _write_lines(request: PurchaseRequest, wanted: Mapping[int, int], specs: Mapping[int, SpecForSale]) -> None:
    order = {line.specification_id: number for number, line in enumerate(request.lines.all())}
    request.lines.all().delete()
    lines = [
        _line(request, specs[pk], wanted[pk])
        for pk in sorted(wanted, key=lambda pk: order.get(pk, 10**9))
        if pk in specs
    ]
    RequestLine.objects.bulk_create(lines)
    quote = list_quote(
        [(specs[line.specification_id], line.quantity) for line in lines],
        destination=request.ship_division_id or "",
    )
    request.goods_fen, request.freight_fen, request.total_fen = quote.goods_fen, quote.freight_fen, quote.total_fen


def _line(request: PurchaseRequest, spec: SpecForSale, quantity: int) -> RequestLine:
    return RequestLine(
        request=request,
        specification_id=spec.specification_id,
        listing_id=spec.listing_id,
        sku=spec.sku,
        supplier_id=spec.supplier_id,
        supplier_zh=spec.supplier_name_zh,
        supplier_en=spec.supplier_name_en,
        name_zh=spec.name_zh,
        name_en=spec.name_en,
        spec_zh=spec.spec_zh,
        spec_en=spec.spec_en,
        picture_key=spec.picture_key,
        unit_price_fen=spec.price_fen,
        quantity=quantity,
    )


def _changed(request: PurchaseRequest, actor: Any) -> PurchaseRequest:
    request.version += 1
    if actor.pk not in request.editors:
        request.editors = [*request.editors, actor.pk]
    request.state = RequestState.DRAFT
    request.save()
    return request


def set_facts(
    *,
    request_id: int,
    fund: str,
    terms: str,
    note: str,
    actor: Any,
    at: datetime,
    version: int | None = None,
    year: int = 0,
) -> PurchaseRequest:
    """Say whose money buys, when it is paid, in which year it is to be ordered, and what the approver should know.

    `year`: this one or the next, 0 leaves it. All of it is part of the version that is approved.
    """
    if fund not in Fund.values or terms not in UNIT_TERMS:
        raise InvalidInput(_("Choose one."), field="terms" if fund in Fund.values else "fund")
    if year and not year_of(at) <= year <= year_of(at) + 1:
        raise InvalidInput(_("Choose this year or the next."), field="year")
    with transaction.atomic():
        request = lock_editable(request_id, actor, version)
        request.fund, request.terms, request.note = fund, terms, check_length(note, "note")
        request.year = year or request.year
        return _changed(request, actor)


def set_address(
    *, request_id: int, address: Address | None, actor: Any, at: datetime, version: int | None = None
) -> PurchaseRequest:
    """Say where the goods of a request go (None: to the unit's address); freight is worked out again.

    Raises InvalidInput for a unit without an address, or a division that is no county.
    """
    with transaction.atomic():
        request = lock_editable(request_id, actor, version)
        if address is None:
            given = unit_address(request.unit)
            if not given["ship_division_id"]:
                raise InvalidInput(_("Say first where the goods go."), code="no_address")
            request.ship_name, request.ship_phone = given["ship_name"], given["ship_phone"]
            request.ship_division_id, request.ship_street = given["ship_division_id"], given["ship_street"]
        else:
            if not regions.counties([address.division_code]):
                raise InvalidInput(_("Choose province, city and county."), field="division")
            name, street = check_recipient(address.name, address.street)
            request.ship_name, request.ship_phone = name, national_phone(address.phone)
            request.ship_division_id, request.ship_street = address.division_code, street
        wanted = {line.specification_id: line.quantity for line in request.lines.all()}
        _write_lines(request, wanted, specifications_for_sale(wanted))
        audit.record(action="set_request_address", object_kind="request", object_id=request.number, actor=actor, at=at)
        return _changed(request, actor)


def repeat_last(*, unit_id: int, actor: Any, at: datetime) -> tuple[PurchaseRequest, int]:
    """Start a request with the goods of the unit's last order; return it and how many can't be had any more.

    Raises WrongStep when nothing was ordered yet.
    """
    with transaction.atomic():
        last = (
            PurchaseRequest.objects.filter(unit_id=unit_id, state=RequestState.ORDERED)
            .order_by("-ordered_at", "-pk")
            .first()
        )
        if last is None:
            raise WrongStep(_("Nothing was ordered yet."))
        pieces = {line.specification_id: line.quantity for line in last.lines.all()}
        specs = specifications_for_sale(pieces)
        kept = {
            pk: count
            for pk, count in pieces.items()
            if pk in specs and specs[pk].is_sellable and not specs[pk].is_preorder
        }
        request = start_request(unit_id=unit_id, actor=actor, at=at, fund=last.fund)
        if kept:
            request = put_lines(request_id=request.pk, pieces=kept, actor=actor, at=at)
        return request, len(pieces) - len(kept)


def submit_request(*, request_id: int, version: int, actor: Any, at: datetime) -> PurchaseRequest:
    """Send a request to its approver; what is asked for is kept as it is now, as a new version if the last was decided on.

    Raises InvalidInput for an empty one or one without an address, ChangedSince, WrongStep.
    """
    with transaction.atomic():
        request = lock_editable(request_id, actor, version)
        lines = list(request.lines.all())
        if not lines:
            raise InvalidInput(_("Put something on the list first."), code="empty")
        if not request.ship_division_id:
            raise InvalidInput(_("Say first where the goods go."), code="no_address")
        if actor.pk not in request.editors:
            request.editors = [*request.editors, actor.pk]
        request.buyer = actor
        check_lines(request, lines)
        request.year = budget_year(request.year, year_of(at))
        if request.decisions.filter(version=request.version).exists():
            # Returned and not changed: it is decided on anew, and whose turn it is hears of it.
            request.version += 1
        request.state, request.submitted_at = RequestState.SUBMITTED, at
        request.save()
        version_row, is_new = RequestVersion.objects.get_or_create(
            request=request,
            version=request.version,
            defaults={
                "lines": lines_of(lines),
                "facts": facts_of(request) | {"year": request.year},
                "total_fen": request.total_fen,
                "at": at,
            },
        )
        if is_new:
            seal(VERSION, version_facts(pk=version_row.pk), at=at)
        tell_step(request, at)
        return request


def check_year(request: PurchaseRequest, at: datetime) -> None:
    """Raise WrongStep (code `year_differs`) where today belongs to another year than the one that was submitted.

    The year of the commitment is the order's day's; what a version says is never changed behind whoever approved it.
    """
    year = year_of(at)
    if year == request.year:
        return
    text = (
        _(
            "It was submitted for %(asked)d, and an order of today belongs to %(year)d. Take it back and submit it for %(year)d."
        )
        if year > request.year
        else _(
            "It was approved for %(asked)d, and an order of today belongs to %(year)d. Order it in %(asked)d, or take it "
            "back and submit it for %(year)d."
        )
    )
    raise WrongStep(text % {"asked": request.year, "year": year}, code="year_differs", asked=request.year, year=year)


def take_back(*, request_id: int, actor: Any, at: datetime) -> PurchaseRequest:
    """Take a request back to change it; what the budget gave for it comes back. The version grows.

    Raises WrongStep once it is ordered or given up.
    """
    with transaction.atomic():
        request = lock_request(request_id)
        must_be(actor, request.unit, BUYER)
        return _leave(request, RequestState.DRAFT, actor, at)


def give_up(*, request_id: int, actor: Any, at: datetime) -> PurchaseRequest:
    """End a request without ordering; what the budget gave for it comes back. Raises WrongStep once it is ordered."""
    with transaction.atomic():
        request = lock_request(request_id)
        must_be(actor, request.unit, BUYER)
        return _leave(request, RequestState.CANCELLED, actor, at)


def _leave(request: PurchaseRequest, to: str, actor: Any, at: datetime) -> PurchaseRequest:
    if to not in REQUEST_MOVES[request.state]:
        raise WrongStep(_("This request can't be changed any more."))
    was_approved = request.state == RequestState.APPROVED
    if was_approved:
        ledger.post(
            books.budget_back(
                key=f"back:{request.number}:{request.version}",
                unit_id=request.unit_id,
                year=request.year,
                fen=request.approved_fen,
                number=request.number,
                fund=request.fund,
            ),
            at=at,
            actor_id=actor.pk,
        )
    request.state, request.approved_fen = to, 0
    request.version += 1
    request.save()
    audit.record(
        action=f"request_{to}", object_kind="request", object_id=request.number, actor=actor, at=at,
        version=request.version, approved=was_approved,
    )  # fmt: skip
    return request


def tell_step(request: PurchaseRequest, at: datetime) -> None:
    """Tell whose turn it is, after the commit."""
    outbox.enqueue(
        task="procurement.tell_request",
        args={"request_id": request.pk, "state": request.state},
        key=f"request:{request.pk}:{request.version}:{request.state}",
        at=at,
    )
