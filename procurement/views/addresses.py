"""Where the goods of a request go."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from procurement.forms.units import DeliveryForm
from procurement.models import PurchaseRequest
from procurement.operations.requests import Address, set_address
from procurement.queries.units import Seat
from procurement.states import EDITABLE
from procurement.views.entry import console, for_unit
from procurement.views.requests import asked_version, own_request, to_request
from shop.core.errors import DomainError
from shop.core.refusals import add_refusal


@require_http_methods(["GET", "HEAD", "POST"])
@for_unit
def address(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Say where the goods of a request go: to its unit's address, or another one, which the approver sees."""
    seat, found = own_request(request, number)
    form, status = DeliveryForm(initial=_initial(found)), 200
    if request.method == "POST":
        is_units = "unit" in request.POST
        if not is_units:
            form = DeliveryForm(request.POST)
        if "pick" not in request.POST:
            status = 422
            if is_units or form.is_valid():
                try:
                    set_address(
                        request_id=found.pk,
                        address=None if is_units else _typed(form.cleaned_data),
                        version=asked_version(request),
                        actor=request.user,
                        at=timezone.now(),
                    )
                except DomainError as error:
                    status = error.status
                    if is_units:
                        messages.error(request, str(error.message))
                    else:
                        add_refusal(form, error)
                else:
                    messages.success(request, _("Saved. Freight is worked out for this address."))
                    return to_request(number)
    context = {"request_": found, "form": form, "can_edit": seat.buys and found.state in EDITABLE}
    return console(request, seat, "request_address", context, status)


def _initial(found: PurchaseRequest) -> dict[str, str]:
    return {
        "name": found.ship_name,
        "phone": found.ship_phone.removeprefix("+86"),
        "division": found.ship_division_id or "",
        "street": found.ship_street,
    }


def _typed(given: dict[str, Any]) -> Address:
    return Address(given["name"], given["phone"], given["division"], given["street"])
