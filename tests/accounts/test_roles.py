"""Roles are groups; what they may do are predicates."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from shop.accounts import queries, roles, rules
from shop.accounts.models import Membership, Organisation, User
from shop.accounts.operations import groups
from shop.core.models import AuditEntry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_every_role_is_a_group_from_the_first_migration() -> None:
    assert set(Group.objects.values_list("name", flat=True)) >= set(roles.ALL)


def test_ensuring_groups_twice_changes_nothing() -> None:
    groups.ensure_groups()
    before = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    groups.ensure_groups()
    after = {group.name: set(group.permissions.values_list("codename", flat=True)) for group in Group.objects.all()}
    assert before == after
    assert "view_auditentry" in after[roles.PLATFORM_ADMIN]
    assert after[roles.COOPERATIVE] == set()


def test_a_role_is_given_and_taken_with_a_trace(zhou: User) -> None:
    groups.give_role(user=zhou, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    assert zhou.role_names == {roles.CAMPAIGN_STAFF}
    assert zhou.is_staff
    assert zhou.has_perm("campaigns.edit_pages")
    groups.take_role(user=zhou, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    assert zhou.role_names == frozenset()
    assert not zhou.is_staff
    assert not zhou.has_perm("campaigns.edit_pages")
    assert list(
        AuditEntry.objects.filter(object_kind="user", object_id=str(zhou.pk)).values_list("action", "data")
    ) == [
        ("give_role", {"role": roles.CAMPAIGN_STAFF}),
        ("take_role", {"role": roles.CAMPAIGN_STAFF}),
    ]
    with pytest.raises(ValueError, match="no such role"):
        groups.give_role(user=zhou, role="emperor", actor=None, at=AT)


@pytest.mark.parametrize(
    ("role", "permission", "allowed"),
    [
        (roles.PLATFORM_REVIEWER, "sales.moderate_reviews", True),
        (roles.PLATFORM_ADMIN, "sales.moderate_reviews", True),
        (roles.COUNTY_REVIEWER, "sales.moderate_reviews", False),
        (roles.COUNTY_REVIEWER, "catalog.review_admissions", True),
        (roles.COOPERATIVE, "catalog.review_admissions", False),
        (roles.CAMPAIGN_STAFF, "sales.moderate_reviews", False),
        (roles.BUDGET_BUYER, "procurement.act_for_unit", True),
        (roles.SUPERVISING, "procurement.supervise", True),
        (roles.DONOR, "procurement.supervise", False),
    ],
)
def test_what_a_role_may_do(zhou: User, role: str, permission: str, allowed: bool) -> None:
    groups.give_role(user=zhou, role=role, actor=None, at=AT)
    assert zhou.has_perm(permission) is allowed


def test_no_permission_for_the_anonymous_or_the_inactive(zhou: User) -> None:
    groups.give_role(user=zhou, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    zhou.is_active = False
    assert not zhou.has_perm("sales.moderate_reviews")
    assert not AnonymousUser().has_perm("sales.moderate_reviews")
    assert not AnonymousUser().has_perm("catalog.act_for_supplier", SimpleNamespace(organisation_id=1))


def test_a_member_acts_for_its_own_supplier_only(zhou: User) -> None:
    own = Organisation.objects.create(kind="supplier", name_zh="青禾合作社")
    other = Organisation.objects.create(kind="supplier", name_zh="晓霜合作社")
    Membership.objects.create(user=zhou, organisation=own, role="owner")
    assert zhou.has_perm("catalog.act_for_supplier", SimpleNamespace(organisation_id=own.pk))
    assert not zhou.has_perm("catalog.act_for_supplier", SimpleNamespace(organisation_id=other.pk))
    assert rules.is_member_of_organisation(zhou, own)
    assert not rules.is_member_of_organisation(zhou, None)


def test_memberships_are_one_query(zhou: User, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(30):
        organisation = Organisation.objects.create(kind="supplier", name_zh=f"合作社{number:02}", is_active=number != 5)
        Membership.objects.create(user=zhou, organisation=organisation, role="owner")
        Membership.objects.create(user=zhou, organisation=organisation, role="finance")
    with django_assert_num_queries(1):
        found = queries.memberships(zhou)
    assert len(found) == 29
    assert (found[0].name_zh, found[0].roles) == ("合作社00", ("finance", "owner"))
    with django_assert_num_queries(1):
        assert queries.supplier_ids_of(zhou) == []
    assert queries.supplier_ids_of(AnonymousUser()) == []


def test_the_back_office_is_for_staff_and_has_no_door_of_its_own(client: Client, zhou: User) -> None:
    assert client.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/").headers["Location"] == "/account/login/?next=/admin/"
    client.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/admin/login/").status_code == 403
    groups.give_role(user=zhou, role=roles.PLATFORM_ADMIN, actor=None, at=AT)
    groups.ensure_groups()
    page = client.get("/admin/").content.decode()
    assert "/admin/accounts/user/" in page
    assert "/admin/catalogue/" not in page


def test_an_administrator_raises_nobody_not_even_itself(client: Client, zhou: User) -> None:
    groups.give_role(user=zhou, role=roles.PLATFORM_ADMIN, actor=None, at=AT)
    groups.ensure_groups()
    client.force_login(zhou, backend="django.contrib.auth.backends.ModelBackend")
    facts = {"email": "zhou@example.cn", "phone": "+8613800002046", "phone_verified": "on", "name": "周小敏"}
    facts |= {"language": "zh-hans", "is_active": "on", "is_superuser": "on"}
    none = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}
    answer = client.post(f"/admin/accounts/user/{zhou.pk}/change/", facts | none)
    assert answer.status_code == 302
    zhou.refresh_from_db()
    assert (zhou.name, zhou.is_superuser) == ("周小敏", False)
    assert AuditEntry.objects.get(action="change_by_admin").data["fields"] == ["name"]
    assert client.post(f"/admin/accounts/user/{zhou.pk}/delete/", {"post": "yes"}).status_code == 403


def test_the_groups_of_an_account_are_boxes_without_a_word_of_english(client: Client) -> None:
    boss = User.objects.create_superuser("boss@example.cn", "orchard-2026", name="")
    client.force_login(boss, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/admin/accounts/user/{boss.pk}/change/").content.decode()
    boxes = re.findall(r'<input type="checkbox" name="groups" value="\d+"', page)
    assert len(boxes) == Group.objects.count() > 0
    assert ("selectfilter" in page, "SelectFilter2" in page) == (False, False)
