"""Declaring a year's reserved share: draft, submitted, confirmed or returned by the supervising unit; amended later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from procurement import books
from procurement.errors import ChangedSince, WrongStep
from procurement.models import BudgetUnit, DeclarationSnapshot, QuotaDeclaration, QuotaPolicy
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, must_be, must_oversee
from procurement.operations.representing import lock_units, move_orders
from procurement.queries.policies import policy_for, share_of, union_policies
from procurement.queries.withdrawals import WITHDRAWN
from procurement.rules.quota import FEEDS, counts_at, reserved_fen, union_share_fen
from procurement.states import DECLARATION_MOVES, Basis, CanteenMode, DeclarationState
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput


@dataclass(frozen=True)
class Declared:
    """What a unit fills in. Amounts in 分; `change_reason` says why a confirmed declaration is amended.

    The spend of a shared canteen is what the representing unit takes over; 0 is what was confirmed before.
    """

    canteen: str
    canteen_spend_fen: int
    union_fen: int = 0
    union_funds_fen: int = 0
    union_gifts_fen: int = 0
    represented_by_id: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    note: str = ""
    change_reason: str = ""


def declare(*, unit_id: int, year: int, facts: Declared, version: int, actor: Any, at: datetime) -> QuotaDeclaration:
    """Write and submit a year's declaration; each share is worked out by the policies of the unit's region and that year.

    A confirmed one is amended: what was confirmed stays in force until this version is confirmed too. `version` is the
    one that was shown (0 for none). Raises ChangedSince when somebody else wrote meanwhile, WrongStep while it waits,
    InvalidInput for what can't be. Locks: the unit, and the one that is to represent it.
    """
    with transaction.atomic():
        lock_units(unit_id, facts.represented_by_id)
        unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
        must_be(actor, unit, BUYER, APPROVER, FINANCE)
        known = QuotaDeclaration.objects.filter(unit=unit, year=year).select_related("in_force").first()
        if known is not None and DeclarationState.SUBMITTED not in DECLARATION_MOVES[known.state]:
            raise WrongStep(_("This declaration was submitted already."))
        if (known.version if known else 0) != version:
            raise ChangedSince(_("Somebody else changed this meanwhile. Please look at it again."))
        _check(unit, year, facts)
        facts = _carried(facts, known)
        if known is not None and known.in_force_id and not facts.change_reason.strip():
            raise InvalidInput(_("Say why the confirmed declaration is changed."), field="change_reason")
        policy = policy_for(unit.region_code, year)
        values = _values(unit, year, facts, policy)
        if known is not None and known.in_force is not None and _changes_nothing(known, known.in_force, values):
            raise InvalidInput(
                _("This says what is confirmed already. Change an amount, or leave the declaration as it is."),
                code="nothing_changed", field="change_reason",
            )  # fmt: skip
        if known is None or known.in_force_id is None:
            # Nothing is changed yet: this is the year's first declaration, late or not.
            values["change_reason"] = ""
        values |= {
            "version": version + 1,
            "state": DeclarationState.SUBMITTED,
            "submitted_by": actor,
            "submitted_at": at,
            "decided_by": None,
            "decided_at": None,
            "reason": "",
        }
        if known is None or _asks_anew(known, facts):
            values |= {"accepted_by": None, "accepted_at": None}
        declaration, _made = QuotaDeclaration.objects.update_or_create(unit=unit, year=year, defaults=values)
        audit.record(
            action="declare", object_kind="declaration", object_id=declaration.pk, actor=actor, at=at,
            year=year, reserved_fen=declaration.reserved_fen, version=declaration.version,
        )  # fmt: skip
        if declaration.represented_by_id and declaration.accepted_at is None:
            _tell("procurement.ask_representation", declaration, at)
        return declaration


_AMOUNTS = ("canteen", "represented_by_id", "canteen_spend_fen", "union_fen", "reserved_fen")
_OF_SHARE = ("basis", "base_fen", "ratio_bp", "reserved_fen")
_BESIDE = ("union_funds_fen", "union_gifts_fen", "contact_name", "contact_phone", "note")


def _changes_nothing(known: QuotaDeclaration, in_force: DeclarationSnapshot, values: dict[str, Any]) -> bool:
    """Tell whether an amendment says what is in force: the same amounts by the same rules, and nothing else beside them.

    Of what is in force only amounts are kept. An amendment that was about other things may be submitted again as it is.
    """
    if _amounts(values) != _amounts(vars(in_force)):
        return False
    was_about_amounts = _amounts(vars(in_force)) != _amounts(vars(known))
    if known.state != DeclarationState.CONFIRMED and not was_about_amounts:
        return False
    return all(getattr(known, name) == values[name] for name in (_BESIDE[2:] if was_about_amounts else _BESIDE))


def _amounts(declared: Mapping[str, Any]) -> list[Any]:
    """Return what a declaration asks for; a rule whose base is nothing asks for nothing, whether it is listed or not.

    Not what its rules are called: one that was renamed since asks for the same.
    """
    asked = [[share[name] for name in _OF_SHARE] for share in declared["shares"] if share["base_fen"]]
    return [*(declared[name] for name in _AMOUNTS), asked]


def withdraw_declaration(*, declaration_id: int, version: int, actor: Any, at: datetime) -> QuotaDeclaration:
    """Take back, as one of the unit's people, a submitted declaration that nobody decided on: it is a draft again.

    What is in force stays so. Raises NotAllowed for others, ChangedSince for another version than the one that was read,
    WrongStep when it does not wait. Locks: units by id, the declaration.
    """
    with transaction.atomic():
        seen = QuotaDeclaration.objects.get(pk=declaration_id)
        lock_units(seen.unit_id, seen.represented_by_id)
        rows = QuotaDeclaration.objects.select_for_update(of=("self",)).select_related("unit__organisation")
        declaration = rows.get(pk=declaration_id)
        must_be(actor, declaration.unit, BUYER, APPROVER, FINANCE)
        if declaration.version != version:
            raise ChangedSince(_("Somebody else changed this meanwhile. Please look at it again."))
        if DeclarationState.DRAFT not in DECLARATION_MOVES[declaration.state]:
            raise WrongStep(_("This declaration was decided already."))
        declaration.state = DeclarationState.DRAFT
        declaration.save(update_fields=["state"])
        audit.record(
            action=WITHDRAWN, object_kind="declaration", object_id=declaration.pk, actor=actor, at=at, version=version
        )
        return declaration


def _carried(facts: Declared, known: QuotaDeclaration | None) -> Declared:
    """Keep the confirmed food of a canteen that is shared from now on: its orders go on to be counted, too."""
    if facts.canteen != CanteenMode.SHARED or facts.canteen_spend_fen or known is None or known.in_force is None:
        return facts
    return replace(facts, canteen_spend_fen=known.in_force.canteen_spend_fen)


def _asks_anew(known: QuotaDeclaration, facts: Declared) -> bool:
    """Tell whether the unit that is to represent this one is asked for something that it did not say yes to."""
    said = known.represented_by_id, known.canteen_spend_fen
    return said != (facts.represented_by_id, facts.canteen_spend_fen)


def _values(unit: BudgetUnit, year: int, facts: Declared, policy: QuotaPolicy) -> dict[str, Any]:
    """Return the declared amounts and what the policies make of them."""
    canteen = reserved_fen(facts.canteen, facts.canteen_spend_fen, policy.ratio_bp)
    bases = {Basis.UNION_FUNDS: facts.union_funds_fen, Basis.UNION_GIFTS: facts.union_gifts_fen}
    rows = union_policies(unit.region_code, year, facts.canteen)
    shares = [(row, share_of(row, bases[Basis(row.basis)])) for row in rows]
    for row, share in shares:
        _check_cap(unit, row, share.base_fen)
    union = union_share_fen(facts.union_fen, (share for _row, share in shares))
    own = [(policy, Basis.CANTEEN_FOOD, facts.canteen_spend_fen, canteen)]
    own += [(row, Basis(share.basis), share.base_fen, share.reserved_fen) for row, share in shares]
    return {
        "canteen": facts.canteen,
        "represented_by_id": facts.represented_by_id,
        "canteen_spend_fen": facts.canteen_spend_fen,
        "union_fen": facts.union_fen,
        "union_funds_fen": facts.union_funds_fen,
        "union_gifts_fen": facts.union_gifts_fen,
        "ratio_bp": policy.ratio_bp,
        "canteen_reserved_fen": canteen,
        "union_reserved_fen": union,
        "reserved_fen": canteen + union,
        "shares": [_share(*each) for each in own],
        "policy": policy,
        "contact_name": facts.contact_name,
        "contact_phone": facts.contact_phone,
        "note": facts.note,
        "change_reason": check_length(facts.change_reason, "change_reason"),
    }


def _share(policy: QuotaPolicy, basis: Basis, base_fen: int, reserved: int) -> dict[str, Any]:
    """Return one policy row and what it asks for, as a declaration and its snapshots keep it."""
    return {
        "basis": str(basis), "base_fen": base_fen, "ratio_bp": policy.ratio_bp, "reserved_fen": reserved,
        "policy": policy.pk, "name_zh": policy.name_zh, "name_en": policy.name_en, "document": policy.document,
    }  # fmt: skip


def _check_cap(unit: BudgetUnit, policy: QuotaPolicy, base_fen: int) -> None:
    if policy.cap_head_fen is None or base_fen <= policy.cap_head_fen * unit.people:
        return
    raise InvalidInput(
        _("At most %(cap)s a head and year: %(most)s for %(people)d people.")
        % {
            "cap": _yuan(policy.cap_head_fen),
            "most": _yuan(policy.cap_head_fen * unit.people),
            "people": unit.people,
        },
        field="union_gifts",
    )


def _yuan(fen: int) -> str:
    return f"¥{fen / 100:,.2f}"


def _check(unit: BudgetUnit, year: int, facts: Declared) -> None:
    if min(facts.canteen_spend_fen, facts.union_fen, facts.union_funds_fen, facts.union_gifts_fen) < 0:
        raise InvalidInput(_("Amounts can't be below zero."), field="canteen_spend")
    feeds = facts.canteen in FEEDS
    if feeds and not facts.canteen_spend_fen:
        raise InvalidInput(_("Enter what the canteen spends on food in the year."), field="canteen_spend")
    if facts.canteen == CanteenMode.NONE and facts.canteen_spend_fen:
        raise InvalidInput(_("Without a canteen of its own this is 0."), field="canteen_spend")
    if facts.canteen == CanteenMode.NONE and not facts.note:
        raise InvalidInput(_("Say in the note why there is no canteen."), field="note")
    if not feeds and _represents(unit.pk, year):
        raise InvalidInput(
            _("Other units share your canteen: you declare for them. They have to change their declarations first."),
            field="canteen",
        )
    if facts.canteen == CanteenMode.SHARED:
        _check_representative(unit, year, facts.represented_by_id or 0)


def _represents(unit_id: int, year: int) -> bool:
    """Tell whether the unit said that it declares for another, in a declaration that waits, stands or is in force."""
    waits = Q(
        represented_by=unit_id, accepted_at__isnull=False, canteen=CanteenMode.SHARED,
        state__in=(DeclarationState.SUBMITTED, DeclarationState.CONFIRMED),
    )  # fmt: skip
    stands = Q(in_force__represented_by=unit_id, in_force__canteen=CanteenMode.SHARED)
    return QuotaDeclaration.objects.filter(waits | stands, year=year).exists()


def _check_representative(unit: BudgetUnit, year: int, pk: int) -> None:
    shares = BudgetUnit.objects.filter(pk=pk, parent_id=unit.parent_id).exclude(pk=unit.pk)
    if unit.parent_id is None or not shares.exists():
        raise InvalidInput(_("Choose the unit that declares for you."), field="represented_by")
    theirs = QuotaDeclaration.objects.filter(unit_id=pk, year=year).select_related("in_force").first()
    said = {theirs.canteen, *([theirs.in_force.canteen] if theirs.in_force else [])} if theirs else set()
    if said - FEEDS:
        raise InvalidInput(
            _("That unit has no canteen to declare for you: only one with an own or an outsourced canteen can."),
            field="represented_by",
        )


def decide_declaration(
    *, declaration_id: int, version: int, confirm: bool, actor: Any, at: datetime, reason: str = ""
) -> QuotaDeclaration:
    """Confirm a submitted declaration, which books its share, or return it with a reason.

    Raises NotAllowed for others than the supervising unit, ChangedSince for another version than the one that was
    read, WrongStep when it does not wait, or when the unit that is to represent it has not agreed or not declared.
    Locks: units by id, the declaration, ledger.
    """
    with transaction.atomic():
        seen = QuotaDeclaration.objects.select_related("in_force").get(pk=declaration_id)
        lock_units(seen.unit_id, seen.represented_by_id)
        rows = QuotaDeclaration.objects.select_for_update(of=("self",)).select_related("in_force")
        declaration = rows.select_related("unit__parent__organisation", "in_force").get(pk=declaration_id)
        must_oversee(actor, declaration.unit)
        if declaration.version != version:
            raise ChangedSince(_("The unit changed its declaration meanwhile. Please read it again."))
        to = DeclarationState.CONFIRMED if confirm else DeclarationState.RETURNED
        if to not in DECLARATION_MOVES[declaration.state]:
            raise WrongStep(_("This declaration was decided already."))
        if not confirm and not reason.strip():
            raise InvalidInput(_("Say what has to be changed."), field="reason")
        before = declaration.in_force
        if confirm:
            _check_agreed(declaration)
            declaration.in_force = _snapshot(declaration, actor, at)
        declaration.state, declaration.reason = to, check_length(reason, "reason")
        declaration.decided_by, declaration.decided_at = actor, at
        declaration.save(update_fields=["state", "reason", "decided_by", "decided_at", "in_force"])
        if declaration.in_force is not None and confirm:
            _book(declaration.in_force, before, actor, at)
        audit.record(
            action=f"declaration_{to}", object_kind="declaration", object_id=declaration.pk, actor=actor, at=at,
            version=version,
        )  # fmt: skip
        _tell("procurement.tell_declaration", declaration, at)
        return declaration


def _tell(task: str, declaration: QuotaDeclaration, at: datetime) -> None:
    key = f"{task.removeprefix('procurement.')}:{declaration.pk}:{declaration.version}:{declaration.state}"
    outbox.enqueue(task=task, args={"declaration_id": declaration.pk}, key=key, at=at)


def _check_agreed(declaration: QuotaDeclaration) -> None:
    """One level, no circle: who represents has said yes, and its own canteen stands confirmed."""
    if declaration.canteen != CanteenMode.SHARED:
        return
    if declaration.accepted_at is None:
        raise WrongStep(_("The unit that is to declare for them has not agreed yet."))
    theirs = QuotaDeclaration.objects.filter(
        unit_id=declaration.represented_by_id, year=declaration.year, in_force__canteen__in=FEEDS
    )
    if not theirs.exists():
        raise WrongStep(_("Confirm the declaration of the unit that declares for them first."))


SNAPPED = (
    "unit", "year", "version", "canteen", "represented_by", "canteen_spend_fen", "union_fen", "ratio_bp", "policy",
    "shares", "canteen_reserved_fen", "union_reserved_fen", "reserved_fen", "change_reason", "submitted_by_id",
    "submitted_at",
)  # fmt: skip


def snapshot_facts(declaration: QuotaDeclaration) -> dict[str, Any]:
    """Return what a snapshot keeps of a declaration."""
    return {name: getattr(declaration, name) for name in SNAPPED} | {"declaration": declaration}


def _snapshot(declaration: QuotaDeclaration, actor: Any, at: datetime) -> DeclarationSnapshot:
    return DeclarationSnapshot.objects.create(**snapshot_facts(declaration), confirmed_by_id=actor.pk, confirmed_at=at)


def share_postings(snapshot: DeclarationSnapshot, before: DeclarationSnapshot | None) -> Iterable[ledger.Posting]:
    """Return what a confirmed version books: by how much the share of each unit and fund differs from the version before."""
    now, was = counts_at(snapshot), counts_at(before) if before else {}
    for unit_id, fund in sorted(now.keys() | was.keys()):
        change = now.get((unit_id, fund), 0) - was.get((unit_id, fund), 0)
        debit, credit = (books.SOURCE, books.RESERVED) if change > 0 else (books.RESERVED, books.SOURCE)
        at_other = "" if unit_id == snapshot.unit_id else f":{unit_id}"
        yield from books.quota_move(
            key=f"declared:{snapshot.declaration_id}:{snapshot.version}:{fund}{at_other}",
            unit_id=unit_id,
            year=snapshot.year,
            fund=fund,
            debit=debit,
            credit=credit,
            fen=abs(change),
            number=f"declaration/{snapshot.unit_id}/{snapshot.year}",
        )


def _book(snapshot: DeclarationSnapshot, before: DeclarationSnapshot | None, actor: Any, at: datetime) -> None:
    ledger.post(share_postings(snapshot, before), at=at, actor_id=actor.pk)
    shared = snapshot.canteen == CanteenMode.SHARED
    to = snapshot.represented_by_id if shared and snapshot.represented_by_id else snapshot.unit_id
    move_orders(unit_id=snapshot.unit_id, year=snapshot.year, to_id=to, key=f"{snapshot.pk}", actor=actor, at=at)
