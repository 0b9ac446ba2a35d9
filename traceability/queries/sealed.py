"""Whether rows still say what was sealed in their events: what every page of a parcel and every paper asserts.

The chain itself (`verifying`) tells whether events are as they were written; this tells whether the tables beside them
are. A row that no event ever spoke of (recorded before events held it) is not altered: pages mark it as not covered.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, QuerySet

from traceability.models import ConformityCertificate, LabTest, LotSource, ParcelLot, ProduceLot
from traceability.queries.telling import Told, told
from traceability.queries.writing import Written
from traceability.rules import epcis, sealing
from traceability.rules.quality import Tested, missing_tests, standing_failures
from traceability.states import BEGINNINGS, BizStep, LotKind, LotState


@dataclass(frozen=True)
class Altered:
    """A row that differs from its event: which row (as `lot 7`, `certificate HGZ…`), which of its facts, and the event."""

    supplier_id: int
    seq: int
    row: str
    facts: tuple[str, ...]

    @property
    def why(self) -> str:
        """What is wrong, for operators."""
        return f"{self.row} differs from it: {', '.join(self.facts)}"


@dataclass
class Rows:
    """The rows of one supplier that events speak of. `is_whole`: all of them, so that what is missing shows too.

    Tests, papers and goods carry the number of their event as `seq` and its supplier as `owner`.
    """

    lots: Mapping[int, ProduceLot]
    tests: Iterable[Any]
    papers: Iterable[Any]
    goods: Iterable[Any]
    sources: Mapping[int, list[tuple[int, int]]]
    is_whole: bool = False
    sums: dict[tuple[int, str], int] = field(default_factory=dict)


def tests_with_events(tests: QuerySet[LabTest]) -> QuerySet[LabTest]:
    """Return tests with the number and the supplier of their events."""
    return tests.annotate(seq=F("event__seq"), owner=F("event__supplier_id")).order_by("pk")


def papers_with_events(papers: QuerySet[ConformityCertificate]) -> QuerySet[ConformityCertificate]:
    """Return certificates with the number and the supplier of their packings."""
    return papers.annotate(seq=F("packing__seq"), owner=F("packing__supplier_id")).order_by("pk")


def goods_with_events(goods: QuerySet[ParcelLot]) -> QuerySet[ParcelLot]:
    """Return goods of parcels with the number and the supplier of their events, and their parcel's facts."""
    return goods.annotate(
        seq=F("event__seq"),
        owner=F("event__supplier_id"),
        code=F("parcel__code"),
        sent=F("parcel__shipped_at"),
        sender=F("parcel__supplier_id"),
    ).order_by("lot_id", "line_id")


def rows_of(supplier_id: int) -> Rows:
    """Read every row of a supplier that its events speak of. Five queries."""
    lots = ProduceLot.objects.filter(supplier_id=supplier_id).select_related("base", "plot").order_by("pk")
    sources = LotSource.objects.filter(lot__supplier=supplier_id).order_by("source_id")
    return Rows(
        lots={lot.pk: lot for lot in lots},
        tests=tests_with_events(LabTest.objects.filter(lot__supplier=supplier_id)),
        papers=papers_with_events(ConformityCertificate.objects.filter(lot__supplier=supplier_id)),
        goods=goods_with_events(ParcelLot.objects.filter(lot__supplier=supplier_id)),
        sources=by_lot(sources.values_list("lot_id", "source_id", "grams")),
        is_whole=True,
    )


def by_lot(sources: Iterable[tuple[int, int, int]]) -> dict[int, list[tuple[int, int]]]:
    """Return what each lot was mixed from."""
    found: dict[int, list[tuple[int, int]]] = {}
    for lot_id, source_id, grams in sources:
        found.setdefault(lot_id, []).append((source_id, grams))
    return found


def altered(supplier_id: int, rows: Rows, events: Iterable[Written]) -> Iterator[Altered]:
    """Yield the rows that differ from these events of the supplier, in the order of events, then of lots and the rest."""
    at_event = _ByEvent(supplier_id, rows)
    heard = _Heard()
    for event in events:
        said = told(event)
        if said.is_readable:
            heard.note(event, said)
            _add_up(rows, event, said)
            found = _ROWS.get(event.step, _nothing)(at_event, event, said)
            yield from (Altered(supplier_id, event.seq, row, tuple(facts)) for row, facts in found if facts)
    # Lots of the time before events held these facts have no "product": their rows are not covered, pages say so.
    new = {lot_id for lot_id, said in heard.begun.items() if said.fact("product") is not None}
    for lot_id in sorted(new & rows.lots.keys()):
        lot, said = rows.lots[lot_id], heard.begun[lot_id]
        facts = _sums(rows, lot) + _state(lot, heard)
        if facts:
            yield Altered(supplier_id, said.seq, f"lot {lot.code}", tuple(facts))
    for row, seq in at_event.unheard(new):
        yield Altered(supplier_id, seq, row, ("no event holds it",))
    if rows.is_whole:
        for lot in rows.lots.values():
            if lot.pk not in heard.begun:
                yield Altered(supplier_id, 0, f"lot {lot.code}", ("no event holds it",))


@dataclass
class _Heard:
    """What the events said of each lot so far: how it began, its tests, whether it was disposed of."""

    begun: dict[int, Told] = field(default_factory=dict)
    tests: dict[int, list[Tested]] = field(default_factory=dict)
    disposed: set[int] = field(default_factory=set)

    def note(self, event: Written, said: Told) -> None:
        """Note what one event says."""
        if event.step in BEGINNINGS:
            self.begun.setdefault(event.lot_id, said)
        elif event.step == BizStep.TEST:
            self.tests.setdefault(event.lot_id, []).append(_tested(said))
        elif event.step == BizStep.DISPOSAL:
            self.disposed.add(event.lot_id)


class _ByEvent:
    """A supplier's rows by the number of their event; keeps which of them an event has spoken of."""

    def __init__(self, supplier_id: int, rows: Rows) -> None:
        self.supplier_id = supplier_id
        self.lots, self.sources = rows.lots, rows.sources
        self.tests = {row.seq: row for row in rows.tests if row.owner == supplier_id}
        self.papers = {row.seq: row for row in rows.papers if row.owner == supplier_id}
        self.goods: dict[int, list[Any]] = {}
        for row in rows.goods:
            if row.owner == supplier_id:
                self.goods.setdefault(row.seq, []).append(row)
        self._all = rows
        self._heard: set[tuple[str, int]] = set()

    def hear(self, kind: str, seq: int) -> None:
        """Note that the event of this number has spoken of its row of this kind."""
        self._heard.add((kind, seq))

    def unheard(self, new: set[int]) -> Iterator[tuple[str, int]]:
        """Yield the rows of `new` lots of which no event spoke: somebody put them in."""
        for kind, found in (("test", self._all.tests), ("certificate", self._all.papers), ("goods", self._all.goods)):
            for row in found:
                if row.lot_id in new and (row.owner != self.supplier_id or (kind, row.seq) not in self._heard):
                    name = row.number if kind == "certificate" else row.pk
                    yield f"{kind} {name}", row.seq or 0
        for lot_id in sorted(new & self.sources.keys()):
            if self.lots[lot_id].kind != LotKind.MIX:
                yield f"sources {self.lots[lot_id].code}", 0


def _nothing(_rows: _ByEvent, _event: Written, _said: Told) -> Iterator[tuple[str, list[str]]]:
    return iter(())


def _beginning(rows: _ByEvent, event: Written, said: Told) -> Iterator[tuple[str, list[str]]]:
    lot = rows.lots.get(event.lot_id)
    if lot is None:
        return
    ilmd = said.body.get("ilmd") or {}
    now = {
        "code": lot.code,
        "harvested_on": lot.harvested_on.isoformat(),
        "best_before": lot.best_before.isoformat() if lot.best_before else "",
        "harvested_grams": lot.harvested_grams,
        "base": f"urn:heqiao:base:{lot.base_id}",
        "plot": f"urn:heqiao:plot:{lot.plot_id}" if lot.plot_id else f"urn:heqiao:base:{lot.base_id}",
        "kind": lot.kind,
    }
    then = {
        "code": said.fact("lotNumber"),
        "harvested_on": ilmd.get("cbvmda:harvestEndDate"),
        "best_before": ilmd.get("cbvmda:bestBeforeDate"),
        "harvested_grams": said.grams,
        "base": (said.body.get("bizLocation") or {}).get("id"),
        "plot": (said.body.get("readPoint") or {}).get("id"),
        "kind": LotKind.MIX if event.step == BizStep.MIXING else LotKind.HARVEST,
    }
    facts = sealing.differing(then, now)
    own = {name.removeprefix("heqiao:"): value for name, value in said.body.items()}
    facts += sealing.differing(own, sealing.beginning_facts(lot))
    if event.step == BizStep.MIXING:
        parts = sorted((part["lot"], part["quantity"]) for part in said.fact("sources") or [])
        if sorted(rows.sources.get(lot.pk, [])) != parts:
            facts.append("sources")
    yield f"lot {lot.code}", facts


def _packing(rows: _ByEvent, event: Written, said: Told) -> Iterator[tuple[str, list[str]]]:
    then = said.certificate
    if not then:
        return
    rows.hear("certificate", event.seq)
    paper = rows.papers.get(event.seq)
    if paper is None:
        yield f"certificate {then.get('number')}", ["it is missing"]
        return
    facts = sealing.differing(then, sealing.paper_facts(paper))
    yield f"certificate {then.get('number')}", facts + (["lot"] if paper.lot_id != event.lot_id else [])


def _test(rows: _ByEvent, event: Written, said: Told) -> Iterator[tuple[str, list[str]]]:
    rows.hear("test", event.seq)
    test = rows.tests.get(event.seq)
    if test is None:
        yield f"test #{event.seq}", ["it is missing"]
        return
    facts = sealing.differing(said.test, epcis.test_facts(test))
    if test.lot_id != event.lot_id:
        facts.append("lot")
    if test.tested_at.replace(microsecond=0) != event.occurred_at:
        facts.append("tested_at")
    yield f"test {test.pk}", facts


def _shipping(rows: _ByEvent, event: Written, said: Told) -> Iterator[tuple[str, list[str]]]:
    digest = said.fact("goods")
    if digest is None:
        return
    rows.hear("goods", event.seq)
    goods = rows.goods.get(event.seq, [])
    row = f"parcel {said.fact('parcel')}"
    if not goods:
        yield row, ["its goods are missing"]
        return
    facts = []
    if any(each.lot_id != event.lot_id for each in goods):
        facts.append("lot")
    if any(each.parcel_id != said.fact("parcel") or each.sender != rows.supplier_id for each in goods):
        facts.append("parcel")
    if any(each.sent.replace(microsecond=0) != event.occurred_at for each in goods):
        facts.append("shipped_at")
    if sealing.goods_digest(goods[0].code, goods) != digest or len({each.code for each in goods}) > 1:
        facts.append("goods or code")
    yield row, facts


_ROWS: dict[str, Callable[[_ByEvent, Written, Told], Iterator[tuple[str, list[str]]]]] = {
    BizStep.HARVEST: _beginning,
    BizStep.MIXING: _beginning,
    BizStep.PACKING: _packing,
    BizStep.TEST: _test,
    BizStep.SHIPPING: _shipping,
}


def _tested(said: Told) -> Tested:
    test = said.test
    return Tested(str(test.get("item", "")), str(test.get("kind", "own")), bool(test.get("passed", True)), said.at)


def _add_up(rows: Rows, event: Written, said: Told) -> None:
    """Count what the events say of weights that a lot's columns repeat."""
    sums = rows.sums
    own: dict[str, int] = {}
    if event.step == BizStep.PACKING:
        own = {"packed_grams": said.grams, "sorted_out_grams": said.sorted_out}
    elif event.step == BizStep.SHIPPING:
        own = {"assigned_grams": said.grams}
    for name, grams in own.items():
        sums[event.lot_id, name] = sums.get((event.lot_id, name), 0) + grams
    for part in said.fact("sources") or []:
        key = (part["lot"], "mixed_grams")
        sums[key] = sums.get(key, 0) + part["quantity"]


def _sums(rows: Rows, lot: ProduceLot) -> list[str]:
    """Return the weights that differ: of one parcel's page, those of packing; of a whole supplier, all."""
    names = ["packed_grams", "sorted_out_grams"]
    if rows.is_whole:
        names += ["assigned_grams", "mixed_grams"]
    return [name for name in names if getattr(lot, name) != rows.sums.get((lot.pk, name), 0)]


def _state(lot: ProduceLot, heard: _Heard) -> list[str]:
    """Return "state" where it contradicts the lot's own tests: only they can hold a lot, nobody's UPDATE releases it."""
    own = heard.tests.get(lot.pk, [])
    required = heard.begun[lot.pk].fact("required") or []
    stopped = (LotState.HELD, LotState.RECALLED, LotState.DISPOSED)
    if lot.pk in heard.disposed:
        return [] if lot.state == LotState.DISPOSED else ["state"]
    if standing_failures(own):
        return [] if lot.state in stopped else ["state"]
    if missing_tests(required, own) and lot.state not in (LotState.AWAITING, *stopped):
        return ["state"]
    return []
