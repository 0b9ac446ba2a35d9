"""Units in their tree, their delivery address, their yearly budget."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from procurement import books
from procurement.errors import ChangedSince, NoBudget
from procurement.models import BudgetUnit
from procurement.operations.lengths import check_length
from procurement.operations.permissions import APPROVER, FINANCE, must_be
from procurement.states import Fund, UnitKind
from procurement.texts import year_of
from shop.core import audit, ledger, regions
from shop.core.codes import national_phone
from shop.core.errors import InvalidInput, KeyUsed
from shop.core.money import in_yuan
from shop.core.names import plain_name
from shop.core.texts import one_line


def register_unit(
    *,
    organisation: Any,
    region_code: str,
    actor: Any,
    at: datetime,
    kind: str = UnitKind.UNIT,
    parent: BudgetUnit | None = None,
    facts: Mapping[str, Any] | None = None,
) -> BudgetUnit:
    """Put an organisation into the tree; `facts` are further fields (address, approvals, people, terms)."""
    with transaction.atomic():
        given = dict(facts or {})
        given["ship_phone"] = national_phone(given.get("ship_phone"))
        unit = BudgetUnit.objects.create(
            organisation=organisation, region_code=region_code, kind=kind, parent=parent, **given
        )
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
        audit.record(action="register_unit", object_kind="unit", object_id=unit.pk, actor=actor, at=at)
        return unit


def grant_budget(
    *,
    unit_id: int,
    year: int,
    fen: int,
    key: str,
    reason: str,
    actor: Any,
    at: datetime,
    fund: str = Fund.CANTEEN,
    whole_fen: int | None = None,
) -> None:
    """Raise (or, below zero, lower) what a year's approvals may take out of a fund; a person's same `key` once.

    `whole_fen` is the whole budget that was shown when the change was confirmed. The same key with another amount is
    refused (KeyUsed). Raises NotAllowed for others than the unit's finance, InvalidInput on `reason` where none is given,
    NoBudget where it would be below what is approved, ChangedSince where the whole was another than `whole_fen`.
    """
    if not fen:
        raise InvalidInput(_("Enter an amount."), field="amount")
    if fund not in Fund.values:
        raise InvalidInput(_("Choose one."), field="fund")
    if not year_of(at) <= year <= year_of(at) + 1:
        raise InvalidInput(_("Choose this year or the next."), field="year")
    reason = check_length(one_line(reason), "reason")
    if not reason:
        raise InvalidInput(_("Say why the budget changes."), code="reason_missing", field="reason")
    with transaction.atomic():
        unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
        must_be(actor, unit, FINANCE)
        own_key = books.budget_key(unit_id, year, fund, actor.pk, key)
        postings = books.budget_granted(key=own_key, unit_id=unit_id, year=year, fen=fen, fund=fund)
        try:
            if not ledger.post(postings, at=at, actor_id=actor.pk):
                if not ledger.are_made(postings):
                    raise KeyUsed(_("This was saved already with another amount. Load the page to see what stands."))
                return
        except ledger.Overdrawn as error:
            spent = books.budget(unit_id, year, "spent", fund)
            raise below_approved(ledger.sums([spent])[spent]) from error
        # Read once the budget's own account is locked by the posting: two changes at a time are told apart.
        granted = books.budget(unit_id, year, "granted", fund)
        before = -ledger.sums([granted])[granted] - fen
        if whole_fen is not None and whole_fen != before:
            raise ChangedSince(
                _("The budget was changed meanwhile: it is %(whole)s now. Look at it again.")
                % {"whole": in_yuan(before)},
                field="whole",
            )
        audit.record(
            action="grant_budget", object_kind="unit", object_id=unit_id, actor=actor, at=at, year=year, fen=fen,
            fund=fund, before_fen=before, reason=reason, key=postings[0].key,
        )  # fmt: skip


def below_approved(spent_fen: int) -> NoBudget:
    """Return the refusal of a budget below what is approved of it."""
    return NoBudget(
        _("%(spent)s of this budget is approved already: it can't be lowered below that.")
        % {"spent": in_yuan(spent_fen)},
        field="amount",
        spent_fen=spent_fen,
    )


def check_recipient(name: str, street: str) -> tuple[str, str]:
    """Return who gets goods and where, as they are kept. Raises InvalidInput on `name` or `street`."""
    name, street = one_line(name), one_line(street)
    if not plain_name(name):
        raise InvalidInput(_("Enter who receives the goods."), field="name")
    if not plain_name(street):
        raise InvalidInput(_("Enter the street, building and door."), field="street")
    return name, street


def set_delivery(
    *, unit_id: int, name: str, phone: str, division_code: str, street: str, actor: Any, at: datetime
) -> None:
    """Say where a unit's goods go from now on. A request keeps the address that it was approved with."""
    unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
    must_be(actor, unit, "buyer", FINANCE)
    name, street = check_recipient(name, street)
    if not regions.counties([division_code]):
        raise InvalidInput(_("Choose province, city and county."), field="division")
    BudgetUnit.objects.filter(pk=unit_id).update(
        ship_name=name, ship_phone=national_phone(phone), ship_division_id=division_code, ship_street=street
    )
    audit.record(action="set_delivery", object_kind="unit", object_id=unit_id, actor=actor, at=at)


def set_acceptance_rule(*, unit_id: int, needs_two_receivers: bool, actor: Any, at: datetime) -> None:
    """Say whether two people accept a unit's goods together, as school canteens must."""
    with transaction.atomic():
        unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
        must_be(actor, unit, APPROVER, FINANCE)
        BudgetUnit.objects.filter(pk=unit_id).update(needs_two_receivers=needs_two_receivers)
        audit.record(
            action="set_acceptance_rule", object_kind="unit", object_id=unit_id, actor=actor, at=at,
            needs_two_receivers=needs_two_receivers,
        )  # fmt: skip
