"""Reading people: memberships, addresses, messages."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.paginator import Page
from django.db.models import Case, Q, Value, When
from django.utils.crypto import constant_time_compare

from shop.accounts import roles
from shop.accounts.models import AccessToken, Address, Membership, Message, Organisation, User
from shop.accounts.rules import is_platform_admin
from shop.core.paging import Pages
from shop.core.prepared import Prepared

MESSAGES_A_PAGE = 20
PROVINCE_DIGITS = 2  # of a division code


@dataclass(frozen=True)
class Acting:
    """An organisation that a user acts for, with the roles there."""

    organisation_id: int
    kind: str
    name_zh: str
    name_en: str
    roles: tuple[str, ...]


def group_name(group: Any) -> str:
    """Return what a group is called: a role of ours by its name, whatever it is called in the database."""
    return str({**roles.NAMES, **roles.OTHER_GROUPS}.get(group.name, group.name))


def memberships(user: User) -> list[Acting]:
    """Return the active organisations that `user` acts for, by name. One query."""
    rows = (
        Membership.objects.filter(user_id=user.pk, organisation__is_active=True)
        .order_by("organisation__name_zh", "organisation_id", "role")
        .values_list("organisation_id", "organisation__kind", "organisation__name_zh", "organisation__name_en", "role")
    )
    found: dict[int, Acting] = {}
    for pk, kind, name_zh, name_en, role in rows:
        earlier = found.get(pk)
        found[pk] = Acting(pk, kind, name_zh, name_en, (*(earlier.roles if earlier else ()), role))
    return list(found.values())


_roles_in = Prepared(
    lambda user_id, organisation_id: Membership.objects.filter(
        user_id=user_id, organisation_id=organisation_id, organisation__is_active=True
    ).values_list("role")
)


def roles_in_organisation(*, user_id: int, organisation_id: int) -> set[str]:
    """Return the roles of a user in one active organisation; none when it is closed. One query."""
    return {role for (role,) in _roles_in(user_id, organisation_id)}


def names_in_organisation(organisation_id: int) -> list[str]:
    """Return the names of the people of an organisation, whatever their roles. One query."""
    rows = Membership.objects.filter(organisation_id=organisation_id).order_by("user_id")
    return list(rows.exclude(user__name="").values_list("user__name", flat=True).distinct())


def people_in_organisation(organisation_id: int, *role_names: str) -> dict[int, str]:
    """Return the names by id of who acts for an organisation in one of these roles and can sign in. One query."""
    rows = Membership.objects.filter(organisation_id=organisation_id, role__in=role_names, user__is_active=True)
    return dict(rows.order_by("user__name", "user_id").values_list("user_id", "user__name").distinct())


def names_by_role(organisation_id: int) -> list[tuple[str, str]]:
    """Return role and name of who acts for an organisation and can sign in. One query."""
    rows = Membership.objects.filter(organisation_id=organisation_id, user__is_active=True).exclude(user__name="")
    return list(rows.order_by("user__name", "user_id").values_list("role", "user__name"))


def supplier_ids_of(user: User) -> list[int]:
    """Return the ids of the active suppliers that `user` acts for, in order. One query; none for anonymous."""
    if not user.is_authenticated or not user.is_active:
        return []
    return list(
        Membership.objects.filter(user_id=user.pk, organisation__is_active=True, organisation__supplier__is_active=True)
        .order_by("organisation__supplier__id")
        .values_list("organisation__supplier__id", flat=True)
        .distinct()
    )


def reviewed_divisions(user: User) -> tuple[str, ...] | None:
    """Return the division codes whose suppliers a reviewer looks at: None is everywhere, an empty tuple nowhere.

    Platform reviewers look at all. A county reviewer looks at what lies in the division of the platform's office that
    they work for; an office of a province, which counties report to, looks at all. One query for county reviewers.
    """
    if not user.is_active:
        return ()
    if roles.PLATFORM_REVIEWER in user.role_names or is_platform_admin(user):
        return None
    if roles.COUNTY_REVIEWER not in user.role_names:
        return ()
    offices = Membership.objects.filter(
        user_id=user.pk, organisation__is_active=True, organisation__kind=Organisation.Kind.PLATFORM
    ).exclude(organisation__division=None)
    found = set(offices.values_list("organisation__division_id", flat=True))
    return None if any(len(code) <= PROVINCE_DIGITS for code in found) else tuple(sorted(found))


def addresses(user: User) -> list[Address]:
    """Return the address book, the default first, then the latest used. One query."""
    return list(
        Address.objects.filter(user_id=user.pk).select_related("division").order_by("-is_default", "-updated_at", "-pk")
    )


def address(user: User, pk: int) -> Address | None:
    """Return the user's own address `pk`, or None. One query."""
    return Address.objects.filter(user_id=user.pk, pk=pk).select_related("division").first()


def default_address(user: User) -> Address | None:
    """Return the default address, else the latest one, else None. One query."""
    return (
        Address.objects.filter(user_id=user.pk)
        .select_related("division")
        .order_by("-is_default", "-updated_at", "-pk")
        .first()
    )


def message_page(user: User, number: str | int) -> Page:
    """Return one page of the messages, unread first, then the newest. Two queries."""
    is_read = Case(When(read_at__isnull=True, then=Value(0)), default=Value(1))
    rows = Message.objects.filter(user_id=user.pk).order_by(is_read, "-created_at", "-pk")
    return Pages(rows, MESSAGES_A_PAGE).get_page(number)


def unread_count(user: User) -> int:
    """Return how many messages are unread. One query."""
    return Message.objects.filter(user_id=user.pk, read_at__isnull=True).count()


def tokens(user: User) -> list[AccessToken]:
    """Return the tokens of a person that are not revoked, the latest first. One query."""
    return list(AccessToken.objects.filter(user_id=user.pk, revoked_at__isnull=True).order_by("-created_at", "-pk"))


def message(user: User, pk: int) -> Message | None:
    """Return the user's own message `pk`, or None."""
    return Message.objects.filter(user_id=user.pk, pk=pk).first()


def account_id(*, email: str | None = None, phone: str | None = None) -> int | None:
    """Return the id of the active account of an e-mail or of a phone (E.164), or None."""
    rows = User.objects.filter(is_active=True)
    rows = rows.filter(email__iexact=email) if email else rows.filter(phone=phone)
    return rows.values_list("pk", flat=True).first()


def account(pk: int | None) -> User | None:
    """Return the active account `pk`, or None."""
    return User.objects.filter(pk=pk, is_active=True).first()


def people_signed_in(session_keys: Iterable[str], *, at: datetime) -> dict[str, User]:
    """Return who is signed in by each of these sessions. Two queries; the database is asked, never a cache.

    Left out are sessions that ended (signed out, expired, a new password since) and people whose account is closed:
    what holds on to a session for longer than a request asks here again.
    """
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    rows = store.get_model_class().objects.filter(session_key__in=set(session_keys), expire_date__gt=at)
    kept = {row.session_key: store.decode(row.session_data) for row in rows}
    ids = {int(facts[SESSION_KEY]) for facts in kept.values() if SESSION_KEY in facts}
    people = User.objects.in_bulk(ids) if ids else {}
    found: dict[str, User] = {}
    for key, facts in kept.items():
        user = people.get(int(facts.get(SESSION_KEY, 0)))
        if user is not None and user.is_active and _holds(facts.get(HASH_SESSION_KEY, ""), user):
            found[key] = user
    return found


def _holds(digest: str, user: User) -> bool:
    """Whether a session's digest is of the password that the person has now."""
    mine = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(digest, each) for each in mine)


def has_account(*, email: str) -> bool:
    """Tell whether an account, active or not, has this e-mail."""
    return User.objects.filter(email__iexact=email).exists()


def organisation_names(user_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return the Chinese names of the organisations that each user acts for. One query."""
    names: dict[int, list[str]] = {}
    rows = Membership.objects.filter(user__in=list(user_ids), organisation__is_active=True)
    for user_id, name in rows.order_by("organisation_id").values_list("user_id", "organisation__name_zh").distinct():
        names.setdefault(user_id, []).append(name)
    return names


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return what people are called, by id; those without a name are absent. One query, none for nobody."""
    wanted = set(user_ids)
    return dict(User.objects.filter(pk__in=wanted).exclude(name="").values_list("pk", "name")) if wanted else {}


def people_of_organisations(organisations: Iterable[Any], held: Iterable[str]) -> list[tuple[str, int]]:
    """Return (role, user id) of the active people with one of these roles, by user. `organisations` are ids. One query."""
    rows = Membership.objects.filter(organisation__in=organisations, role__in=tuple(held), user__is_active=True)
    return list(rows.order_by("user_id").values_list("role", "user_id"))


def campaign_staff_or_members(user_ids: Iterable[int], organisation_id: int | None) -> set[int]:
    """Return which of these people are campaign staff, administrators, or members of the organisation. One query."""
    acting = Q(groups__name__in=[roles.CAMPAIGN_STAFF, roles.PLATFORM_ADMIN]) | Q(is_superuser=True)
    if organisation_id is not None:
        acting |= Q(memberships__organisation_id=organisation_id, memberships__organisation__is_active=True)
    return set(User.objects.filter(acting, pk__in=list(user_ids), is_active=True).values_list("pk", flat=True))


def has_proved_phone(user: Any) -> bool:
    """Tell whether the reader of a page signed in with an account that proved its phone. No queries of its own."""
    return bool(user.is_authenticated and user.phone and user.phone_verified)
