"""Accounts: one per role, one for each supplier, consumers with addresses; what they keep and wait for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from catalog.models import Listing, Supplier, Village, VillageFollow
from catalog.operations.reminders import ask
from catalog.states import ReminderKind
from shop.accounts import roles
from shop.accounts.models import Address, Membership, Organisation, User
from shop.accounts.operations.groups import ensure_groups
from shop.core.sealed_links import seal_made
from shop.demo.loading.sellers import credit_code
from shop.demo.world import Row, pair, read
from shop.sales.operations.favourites import toggle_favourite

PASSWORD = "heqiao-demo-2026"  # noqa: S105  reason: printed for everybody by demo_info
DOMAIN = "demo.heqiao.example"


@dataclass
class People:
    """Who there is: by login, the suppliers' members by supplier id, and those who buy."""

    by_login: dict[str, User]
    members: dict[int, User]
    consumers: list[User]


def email_of(login: str) -> str:
    """Return the e-mail of a demo login."""
    return f"{login}@{DOMAIN}"


def load_people(suppliers: dict[str, Supplier], at: datetime) -> People:
    """Create every account with the same password, their groups, memberships and addresses."""
    ensure_groups()
    world = read("people")
    password = make_password(PASSWORD)
    joined = at - timedelta(days=200)
    by_login: dict[str, User] = {}
    for row in world["role"]:
        by_login[row["login"]] = _user(row["login"], row["name"], len(by_login), password, row.get("language"))
    for slug, supplier in suppliers.items():
        login = f"coop-{slug}"
        by_login[login] = _user(login, supplier.head_name, len(by_login), password)
    consumers = [
        _user(f"buyer{number:02d}", name, len(by_login) + number, password)
        for number, (name, _county, _street) in enumerate(world["consumers"]["people"], start=1)
    ]
    everyone = [*by_login.values(), *consumers]
    by_login["platform_admin"].is_superuser = True
    for login in ("platform_admin", "campaign_staff"):
        by_login[login].is_staff = True
    for user in everyone:
        user.date_joined = joined
    User.objects.bulk_create(everyone)
    members = {supplier.pk: by_login[f"coop-{slug}"] for slug, supplier in suppliers.items()}
    _join(world, by_login, suppliers, members)
    consumers = [by_login["consumer"], *consumers]
    _addresses(world, consumers, by_login)
    return People(by_login=by_login, members=members, consumers=consumers)


def _user(login: str, name: str, number: int, password: str, language: str | None = None) -> User:
    return User(
        email=email_of(login),
        phone=f"+86199{20260000 + number:08d}",
        phone_verified=True,
        name=name,
        password=password,
        language=language or "zh-hans",
    )


def _join(world: Row, by_login: dict[str, User], suppliers: dict[str, Supplier], members: dict[int, User]) -> None:
    groups = {group.name: group for group in Group.objects.all()}
    units = {row["key"]: _unit(row, number) for number, row in enumerate(world["unit"], start=500)}
    memberships, group_rows = [], []
    for row in world["role"]:
        user = by_login[row["login"]]
        if row["login"] in roles.ALL:
            group_rows.append(User.groups.through(user_id=user.pk, group_id=groups[row["login"]].pk))
        if "unit" in row:
            memberships.append(Membership(user=user, organisation=units[row["unit"]], role=row["membership"]))
        if "supplier" in row:
            organisation = suppliers[row["supplier"]].organisation
            memberships.append(Membership(user=user, organisation=organisation, role=Membership.Role.MEMBER))
    for supplier in suppliers.values():
        user = members[supplier.pk]
        group_rows.append(User.groups.through(user_id=user.pk, group_id=groups[roles.COOPERATIVE].pk))
        memberships.append(Membership(user=user, organisation=supplier.organisation, role=Membership.Role.OWNER))
    Membership.objects.bulk_create(memberships)
    User.groups.through.objects.bulk_create(group_rows)
    seal_made(User, "groups", group_rows)


def _unit(row: Row, number: int) -> Organisation:
    name_zh, name_en = pair(row["name"])
    return Organisation.objects.create(
        kind=row["kind"],
        name_zh=name_zh,
        name_en=name_en,
        credit_code=credit_code(row["county"], number),
        division_id=row["county"],
    )


def _addresses(world: Row, consumers: list[User], by_login: dict[str, User]) -> None:
    places = world["consumers"]["people"]
    rows = [("周敏", "440106", "天河北路 233 号 2 栋 1608"), *[tuple(place) for place in places]]
    made = [
        Address(
            user=user,
            name=name,
            phone=(user.phone or "").removeprefix("+86"),
            division_id=county,
            street=street,
            tag="home",
            is_default=True,
        )
        for user, (name, county, street) in zip(consumers, rows, strict=True)
    ]
    first, english = consumers[0], by_login["consumer-en"]
    made += [
        Address(user=first, name="周敏", phone="19920260000", division_id="440104", street="东风东路 836 号 3 楼前台", tag="office"),
        Address(user=first, name="周建国", phone="19920269001", division_id="441422", street="湖寮镇同仁路 18 号", tag="home"),
        Address(user=english, name="Emily Clarke", phone="19920260001", division_id="440106", street="12 Huacheng Avenue, Tower B 2103", is_default=True, tag="home"),
    ]  # fmt: skip
    Address.objects.bulk_create(made)


def load_wishes(people: People, listings: dict[str, Listing], villages: dict[str, Village], at: datetime) -> None:
    """Let people keep favourites, wait for harvests, follow villages."""
    dice = Random(7)
    slugs = sorted(listings)
    waiting = [slug for slug in slugs if listings[slug].is_preorder]
    fans = [people.by_login["consumer"], people.by_login["consumer-en"], *people.consumers[1:12]]
    for number, user in enumerate(fans):
        when = at - timedelta(days=3 + number)
        for slug in dice.sample(slugs, 6 if number == 0 else 3):
            toggle_favourite(user=user, listing_id=listings[slug].pk, at=when)
        for slug in dice.sample(waiting, 2):
            ask(user=user, listing=listings[slug], kind=ReminderKind.HARVEST, at=when)
    VillageFollow.objects.bulk_create(
        [
            VillageFollow(user=user, village=village, created_at=at - timedelta(days=9))
            for user in fans
            for village in dice.sample(list(villages.values()), 2)
        ]
    )
