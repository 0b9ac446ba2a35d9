"""Wagtail's and Django's own doors to passwords, e-mails, accounts and rights are closed; ours ends what hung on them."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Range

from shop.accounts import roles
from shop.accounts.models import AccessToken, Membership, Organisation, User
from shop.accounts.operations import groups, people
from shop.accounts.operations.tokens import issue_token, use_token
from shop.core.models import AuditEntry

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 23, 8, tzinfo=UTC)
BACKEND = "django.contrib.auth.backends.ModelBackend"
NONE = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def person(name: str, *given: str, **facts: object) -> User:
    user = User.objects.create_user(f"{name}@example.cn", "a good old one", name=name, **facts)
    for role in given:
        groups.give_role(user=user, role=role, actor=None, at=AT)
    groups.ensure_groups()
    return User.objects.get(pk=user.pk)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


@pytest.fixture
def admin(db: None) -> User:
    return person("admin", roles.PLATFORM_ADMIN)


@pytest.fixture
def chief(db: None) -> User:
    return person("chief", is_superuser=True, is_staff=True)


@pytest.mark.parametrize(
    ("door", "leads_to"),
    [
        ("/cms/login/", "/account/login/?next=/cms/"),
        ("/_util/login/", "/account/login/?next=/cms/"),
        ("/_util/login/?next=/documents/1/prices.pdf", "/account/login/?next=/documents/1/prices.pdf"),
        ("/_util/login/?next=//evil.example/", "/account/login/?next=/cms/"),
        ("/en/_util/login/", "/en/account/login/?next=/cms/"),
        ("/cms/password_reset/", "/account/password/reset/"),
        ("/cms/password_reset/done/", "/account/password/reset/"),
        ("/cms/password_reset/confirm/MQ/set-password/", "/account/password/reset/"),
        ("/cms/password_reset/complete/", "/account/password/reset/"),
        ("/admin/login/", "/account/login/?next=/admin/"),
    ],
)
def test_a_door_of_a_back_office_leads_to_ours_and_does_nothing(chief: User, door: str, leads_to: str) -> None:
    client = Client()
    sent = {"email": "chief@example.cn", "username": "chief@example.cn", "password": "a good old one"}
    for answer in (client.get(door), client.post(door, sent)):
        assert (answer.status_code, answer.headers["Location"]) == (302, leads_to)
    assert mail.outbox == []
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("door", ["/admin/password_change/", "/admin/password_change/done/"])
def test_djangos_change_of_the_password_leads_to_ours(admin: User, door: str) -> None:
    sent = {"old_password": "a good old one", "new_password1": "a good new one", "new_password2": "a good new one"}
    answer = browser(admin).post(door, sent)
    assert (answer.status_code, answer.headers["Location"].startswith("/account/security/")) == (302, True)
    admin.refresh_from_db()
    assert admin.check_password("a good old one")


def test_wagtails_own_account_changes_neither_email_nor_password(admin: User) -> None:
    client = browser(admin)
    page = client.get("/cms/account/").content.decode()
    assert 'type="email"' not in page
    assert 'type="password"' not in page
    sent = {"name_email-email": "thief@example.cn", "name_email-first_name": "x", "name_email-last_name": "y"}
    sent |= {"email": "thief@example.cn", "password-old_password": "a good old one"}
    sent |= {"password-new_password1": "a good new one", "password-new_password2": "a good new one"}
    client.post("/cms/account/", sent)
    admin.refresh_from_db()
    assert admin.email == "admin@example.cn"
    assert admin.check_password("a good old one")


@pytest.mark.parametrize(
    "door",
    [
        "/cms/users/",
        "/cms/users/new/",
        "/cms/users/edit/{}/",
        "/cms/users/delete/{}/",
        "/cms/groups/",
        "/cms/groups/new/",
        "/cms/bulk/accounts/user/assign_role/?id={}",
        "/cms/bulk/accounts/user/set_active_state/?id={}",
        "/cms/bulk/accounts/user/delete/?id={}",
    ],
)
def test_accounts_and_groups_are_edited_nowhere_in_wagtail(admin: User, chief: User, door: str) -> None:
    before = User.objects.filter(pk=chief.pk).values().get()
    client = browser(admin)
    for answer in (client.get(door.format(chief.pk)), client.post(door.format(chief.pk), {"email": "t@example.cn"})):
        assert (answer.status_code, answer.headers["Location"]) == (302, "/admin/accounts/user/")
    editor = browser(person("editor", roles.CAMPAIGN_STAFF))
    assert editor.get(door.format(chief.pk)).status_code == 403
    assert Client().get(door.format(chief.pk)).headers["Location"].startswith("/account/login/")
    assert User.objects.filter(pk=chief.pk).values().get() == before


@pytest.mark.parametrize("by", ["admin", "chief"])
def test_nobody_sets_anothers_password(admin: User, chief: User, by: str) -> None:
    other = person("other")
    client = browser({"admin": admin, "chief": chief}[by])
    for user in (chief, other):
        address = f"/admin/accounts/user/{user.pk}/password/"
        sent = {"password1": "a good new one", "password2": "a good new one", "usable_password": "true"}
        assert client.get(address).status_code == 403
        assert client.post(address, sent).status_code == 403
        user.refresh_from_db()
        assert user.check_password("a good old one")
    assert "/password/" not in client.get(f"/admin/accounts/user/{other.pk}/change/").content.decode()


def facts_of(user: User, **changed: str) -> dict[str, str]:
    facts = {"email": user.email or "", "name": user.name, "language": "zh-hans", "is_active": "on"}
    return {**facts, **NONE, **changed}


def test_nobody_edits_an_account_that_may_more(admin: User, chief: User) -> None:
    client = browser(admin)
    address = f"/admin/accounts/user/{chief.pk}/change/"
    assert client.post(address, facts_of(chief, name="renamed")).status_code == 403
    chief.refresh_from_db()
    assert (chief.name, chief.is_active) == ("chief", True)
    mighty = person("mighty")
    mighty.user_permissions.add(*_permission("delete_user"))
    assert client.post(f"/admin/accounts/user/{mighty.pk}/change/", facts_of(mighty, name="x")).status_code == 403
    other = person("other")
    assert client.post(f"/admin/accounts/user/{other.pk}/change/", facts_of(other, name="renamed")).status_code == 302
    other.refresh_from_db()
    assert other.name == "renamed"


def _permission(codename: str) -> list[object]:
    from django.contrib.auth.models import Permission  # reason: apps must be loaded

    return list(Permission.objects.filter(codename=codename, content_type__app_label="accounts"))


@pytest.mark.parametrize("by", ["admin", "chief"])
def test_staff_changes_neither_email_nor_phone(admin: User, chief: User, by: str) -> None:
    other = person("other", phone="+8613900001111")
    client = browser({"admin": admin, "chief": chief}[by])
    sent = facts_of(other, email="thief@example.cn", phone="+8613700009999", phone_verified="on")
    assert client.post(f"/admin/accounts/user/{other.pk}/change/", sent).status_code == 302
    other.refresh_from_db()
    assert (other.email, other.phone, other.phone_verified) == ("other@example.cn", "+8613900001111", False)


def test_rights_are_given_by_superusers_alone(admin: User, chief: User) -> None:
    other = person("other")
    sent = facts_of(other, is_staff="on", is_superuser="on", groups=str(admin.groups.get().pk))
    browser(admin).post(f"/admin/accounts/user/{other.pk}/change/", sent)
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser, other.groups.count()) == (False, False, 0)
    browser(chief).post(f"/admin/accounts/user/{other.pk}/change/", sent)
    other.refresh_from_db()
    assert (other.is_staff, other.is_superuser, other.groups.count()) == (True, True, 1)
    entry = AuditEntry.objects.filter(action="change_by_admin", actor_id=chief.pk).get()
    assert {"groups", "is_staff", "is_superuser"} <= set(entry.data["fields"])


def test_an_account_added_by_staff_has_no_password(chief: User) -> None:
    client = browser(chief)
    assert 'type="password"' not in client.get("/admin/accounts/user/add/").content.decode()
    sent = {"email": "new@example.cn", "phone": "", "name": "新同事", "password1": "a good new one", **NONE}
    assert client.post("/admin/accounts/user/add/", sent).status_code == 302
    made = User.objects.get(email="new@example.cn")
    assert (made.has_usable_password(), made.phone, made.is_staff) == (False, None, False)
    assert client.post("/admin/accounts/user/add/", {"email": "", "phone": "", "name": "x", **NONE}).status_code == 200


def test_memberships_given_by_staff_are_audited(admin: User) -> None:
    office = Organisation.objects.create(kind=Organisation.Kind.SUPPLIER, name_zh="合作社")
    other = person("other")
    sent = facts_of(other) | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-organisation": str(office.pk),
        "memberships-0-role": "owner",
    }
    assert browser(admin).post(f"/admin/accounts/user/{other.pk}/change/", sent).status_code == 302
    assert Membership.objects.filter(user=other, organisation=office).exists()
    (entry,) = AuditEntry.objects.filter(action="change_by_admin", object_id=str(other.pk))
    assert entry.data["memberships"] == [{"how": "added", "user": other.pk, "organisation": office.pk, "role": "owner"}]


def test_a_credit_code_is_checked_and_its_change_audited(admin: User) -> None:
    office, other = (
        Organisation.objects.create(kind=Organisation.Kind.SUPPLIER, name_zh=name) for name in ("合作社", "公司")
    )
    staff, sent = browser(admin), {"kind": "supplier", "name_zh": "合作社", "is_active": "on", **NONE}
    address = f"/admin/accounts/organisation/{office.pk}/change/"
    # One character wrong, the example of the standard else.
    page = staff.post(address, sent | {"credit_code": "91350100M000100Y44"})
    assert (page.status_code, list(page.context["adminform"].form.errors)) == (200, ["credit_code"])
    assert "91350100M000100Y44" in page.content.decode()
    assert staff.post(address, sent | {"credit_code": "9135 0100 m000100y43"}).status_code == 302
    office.refresh_from_db()
    assert office.credit_code == "91350100M000100Y43"
    (entry,) = AuditEntry.objects.filter(object_id=str(office.pk), action="change_by_admin")
    assert entry.data["fields"] == ["credit_code"]
    # Several may have none.
    for each in (office, other):
        answer = staff.post(f"/admin/accounts/organisation/{each.pk}/change/", sent | {"name_zh": each.name_zh})
        assert answer.status_code == 302
    assert Organisation.objects.filter(credit_code=None).count() == 2


def token_of(user: User) -> str:
    return issue_token(actor=user, at=timezone.now(), label="x", scopes=None, days=1)[1]


def test_whichever_door_a_new_password_comes_through_tokens_and_sessions_end(admin: User, monkeypatch) -> None:
    def by_page(user: User) -> None:
        people.set_password(user=user, password="a good new one", at=timezone.now())

    def by_model(user: User) -> None:
        user.set_password("a good new one")
        user.save()

    def by_command(user: User) -> None:
        monkeypatch.setattr("getpass.getpass", lambda *_given, **_named: "a good new one")
        call_command("changepassword", user.email, verbosity=0)

    for number, door in enumerate((by_page, by_model, by_command)):
        user = person(f"person{number}")
        secret, signed_in = token_of(user), browser(user)
        assert use_token(secret=secret, at=timezone.now()) is not None
        door(User.objects.get(pk=user.pk))
        assert use_token(secret=secret, at=timezone.now()) is None, door
        assert signed_in.get("/account/").status_code == 302, door
        assert AuditEntry.objects.filter(action="end_tokens", object_id=str(user.pk)).count() == 1
    assert AccessToken.objects.filter(revoked_at=None).count() == 0


def test_nobody_acts_as_another() -> None:
    from django.urls import get_resolver  # reason: the URLconf must be loaded

    words = ("impersonate", "hijack", "login_as", "loginas", "su/")
    assert [each for each in map(str, get_resolver().reverse_dict) if any(word in each for word in words)] == []


def test_the_back_office_leads_to_no_page_of_a_library(chief: User) -> None:
    offered = Range.objects.create(name="柑橘", includes_all_products=True)
    client = browser(chief)
    page = client.get(f"/admin/offer/range/{offered.pk}/change/")
    assert page.status_code == 200
    assert "/admin/r/" not in page.content.decode()
    kind = ContentType.objects.get_for_model(Range).pk
    assert client.get(f"/admin/r/{kind}/{offered.pk}/").status_code == 404


@pytest.mark.parametrize("door", ["/cms/failwhale/", "/cms/test404/"])
def test_pages_that_are_there_to_be_seen_failing_are_not_there(door: str) -> None:
    answer = browser(person("editor", roles.CAMPAIGN_STAFF)).get(door)
    assert answer.status_code == 404
