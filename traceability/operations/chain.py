"""Appending to a supplier's chain."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from traceability.errors import FromTheFuture
from traceability.models import SupplierChain, TraceEvent
from traceability.rules import chain, epcis


def append(*, supplier_id: int, what: epcis.Happening) -> TraceEvent:
    """Append an event to the supplier's chain and return it. Raises FromTheFuture for what has not happened yet.

    Locks the head of the chain; two who append at once do so one after the other.
    """
    refuse_future(what.occurred_at, what.recorded_at)
    with transaction.atomic():
        head = lock_head(supplier_id)
        body = chain.canonical(epcis.body(what, supplier_id=supplier_id, sequence=head.length + 1))
        event = TraceEvent.objects.create(
            supplier_id=supplier_id,
            lot_id=what.lot_id,
            seq=head.length + 1,
            step=what.step,
            occurred_at=what.occurred_at.replace(microsecond=0),
            body=body,
            previous_hash=head.head,
            hash=chain.link(head.head, body),
        )
        SupplierChain.objects.filter(pk=supplier_id).update(length=event.seq, head=event.hash)
    return event


def lock_head(supplier_id: int) -> SupplierChain:
    """Return the head of a supplier's chain, locked until the transaction ends; the first time, make it."""
    head = SupplierChain.objects.select_for_update().filter(pk=supplier_id).first()
    if head is None:
        SupplierChain.objects.bulk_create(
            [SupplierChain(supplier_id=supplier_id, head=chain.START)], ignore_conflicts=True
        )
        head = SupplierChain.objects.select_for_update().get(pk=supplier_id)
    return head


def refuse_future(occurred_at: datetime, at: datetime) -> None:
    """Raise FromTheFuture for a time after `at`."""
    if occurred_at > at:
        raise FromTheFuture(_("This is in the future: enter when it happened."), field="occurred_at")
