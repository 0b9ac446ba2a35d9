"""Whether a chain is whole, and if not, which event was changed first; and which rows differ from their events."""

from collections.abc import Iterator
from dataclasses import dataclass

from traceability.models import ProduceLot, SupplierChain, TraceEvent
from traceability.queries.sealed import altered, rows_of
from traceability.queries.telling import told
from traceability.queries.writing import COLUMNS, Written
from traceability.rules import chain

AT_ONCE = 500


@dataclass(frozen=True)
class Broken:
    """An event of a chain that is not as it was written, or a `row` beside it that differs from it; and what is wrong."""

    supplier_id: int
    seq: int
    why: str
    row: str = ""

    def __str__(self) -> str:
        return f"supplier {self.supplier_id}, event {self.seq}: {self.why}"


def verify_chain(supplier_id: int) -> tuple[int, Broken | None]:
    """Return how many events of a supplier's chain are as they were written, and the first that is not."""
    whole, broken = verify_after(supplier_id, Link(0, chain.START))
    return whole.seq, broken


@dataclass(frozen=True, slots=True)
class Link:
    """A place in a chain: how many events there are up to it, and the hash of the last of them."""

    seq: int
    hash: str


def verify_after(supplier_id: int, link: Link) -> tuple[Link, Broken | None]:
    """Follow a chain from a place up to which it is whole; return the last whole place and the first broken event."""
    count, previous = link.seq, link.hash
    for event in _events(supplier_id, count):
        if event.seq != count + 1:
            return Link(count, previous), Broken(supplier_id, count + 1, "it is missing")
        why = fault_of(event, previous)
        if why:
            return Link(count, previous), Broken(supplier_id, event.seq, why)
        count, previous = count + 1, event.hash
    head = SupplierChain.objects.filter(pk=supplier_id).first()
    length, last = (head.length, head.head) if head else (0, chain.START)
    if length > count:
        return Link(count, previous), Broken(supplier_id, count + 1, "it is missing")
    if length < count or last != previous:
        return Link(count - 1, ""), Broken(supplier_id, count, "the head of the chain is another")
    return Link(count, previous), None


def verify_all() -> Iterator[tuple[int, int, Broken | None]]:
    """Yield (supplier, events, first broken) for every chain, in the order of suppliers."""
    heads = set(SupplierChain.objects.values_list("pk", flat=True))
    said = set(TraceEvent.objects.order_by().values_list("supplier_id", flat=True).distinct())
    owners = set(ProduceLot.objects.order_by().values_list("supplier_id", flat=True).distinct())
    for supplier_id in sorted(heads | said | owners):
        yield supplier_id, *verify_chain(supplier_id)


def fault_of(event: TraceEvent | Written, previous: str) -> str:
    """Return what is wrong with an event that follows the hash `previous`; "" when it is as it was written."""
    if chain.link(event.previous_hash, event.body) != event.hash:
        return "its content was changed"
    if event.previous_hash != previous:
        return "it does not follow the event before it"
    said = told(event)
    if (
        not said.is_readable
        or said.body.get("eventID") != f"urn:heqiao:event:{event.supplier_id}:{event.seq}"
        or said.body.get("heqiao:lot") != event.lot_id
        or said.body.get("bizStep") != event.step
        or said.at != event.occurred_at
    ):
        return "its columns differ from its content"
    return ""


def altered_rows(supplier_id: int) -> list[Broken]:
    """Return the rows beside a supplier's events that differ from them, each with its event. Six queries."""
    found = altered(supplier_id, rows_of(supplier_id), _events(supplier_id, 0))
    return [Broken(each.supplier_id, each.seq, each.why, row=each.row) for each in found]


def _events(supplier_id: int, after: int) -> Iterator[Written]:
    rows = TraceEvent.objects.filter(supplier_id=supplier_id, seq__gt=after).order_by("seq")
    return map(Written._make, rows.values_list(*COLUMNS).iterator(AT_ONCE))
