"""The accounts that a unit pays from: registered by its finance, ended, never edited."""

import re
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from procurement.models import BudgetUnit, UnitPayer
from procurement.operations.permissions import FINANCE, must_be
from procurement.queries.sealed import PAYER, payer_facts
from procurement.rules.payers import payer_fits, payer_is_person
from shop.accounts.queries import names_in_organisation
from shop.core import audit
from shop.core.errors import InvalidInput
from shop.core.lengths import check_length
from shop.core.names import is_name
from shop.core.sealed import seal
from shop.core.texts import one_line

_DIGITS = re.compile(r"\d{8,34}")


def register_payer(*, unit_id: int, name: str, bank: str, account: str, actor: Any, at: datetime) -> UnitPayer:
    """Register an account that the unit pays from, which is never one of its people's.

    Raises NotAllowed for others than its finance, InvalidInput.
    """
    name, bank, digits = one_line(name), one_line(bank), re.sub(r"[\s-]", "", account)
    check_length(name, "payer_name", 120)
    check_length(bank, "payer_bank", 80)
    if not is_name(name):
        raise InvalidInput(_("Enter the account's holder, as it stands on a statement."), field="payer_name")
    if not bank:
        raise InvalidInput(_("Enter the bank."), field="payer_bank")
    if not digits.isascii() or not _DIGITS.fullmatch(digits):
        raise InvalidInput(_("Enter the account number: 8 to 34 digits."), field="payer_account")
    with transaction.atomic():
        unit = BudgetUnit.objects.select_related("organisation").get(pk=unit_id)
        must_be(actor, unit, FINANCE)
        if payer_is_person(name, names_in_organisation(unit.organisation_id)):
            raise InvalidInput(
                _("This is the name of one of the unit's people: public money is paid from accounts of organisations."),
                code="payer_is_member",
                field="payer_name",
            )
        if not payer_fits(name, (unit.organisation.name_zh, unit.organisation.name_en)):
            raise InvalidInput(
                _("Enter the unit, its canteen's or union's fund, or another institution: no person pays for a unit."),
                code="payer_is_no_institution",
                field="payer_name",
            )
        try:
            with transaction.atomic():
                row = UnitPayer.objects.create(
                    unit=unit, name=name, bank=bank, account=digits, added_by_id=actor.pk, added_at=at
                )
        except IntegrityError as error:
            raise InvalidInput(_("This account is registered already."), field="payer_account") from error
        seal(PAYER, payer_facts(row), at=at)
        audit.record(
            action="register_payer", object_kind="unit", object_id=unit_id, actor=actor, at=at, payer=row.pk,
            name=row.name,
        )  # fmt: skip
        return row


def end_payer(*, payer_id: int, actor: Any, at: datetime) -> UnitPayer:
    """End a registered account: from now on a transfer from it is an operator's decision. Twice is once."""
    with transaction.atomic():
        row = UnitPayer.objects.select_for_update(of=("self",)).select_related("unit__organisation").get(pk=payer_id)
        must_be(actor, row.unit, FINANCE)
        if row.ended_at is None:
            row.ended_by_id, row.ended_at = actor.pk, at
            row.save(update_fields=["ended_by_id", "ended_at"])
            audit.record(
                action="end_payer", object_kind="unit", object_id=row.unit_id, actor=actor, at=at, payer=row.pk
            )
        return row
