"""Two finance offices, thirty units, and their year of buying.

The year is written in bulk, as the operations would have written it (check_ledger looks at each figure); what is
under way at the first unit is lived through the operations themselves.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from catalog.models import Specification
from catalog.queries import SpecForSale, specifications_for_sale
from procurement.models import BudgetUnit, DeclarationSnapshot, QuotaDeclaration
from procurement.operations.declarations import snapshot_facts
from procurement.operations.units import register_unit
from procurement.queries.policies import policy_for
from procurement.rules.quota import reserved_fen
from procurement.states import DeclarationState, Fund, UnitKind
from shop.accounts import roles
from shop.accounts.models import Membership, Organisation, User
from shop.core.sealed_links import seal_made
from shop.demo.loading.people import People
from shop.demo.loading.sellers import credit_code
from shop.demo.loading.unit_desk import live_now
from shop.demo.loading.unit_examples import add_examples
from shop.demo.loading.unit_history import History
from shop.demo.world import Row, pair, read

SEED = 20260101
SURNAMES = "陈李张黄何林吴郑谢罗梁宋唐许韩冯邓曹彭曾"
GIVEN = ("文静", "国强", "丽华", "志远", "晓岚", "秀英", "永康", "嘉欣", "子晴", "启明", "建业", "海燕", "卫东", "雪梅")
STREETS = ("文明路", "德政北路", "东华西路", "凤山中路", "清晖路", "南国东路")
SCHOOLS = ("小学", "中学", "学校", "幼儿园")  # Two people accept together in a school's canteen.
YUAN_A_HEAD = 1150
LIVED_DAYS = 8  # from a request at two to the acceptance, at the longest: what is younger would end in the future
SPEND_A_MONTH = (9, 5, 9, 9, 9, 8, 4, 4, 10, 10, 11, 12)


@dataclass
class DemoUnit:
    """A unit with its people and how well it does."""

    unit: BudgetUnit
    organisation: Organisation
    people: int
    pace: int
    declaration: str
    members: dict[str, User] = field(default_factory=dict)


def load_units(*, people: People, at: datetime) -> int:
    """Load the tree, the declarations and the year up to `at`; return how many units there are."""
    dice = Random(SEED)
    year = timezone.localtime(at).year
    units = _tree(people, at)
    _staff(units, people, dice)
    goods = _goods()
    history = History(year=year, at=at, dice=dice)
    for each in units:
        spend = each.people * YUAN_A_HEAD * 100
        _declare(each, spend, people, year, at)
        plan = reserved_fen("own", spend, policy_for(each.unit.region_code, year).ratio_bp)
        _year(history, each, plan, goods, dice)
    history.write()
    add_examples(units, people.by_login["supervising"], year, at)
    live_now(units[0], goods, at)
    return len(units)


def _organisation(row: Row, kind: str, county: str, number: int) -> Organisation:
    name_zh, name_en = pair(row["name"])
    return Organisation.objects.create(
        kind=kind,
        name_zh=name_zh,
        name_en=name_en,
        credit_code=credit_code(county, number),
        division_id=county,
    )


def _tree(people: People, at: datetime) -> list[DemoUnit]:
    """Register offices, supervising units and units; the named keys are the organisations of people.toml."""
    login_of = {"finance": "finance_office", "supervising": "supervising", "budget": "budget_buyer"}
    known = {key: Organisation.objects.get(memberships__user=people.by_login[login]) for key, login in login_of.items()}
    joined = at - timedelta(days=320)
    numbers = iter(range(600, 700))
    found = []
    for office_row in read("units")["office"]:
        county = office_row.get("county", "440104")

        def place(
            row: Row, kind: str, parent: BudgetUnit | None, county: str = county, **facts: Any
        ) -> tuple[BudgetUnit, Organisation]:
            organisation = known.get(row.get("key", ""))
            if organisation is None:
                organisation = _organisation(row, "budget_unit" if kind == "unit" else kind, county, next(numbers))
            unit = register_unit(
                organisation=organisation, region_code=county, kind=kind, parent=parent, facts=facts, actor=None,
                at=joined,
            )  # fmt: skip
            return unit, organisation

        office, _whose = place(office_row, UnitKind.FINANCE_OFFICE, None)
        for above_row in office_row["supervising"]:
            above, _whose = place(above_row, UnitKind.SUPERVISING, office)
            for number, row in enumerate(above_row["units"]):
                unit, organisation = place(
                    row, UnitKind.UNIT, above,
                    people=row["people"],
                    needs_two_receivers=_is_school(pair(row["name"])[0] if "name" in row else known[row["key"]].name_zh),
                    ship_name="食堂收货处",
                    ship_phone=f"+86199{20270000 + len(found):08d}",
                    ship_division_id=county,
                    ship_street=f"{STREETS[len(found) % len(STREETS)]} {18 + number * 7} 号",
                )  # fmt: skip
                found.append(
                    DemoUnit(unit, organisation, row["people"], row["pace"], row.get("declaration", "confirmed"))
                )
    return found


def _is_school(name_zh: str) -> bool:
    return any(word in name_zh for word in SCHOOLS)


def _staff(units: list[DemoUnit], people: People, dice: Random) -> None:
    """Give each unit a buyer, an approver and finance; the first has the demo's own. The union's person buys there."""
    password = people.by_login["budget_buyer"].password
    made, memberships = [], []
    for number, each in enumerate(units):
        if number == 0:
            each.members = {role: people.by_login[f"budget_{role}"] for role in ("buyer", "approver", "finance")}
            memberships.append(
                Membership(user=people.by_login["labor_union"], organisation=each.organisation, role="buyer")
            )
            continue
        for place, role in enumerate(("buyer", "approver", "finance")):
            user = User(
                email=f"unit{number:02d}-{role}@demo.heqiao.example",
                phone=f"+86199{20280000 + number * 3 + place:08d}",
                phone_verified=True,
                name=dice.choice(SURNAMES) + dice.choice(GIVEN),
                password=password,
            )
            each.members[role] = user
            made.append(user)
            memberships.append(Membership(user=user, organisation=each.organisation, role=role))
    User.objects.bulk_create(made)
    Membership.objects.bulk_create(memberships)
    groups = {group.name: group.pk for group in Group.objects.filter(name__startswith="budget_")}
    rows = [
        User.groups.through(user_id=each.members[role].pk, group_id=groups[f"budget_{role}"])
        for each in units[1:]
        for role in ("buyer", "approver", "finance")
    ]
    User.groups.through.objects.bulk_create(rows)
    seal_made(User, "groups", rows)
    assert roles.BUDGET_BUYER in groups


def _goods() -> list[SpecForSale]:
    """Return what canteens buy: what keeps, is no gift, costs little, and needs no certificate's output."""
    ids = Specification.objects.filter(
        listing__is_preorder=False, listing__purchase_limit=None, price_fen__lt=16_000, is_offered=True
    ).order_by("pk")
    specs = specifications_for_sale(ids.values_list("pk", flat=True)).values()
    return [
        spec for spec in specs if spec.is_sellable and not (spec.is_preorder or spec.is_weighed or spec.certificate_id)
    ]


def _declare(each: DemoUnit, spend: int, people: People, year: int, at: datetime) -> None:
    policy = policy_for(each.unit.region_code, year)
    canteen = reserved_fen("own", spend, policy.ratio_bp)
    union = canteen // 6 // 100_000 * 100_000
    confirmed = each.declaration == DeclarationState.CONFIRMED
    submitted = _moment(date(year, 1, 12), 10) if confirmed else at - timedelta(days=2)
    submitted = min(submitted, at - timedelta(hours=5))
    share = {
        "basis": "canteen_food", "base_fen": spend, "ratio_bp": policy.ratio_bp, "reserved_fen": canteen,
        "policy": policy.pk, "name_zh": policy.name_zh, "name_en": policy.name_en, "document": policy.document,
    }  # fmt: skip
    declaration = QuotaDeclaration.objects.create(
        unit=each.unit,
        year=year,
        version=1,
        state=each.declaration,
        canteen_spend_fen=spend,
        union_fen=union,
        ratio_bp=policy.ratio_bp,
        canteen_reserved_fen=canteen,
        union_reserved_fen=union,
        reserved_fen=canteen + union,
        shares=[share],
        policy=policy,
        contact_name=each.members["buyer"].name,
        contact_phone=(each.members["buyer"].phone or "").removeprefix("+86"),
        submitted_by=each.members["buyer"],
        submitted_at=submitted,
        decided_by=people.by_login["supervising"] if confirmed else None,
        decided_at=submitted + timedelta(hours=4) if confirmed else None,
    )
    if confirmed:
        declaration.in_force = DeclarationSnapshot.objects.create(
            **snapshot_facts(declaration),
            confirmed_by_id=people.by_login["supervising"].pk,
            confirmed_at=submitted + timedelta(hours=4),
        )
        declaration.save(update_fields=["in_force"])


def _moment(day: date, hour: int) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))


def _year(history: History, each: DemoUnit, plan: int, goods: list[SpecForSale], dice: Random) -> None:
    """Let a unit buy month by month: its share of the plan, by how well it does."""
    declaration = QuotaDeclaration.objects.select_related("in_force").get(unit=each.unit, year=history.year)
    history.declare(each, declaration, budgets={Fund.CANTEEN: plan * 3 // 2, Fund.UNION: plan // 2})
    today = timezone.localdate(history.at)
    whole = sum(SPEND_A_MONTH)
    for month, part in enumerate(SPEND_A_MONTH, start=1):
        for half in (0, 1):
            day = date(history.year, month, 4 + 14 * half + dice.randrange(5))
            if day > today - timedelta(days=LIVED_DAYS):
                return
            fen = plan * part * each.pace // whole // 160
            fund = "union" if half and month in (1, 6, 9) else "canteen"
            history.buy(each, _moment(day, 9 + dice.randrange(6)), fen, fund, goods)
