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
    *, request_id: int, pieces: Mapping[int, int], version: int | None, actor: Any, at: datetime, adds: bool = False
) -> tuple[PurchaseRequest, bool]:
    """Put the pieces of a list in place of what a request holds of the same goods, or add them; return it and if it changed.

    A list that is taken again changes nothing. Where the request is empty, an open one of the same person that holds
    exactly these pieces was made of the same list: it is returned. Whoever adds says which version they saw, so that
    one press adds once. Raises as `put_lines`. Locks: unit, request, and the request that is empty because of it.
    """
    with transaction.atomic():
        lock_units(PurchaseRequest.objects.values_list("unit_id", flat=True).get(pk=request_id))
        request = lock_editable(request_id, actor, version if adds else None)
        there = {line.specification_id: line.quantity for line in request.lines.all()}
        if pieces and not adds and all(there.get(pk) == count for pk, count in pieces.items()):
            return request, False
        drafts = PurchaseRequest.objects.filter(unit=request.unit_id, buyer=actor, state__in=EDITABLE)
        for other in drafts.prefetch_related("lines").order_by("pk") if not there else ():
            if pieces and {line.specification_id: line.quantity for line in other.lines.all()} == dict(pieces):
                return other, False
        return put_lines(request_id=request_id, pieces=pieces, adds=adds, version=version, actor=actor, at=at), True
