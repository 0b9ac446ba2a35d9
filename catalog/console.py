"""A supplier's console below /seller/: who acts for which supplier, and how its pages are shown."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from catalog.queries.trade import SupplierBrief, suppliers_of
from catalog.words import said
from shop.core.acting import acting_for, by

for_supplier = acting_for("supplier", suppliers_of, nobody="seller/nobody.html")


def seller_page(
    request: HttpRequest, supplier: SupplierBrief, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Show a page of the console: the template knows the supplier and its name."""
    shared = {"supplier": supplier, "supplier_name": said(supplier, "name")}
    return render(request, f"{template}.html", {**shared, **context}, status=status)


def by_supplier(request: HttpRequest, supplier: SupplierBrief) -> dict[str, Any]:
    """Return for which supplier, by whom and when something is done."""
    return {"supplier_id": supplier.pk, **by(request)}
