"""Drafts of requests: one that was left empty is taken up again, and one list makes one of them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from procurement.models import PurchaseRequest
from procurement.operations.representing import lock_units
from procurement.operations.requests import lock_editable, put_lines, start_request
from procurement.states import EDITABLE, RequestState


def open_draft(*, unit_id: int, actor: Any, at: datetime) -> PurchaseRequest:
    """Return an empty request of a unit: one that the person opened before and left empty, else a new one.

    Raises NotAllowed for others than its buyers. Locks: unit, request.
    """
    with transaction.atomic():
        lock_units(unit_id)
        empty = PurchaseRequest.objects.filter(
            unit=unit_id, buyer=actor, state=RequestState.DRAFT, lines=None, versions=None
        )
        known = empty.order_by("-pk").values_list("pk", flat=True).first()
        if known is None:
            return start_request(unit_id=unit_id, actor=actor, at=at)
        return lock_editable(known, actor, None)


def take_list(
    *, request_id: int, pieces: Mapping[int, int], version: int | None, actor: Any, at: datetime
) -> tuple[PurchaseRequest, bool]:
    """Add the pieces of a list to a request; return it, and whether they are new.

    An open request of the same person that holds exactly these pieces was made of the same list: it is returned, and
    nothing is added twice. Raises as `put_lines`. Locks: unit, request, and the request that is empty because of it.
    """
    with transaction.atomic():
        lock_units(PurchaseRequest.objects.values_list("unit_id", flat=True).get(pk=request_id))
        request = lock_editable(request_id, actor, None)
        drafts = PurchaseRequest.objects.filter(unit=request.unit_id, buyer=actor, state__in=EDITABLE)
        for other in drafts.prefetch_related("lines").order_by("pk"):
            if pieces and {line.specification_id: line.quantity for line in other.lines.all()} == dict(pieces):
                return other, False
        return put_lines(request_id=request_id, pieces=pieces, adds=True, version=version, actor=actor, at=at), True
