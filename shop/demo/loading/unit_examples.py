"""What is declared anew in the demo: a canteen that is shared, an amendment that waits, accounts that are paid from."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from procurement.models import QuotaDeclaration, QuotaPolicy
from procurement.operations.declarations import Declared, decide_declaration, declare
from procurement.operations.payers import register_payer
from procurement.states import Basis, CanteenMode, DeclarationState
from shop.accounts.models import User

if TYPE_CHECKING:
    from shop.demo.loading.units import DemoUnit


def add_examples(units: list["DemoUnit"], overseer: User, year: int, at: datetime) -> None:
    """Let one unit ask the first to declare for it, another amend what is confirmed, the first register an account."""
    _gift_policy(year)
    host, amending = units[0], units[1]
    sharing = next(
        each
        for each in reversed(units)
        if each.declaration == DeclarationState.SUBMITTED and each.unit.parent_id == host.unit.parent_id
    )
    _share(sharing, host, overseer, year, at)
    known = QuotaDeclaration.objects.get(unit=amending.unit, year=year)
    facts = Declared(
        canteen=CanteenMode.OWN,
        canteen_spend_fen=known.canteen_spend_fen * 9 // 10,
        union_fen=known.union_fen,
        union_gifts_fen=amending.people * 100_000,
        contact_name=known.contact_name,
        contact_phone=known.contact_phone,
        change_reason="九月起住宿生减少，全年食材支出下调一成",
    )
    declare(
        unit_id=amending.unit.pk, year=year, facts=facts, version=known.version, actor=amending.members["buyer"],
        at=at - timedelta(hours=22),
    )  # fmt: skip
    register_payer(
        unit_id=host.unit.pk, name=f"{host.organisation.name_zh} 食堂专户", bank="广州农商银行东山支行",
        account="6222000000001818", actor=host.members["finance"], at=at - timedelta(days=90),
    )  # fmt: skip


def _gift_policy(year: int) -> None:
    """A row that no official source confirms says that it is an example."""
    QuotaPolicy.objects.get_or_create(
        region_code="44",
        basis=Basis.UNION_GIFTS,
        from_year=year,
        defaults={
            "until_year": year, "ratio_bp": 3000, "cap_head_fen": 200_000,
            "name_zh": "工会福利（示例）", "name_en": "Union gifts (example)",
        },
    )  # fmt: skip


def _share(sharing: "DemoUnit", host: "DemoUnit", overseer: User, year: int, at: datetime) -> None:
    """It declared a canteen of its own, was told to share, and waits for the other unit's answer."""
    known = QuotaDeclaration.objects.get(unit=sharing.unit, year=year)
    decide_declaration(
        declaration_id=known.pk, version=known.version, confirm=False, actor=overseer, at=at - timedelta(hours=30),
        reason="今年起与同楼单位共用食堂，请改报“共用”。",
    )  # fmt: skip
    facts = Declared(
        canteen=CanteenMode.SHARED, canteen_spend_fen=known.canteen_spend_fen, represented_by_id=host.unit.pk,
        contact_name=known.contact_name, contact_phone=known.contact_phone,
    )  # fmt: skip
    declare(
        unit_id=sharing.unit.pk, year=year, facts=facts, version=known.version, actor=sharing.members["buyer"],
        at=at - timedelta(hours=20),
    )  # fmt: skip
