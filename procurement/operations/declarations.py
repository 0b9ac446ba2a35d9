"""Declaring a year's reserved share: draft, submitted, confirmed or returned by the supervising unit."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement import books
from procurement.errors import ChangedSince, WrongStep
from procurement.models import BudgetUnit, QuotaDeclaration
from procurement.operations.permissions import APPROVER, BUYER, FINANCE, must_be, must_oversee
from procurement.queries.policies import policy_for
from procurement.rules.quota import reserved_fen
from procurement.states import DECLARATION_MOVES, CanteenMode, DeclarationState, Fund
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput


@dataclass(frozen=True)
class Declared:
    """What a unit fills in. Amounts in 分."""

    canteen: str
    canteen_spend_fen: int
    union_fen: int = 0
    represented_by_id: int | None = None
    contact_name: str = ""
    contact_phone: str = ""
    note: str = ""


def declare(*, unit_id: int, year: int, facts: Declared, version: int, actor: Any, at: datetime) -> QuotaDeclaration:
    """Write and submit a year's declaration; the ratio is that of the policy for the unit's region and that year.

    `version` is the one that was shown (0 for none). Raises ChangedSince when somebody else wrote meanwhile,
    WrongStep once it is submitted or confirmed, InvalidInput for what can't be.
    """
    with transaction.atomic():
        unit = BudgetUnit.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=unit_id)
        must_be(actor, unit, BUYER, APPROVER, FINANCE)
        _check(unit, facts)
        policy = policy_for(unit.region_code, year)
        known = QuotaDeclaration.objects.filter(unit=unit, year=year).first()
        if known is not None and DeclarationState.SUBMITTED not in DECLARATION_MOVES[known.state]:
            raise WrongStep(_("This declaration was submitted already."))
        if (known.version if known else 0) != version:
            raise ChangedSince(_("Somebody else changed this meanwhile. Please look at it again."))
        canteen = reserved_fen(facts.canteen, facts.canteen_spend_fen, policy.ratio_bp)
        values = {
            "version": version + 1,
            "state": DeclarationState.SUBMITTED,
            "canteen": facts.canteen,
            "represented_by_id": facts.represented_by_id,
            "canteen_spend_fen": facts.canteen_spend_fen,
            "union_fen": facts.union_fen,
            "ratio_bp": policy.ratio_bp,
            "canteen_reserved_fen": canteen,
            "reserved_fen": canteen + facts.union_fen,
            "policy": policy,
            "contact_name": facts.contact_name,
            "contact_phone": facts.contact_phone,
            "note": facts.note,
            "submitted_by": actor,
            "submitted_at": at,
            "reason": "",
        }
        declaration, _made = QuotaDeclaration.objects.update_or_create(unit=unit, year=year, defaults=values)
        audit.record(
            action="declare", object_kind="declaration", object_id=declaration.pk, actor=actor, at=at,
            year=year, reserved_fen=declaration.reserved_fen, version=declaration.version,
        )  # fmt: skip
        return declaration


def _check(unit: BudgetUnit, facts: Declared) -> None:
    if facts.canteen_spend_fen < 0 or facts.union_fen < 0:
        raise InvalidInput(_("Amounts can't be below zero."), field="canteen_spend")
    eats = facts.canteen in (CanteenMode.OWN, CanteenMode.OUTSOURCED)
    if eats and not facts.canteen_spend_fen:
        raise InvalidInput(_("Enter what the canteen spends on food in the year."), field="canteen_spend")
    if not eats and facts.canteen_spend_fen:
        raise InvalidInput(_("Without a canteen of its own this is 0."), field="canteen_spend")
    if facts.canteen == CanteenMode.NONE and not facts.note:
        raise InvalidInput(_("Say in the note why there is no canteen."), field="note")
    if facts.canteen == CanteenMode.SHARED:
        shares = BudgetUnit.objects.filter(pk=facts.represented_by_id or 0, parent_id=unit.parent_id).exclude(
            pk=unit.pk
        )
        if unit.parent_id is None or not shares.exists():
            raise InvalidInput(_("Choose the unit that declares for you."), field="represented_by")


def decide_declaration(
    *, declaration_id: int, version: int, confirm: bool, actor: Any, at: datetime, reason: str = ""
) -> QuotaDeclaration:
    """Confirm a submitted declaration, which books its share, or return it with a reason.

    Raises NotAllowed for others than the supervising unit, ChangedSince for another version than the one that was
    read, WrongStep when it does not wait.
    """
    with transaction.atomic():
        rows = QuotaDeclaration.objects.select_for_update(of=("self",))
        declaration = rows.select_related("unit__parent__organisation").get(pk=declaration_id)
        must_oversee(actor, declaration.unit)
        if declaration.version != version:
            raise ChangedSince(_("The unit changed its declaration meanwhile. Please read it again."))
        to = DeclarationState.CONFIRMED if confirm else DeclarationState.RETURNED
        if to not in DECLARATION_MOVES[declaration.state]:
            raise WrongStep(_("This declaration was decided already."))
        if not confirm and not reason.strip():
            raise InvalidInput(_("Say what has to be changed."), field="reason")
        declaration.state, declaration.reason = to, reason.strip()
        declaration.decided_by, declaration.decided_at = actor, at
        declaration.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        if confirm:
            _book(declaration, actor, at)
        audit.record(
            action=f"declaration_{to}", object_kind="declaration", object_id=declaration.pk, actor=actor, at=at,
            version=version,
        )  # fmt: skip
        outbox.enqueue(
            task="procurement.tell_declaration",
            args={"declaration_id": declaration.pk},
            key=f"declaration:{declaration.pk}:{version}",
            at=at,
        )
        return declaration


def _book(declaration: QuotaDeclaration, actor: Any, at: datetime) -> None:
    parts = {Fund.CANTEEN: declaration.canteen_reserved_fen, Fund.UNION: declaration.union_fen}
    ledger.post(
        [
            posting
            for fund, fen in parts.items()
            for posting in books.quota_move(
                key=f"declared:{declaration.pk}:{declaration.version}:{fund}",
                unit_id=declaration.unit_id,
                year=declaration.year,
                fund=fund,
                debit=books.SOURCE,
                credit=books.RESERVED,
                fen=fen,
                number=f"declaration/{declaration.unit_id}/{declaration.year}",
            )
        ],
        at=at,
        actor_id=actor.pk,
    )
