"""What the pages of a supplier's lots share: whose they are, their frame, and how a refusal comes back in its form."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.queries import local, said
from catalog.queries.trade import SupplierBrief, suppliers_of
from shop.core.acting import acting_for
from shop.core.errors import DomainError
from shop.core.refusals import add_refusal
from traceability.errors import AlreadyRecorded, HarvestExpired, OrdersWait, ShelfBeyondLots, StopUnconfirmed

for_supplier = acting_for("supplier", suppliers_of, nobody="seller/nobody.html")


def console(
    request: HttpRequest, supplier: SupplierBrief, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page of the console."""
    shared = {"supplier": supplier, "supplier_name": said(supplier, "name")}
    return render(request, f"traceability/seller_{name}.html", {**shared, **context}, status=status)


def leads_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Lead who sends a form once more to the lot that it was recorded of, and say so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **given: Any) -> HttpResponse:
        try:
            return view(request, *args, **given)
        except AlreadyRecorded as error:
            messages.info(request, str(error))
            return redirect(local(f"/seller/lots/{error.details['lot_id']}/"))

    return guarded


def do(form: Form, operation: Callable[[], Any]) -> int:
    """Do what a form asks for. Returns 0, or the status of the refusal, which then stands beside its field.

    Raises AlreadyRecorded: see `leads_back`.
    """
    if not form.is_valid():
        return 422
    try:
        operation()
    except AlreadyRecorded:
        raise
    except DomainError as error:
        if isinstance(error, (HarvestExpired, OrdersWait, ShelfBeyondLots, StopUnconfirmed)):
            form.asks = True  # type: ignore[attr-defined]  # the forms that can be refused so have it
        add_refusal(form, error)
        return error.status
    return 0
