"""Two people amend one declaration, two above decide it, one amends or withdraws while another confirms: one of them."""

from typing import Any

from procurement.models import QuotaDeclaration
from procurement.operations.declarations import Declared, decide_declaration, declare, withdraw_declaration
from shop.accounts.models import User
from tests.factories import AT
from tests.procurement.offices import YEAR


def amend(job: dict[str, Any], number: int) -> str:
    """Change the spend, each to another, of the version that all of them read."""
    facts = Declared(canteen="own", canteen_spend_fen=1_000_000 + number, change_reason="调整")
    declare(
        unit_id=job["unit"], year=YEAR, facts=facts, version=job["version"],
        actor=User.objects.get(pk=job["buyers"][number % 2]), at=AT,
    )  # fmt: skip
    return "amended"


def decide(job: dict[str, Any], number: int) -> str:
    """The even ones confirm, the others return it."""
    decide_declaration(
        declaration_id=job["declaration"], version=job["version"], confirm=number % 2 == 0, reason="金额不对",
        actor=User.objects.get(pk=job["above"]), at=AT,
    )  # fmt: skip
    return "confirmed" if number % 2 == 0 else "returned"


def withdraw_or_decide(job: dict[str, Any], number: int) -> str:
    """The odd ones take the declaration back, as its unit; the even ones confirm it."""
    if number % 2 == 0:
        return decide(job, 0)
    withdraw_declaration(
        declaration_id=job["declaration"], version=job["version"], actor=User.objects.get(pk=job["buyers"][0]), at=AT
    )
    return "withdrawn"


def confirm_or_amend(job: dict[str, Any], number: int) -> str:
    """The first confirms the version that waits, the others amend it."""
    return decide(job, 0) if number == 0 else amend(job, number)


def standing(declaration_id: int) -> tuple[str, int, int | None]:
    """Return state, version and the version in force of a declaration."""
    row = QuotaDeclaration.objects.select_related("in_force").get(pk=declaration_id)
    return row.state, row.version, row.in_force.version if row.in_force else None
