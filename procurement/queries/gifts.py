"""Reading needs, gifts and their certificates. Every figure comes from real orders or the ledger."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet, Sum
from django.utils import timezone

from catalog.queries import SpecForSale, specifications_for_sale
from catalog.queries.supply import specifications_of_listing
from procurement import books
from procurement.models import Need, NeedLine, Pledge, PledgeReceipt
from procurement.queries.given import pieces_given, still_paid
from procurement.queries.recalled import note_recalls
from procurement.states import NeedState
from procurement.texts import words
from shop.core import ledger
from shop.core.numbers import read_id
from shop.core.prepared import Prepared
from shop.sales.queries.quotes import Quote, list_quote

STAGES = (books.PLEDGED, books.ORDERED, books.DELIVERED, books.CONFIRMED)


_ORDER = "purchase__orders__"
_LINE = f"{_ORDER}lines__"
_given = Prepared(
    lambda need_ids: (
        Pledge.objects.filter(need__in=need_ids)
        .values_list("need_id", f"{_LINE}specification_id")
        .annotate(
            paid=Sum(pieces_given(_LINE, _ORDER, is_paid=True)),
            reserved=Sum(pieces_given(_LINE, _ORDER, is_paid=False)),
        )
    )
)


@dataclass(frozen=True, slots=True)
class Given:
    """Pieces of one 规格 that were bought for a need: those that are paid, and those that wait for their money.

    What waits is no gift yet, but nobody else can give in its place meanwhile.
    """

    paid: int = 0
    reserved: int = 0

    @property
    def taken(self) -> int:
        """What takes up the room of the need."""
        return self.paid + self.reserved


NOTHING = Given()


def given_pieces(need_ids: Iterable[int]) -> dict[int, dict[int, Given]]:
    """Return by need and specification how many pieces were bought for it. One query.

    What was cancelled, came back or was given back whole counts no more.
    """
    wanted = list(need_ids)
    rows = _given(wanted) if wanted else []
    found: dict[int, dict[int, Given]] = {}
    for need_id, specification_id, paid, reserved in rows:
        found.setdefault(need_id, {})[specification_id] = Given(paid, reserved)
    return found


@dataclass(frozen=True)
class NeedRow:
    """One 规格 of a need: what is wanted, what was given and is paid, what others reserved and did not pay yet."""

    spec: SpecForSale
    wanted: int
    given: int
    reserved: int = 0

    @property
    def left(self) -> int:
        """What can still be given: neither given nor reserved."""
        return max(0, self.wanted - self.given - self.reserved)

    @property
    def beyond(self) -> int:
        """What was given beyond what is wanted 超出需求."""
        return max(0, self.given - self.wanted)

    @property
    def percent(self) -> int:
        """Given of wanted, rounded down, at most 100."""
        return min(100, self.given * 100 // self.wanted) if self.wanted else 100

    @property
    def reserved_percent(self) -> int:
        """Reserved of wanted beside what is given, rounded down."""
        if not self.wanted:
            return 0
        return min(100, (self.given + self.reserved) * 100 // self.wanted) - self.percent

    @property
    def most(self) -> int:
        """What can be given now."""
        return min(self.left, self.spec.available) if self.spec.is_sellable else 0


@dataclass
class NeedShown:
    """A need with its lines, and what was given that it does not list. Amounts at today's prices, in 分."""

    need: Need
    rows: list[NeedRow]
    unlisted: list[NeedRow]

    @property
    def wanted_fen(self) -> int:
        """What all of it costs."""
        return sum(row.spec.price_fen * row.wanted for row in self.rows)

    @property
    def given_fen(self) -> int:
        """What was given and is paid, at most what is wanted of each."""
        return sum(row.spec.price_fen * min(row.given, row.wanted) for row in self.rows)

    @property
    def reserved_fen(self) -> int:
        """What is reserved and not paid yet, at most what is not given of each."""
        return sum(row.spec.price_fen * min(row.reserved, max(0, row.wanted - row.given)) for row in self.rows)

    @property
    def percent(self) -> int:
        """Given of wanted, rounded down."""
        return self.given_fen * 100 // self.wanted_fen if self.wanted_fen else 0

    @property
    def reserved_percent(self) -> int:
        """Reserved of wanted beside what is given, rounded down."""
        if not self.wanted_fen:
            return 0
        return (self.given_fen + self.reserved_fen) * 100 // self.wanted_fen - self.percent

    @property
    def is_met(self) -> bool:
        """Whether nothing is left to give."""
        return not any(row.left for row in self.rows)

    @property
    def is_given(self) -> bool:
        """Whether all of it was given and paid: what is only reserved may still come back."""
        return all(row.given >= row.wanted for row in self.rows)


def _shown(needs: list[Need]) -> list[NeedShown]:
    wanted: dict[int, dict[int, int]] = {need.pk: {} for need in needs}
    for line in NeedLine.objects.filter(need__in=wanted):
        wanted[line.need_id][line.specification_id] = line.wanted
    given = given_pieces(wanted)
    named = {pk for lines in wanted.values() for pk in lines} | {pk for lines in given.values() for pk in lines}
    specs = specifications_for_sale(named)
    return [
        NeedShown(
            need,
            _rows(specs, wanted[need.pk], given.get(need.pk, {})),
            [
                row
                for row in _rows(specs, dict.fromkeys(given.get(need.pk, {}), 0), given.get(need.pk, {}))
                if row.given and row.spec.specification_id not in wanted[need.pk]
            ],
        )
        for need in needs
    ]


def _rows(specs: Mapping[int, SpecForSale], wanted: Mapping[int, int], given: Mapping[int, Given]) -> list[NeedRow]:
    counted = [(pk, pieces, given.get(pk, NOTHING)) for pk, pieces in wanted.items() if pk in specs]
    return [NeedRow(specs[pk], pieces, there.paid, there.reserved) for pk, pieces, there in counted]


def open_needs(at: datetime) -> list[NeedShown]:
    """Return the open needs, those whose time ends first. Four queries."""
    rows = _open(at).select_related("beneficiary", "ship_division")
    return _shown(list(rows.order_by("until", "pk")[:60]))


def need_page(slug: str) -> NeedShown | None:
    """Return one published need, or None. Four queries."""
    rows = Need.objects.filter(slug=slug).exclude(state=NeedState.DRAFT).select_related("beneficiary", "ship_division")
    found = rows.first()
    return _shown([found])[0] if found else None


def needs_called(slugs: Iterable[str]) -> dict[str, NeedShown]:
    """Return published needs by slug; unknown ones are absent. Four queries, whatever the number."""
    rows = Need.objects.filter(slug__in=list(slugs)).exclude(state=NeedState.DRAFT).select_related("beneficiary")
    return {shown.need.slug: shown for shown in _shown(list(rows))}


def stage_sums(beneficiary_ids: Iterable[int]) -> dict[str, int]:
    """Return what is pledged, ordered, delivered and confirmed to these beneficiaries, in 分. One query."""
    names = {books.pledge(pk, stage): stage for pk in beneficiary_ids for stage in STAGES}
    totals = dict.fromkeys(STAGES, 0)
    for name, fen in ledger.sums(names).items():
        totals[names[name]] += fen
    return totals


_SHOWN = ("purchase__orders__order", "purchase__orders__lines", "purchase__orders__supplier", "receipts")


def gifts_of(user: Any) -> list[Pledge]:
    """Return a donor's gifts, the newest first. Six queries."""
    rows = Pledge.objects.filter(donor_id=user.pk).select_related("beneficiary", "need", "purchase")
    found = list(rows.prefetch_related(*_SHOWN).order_by("-created_at", "-pk")[:60])
    note_recalls(found)
    return found


def gifts_to(user: Any) -> list[Pledge]:
    """Return the gifts to the beneficiaries that `user` acts for, the newest first. Seven queries."""
    rows = Pledge.objects.filter(beneficiary__memberships__user_id=user.pk).select_related(
        "beneficiary", "need", "purchase"
    )
    found = list(rows.prefetch_related(*_SHOWN).order_by("-created_at", "-pk").distinct()[:60])
    note_recalls(found)
    return found


def gift_of_order(order_id: int) -> Pledge:
    """Return the gift that an order belongs to, with its need. One query."""
    return Pledge.objects.select_related("beneficiary", "need").get(purchase__orders__pk=order_id)


def certificate(code: str) -> Pledge | None:
    """Return the gift of a certificate code, or None. Six queries."""
    rows = Pledge.objects.filter(certificate_code=code).select_related("beneficiary", "need", "purchase")
    found = rows.prefetch_related("purchase__orders__lines", "purchase__orders__supplier", "receipts__picture").first()
    if found is not None:
        note_recalls([found])
    return found


def recent_receipts(most: int = 6) -> list[PledgeReceipt]:
    """Return the latest receipts with the needs they answer, of gifts that stand. One query.

    Their photos are for those concerned.
    """
    rows = PledgeReceipt.objects.filter(
        still_paid("order__lines__"), order__lines__accepted__gt=F("order__lines__returned")
    ).select_related("pledge__beneficiary", "pledge__need")
    return list(rows.order_by("-at", "-pk").distinct()[:most])


def _open(at: datetime) -> QuerySet[Need]:
    return Need.objects.filter(state=NeedState.OPEN, until__gte=timezone.localdate(at))


@dataclass(frozen=True)
class Wanted:
    """What open needs still ask for, all together: how many needs, and pieces by specification id."""

    needs: int
    pieces: dict[int, int]


def asked_for(at: datetime) -> Wanted:
    """Return what is asked for now. Three queries."""
    needs = list(_open(at).values_list("pk", flat=True))
    pieces: dict[int, int] = {}
    for asks in _left_of(needs).values():
        for specification_id, left in asks.items():
            pieces[specification_id] = pieces.get(specification_id, 0) + left
    return Wanted(len(needs), pieces)


def _left_of(need_ids: list[int], specification_ids: Iterable[int] | None = None) -> dict[int, dict[int, int]]:
    """Return by need and specification the pieces that are still asked for. Two queries."""
    lines = NeedLine.objects.filter(need__in=need_ids)
    if specification_ids is not None:
        lines = lines.filter(specification_id__in=list(specification_ids))
    wanted = list(lines.values_list("need_id", "specification_id", "wanted"))
    given = given_pieces({need_id for need_id, _specification, _wanted in wanted})
    found: dict[int, dict[int, int]] = {}
    for need_id, specification_id, pieces in wanted:
        left = max(0, pieces - given.get(need_id, {}).get(specification_id, NOTHING).taken)
        found.setdefault(need_id, {})[specification_id] = left
    return found


@dataclass(frozen=True)
class Receiver:
    """An open need whose beneficiary can get a product. `left`: pieces of it that the need, if it lists it, still asks for."""

    need: Need
    left: int
    is_listed: bool


def receivers_of(listing_slug: str, at: datetime) -> tuple[list[SpecForSale], list[Receiver]]:
    """Return what of a product can be given now, and who can get it, those first who ask for it. Six queries."""
    specs = specifications_of_listing(listing_slug)
    needs = list(_open(at).select_related("beneficiary").order_by("until", "pk")[:30])
    left = _left_of([need.pk for need in needs], [spec.specification_id for spec in specs])
    found = [Receiver(need, sum(left.get(need.pk, {}).values()), need.pk in left) for need in needs]
    return specs, sorted(found, key=lambda each: not each.left)


def gift_quote(need: Need | None, pieces: Mapping[int, int]) -> Quote | None:
    """Return what pieces (by specification id) come to, freight to the need's place included; None without any.

    What can't be bought is left out: giving refuses it. Without a need, where it goes is open and freight is not
    known: it is 0 then. Two queries.
    """
    specs = specifications_for_sale({pk for pk, count in pieces.items() if count > 0})
    chosen = [(spec, pieces[pk]) for pk, spec in specs.items() if spec.is_sellable and not spec.is_preorder]
    if not chosen:
        return None
    quote = list_quote(chosen, destination=need.ship_division_id if need else "")
    if need is None:
        for group in quote.groups:
            group.freight = replace(group.freight, fen=0)
    return quote


def beneficiary_names(refs: Collection[str]) -> dict[str, str]:
    """Return what beneficiaries are called in the reader's language, by id as text. One query."""
    rows = Need.objects.filter(beneficiary__in=[pk for ref in refs if (pk := read_id(ref)) is not None])
    names = rows.values_list("beneficiary", "beneficiary__name_zh", "beneficiary__name_en").distinct()
    return {str(pk): words(name_zh, name_en) for pk, name_zh, name_en in names}


def need_names(refs: Collection[str]) -> dict[str, str]:
    """Return what needs are called in the reader's language, by slug. One query."""
    return {row.slug: words(row.title_zh, row.title_en) for row in Need.objects.filter(slug__in=list(refs))}


def beneficiaries_of(user: Any) -> list[Any]:
    """Return the beneficiaries (organisations) that `user` acts for, by id. One query."""
    rows = user.memberships.filter(organisation__kind="beneficiary", organisation__is_active=True)
    found = {row.organisation_id: row.organisation for row in rows.select_related("organisation").order_by("pk")}
    return [found[pk] for pk in sorted(found)]
