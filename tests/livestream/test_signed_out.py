"""A socket ends with what it was opened on: the session, the account, the role, the membership. A real server's."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.db import connection, connections
from django.test import Client, override_settings
from django.utils import timezone
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from catalog.models import Supplier
from livestream import tailing
from livestream.models import ChatMessage
from livestream.queries.hosting import may_host, seats_of, session_to_host
from shop.accounts import roles
from shop.accounts.models import Membership, Organisation, User
from shop.accounts.operations.groups import give_role, take_role
from shop.accounts.operations.people import set_password
from shop.accounts.operations.privacy import erase_person
from shop.accounts.queries import people_signed_in
from tests.factories import AT, make_supplier, make_user
from tests.livestream.rooms import make_room, make_session
from tests.plugins.servers import StartSite

Endings = dict[str, Callable[[Client, User], object]]
SECONDS = 30

ENDINGS: Endings = {
    "signed out": lambda client, _user: client.post("/account/logout/"),
    "closed": lambda _client, user: User.objects.filter(pk=user.pk).update(is_active=False),
    "erased": lambda _client, user: erase_person(user=user, at=timezone.now()),
    "password": lambda _client, user: set_password(user=user, password="Shanzha-2026-hong", at=timezone.now()),
    "role": lambda _client, user: take_role(user=user, role=roles.CAMPAIGN_STAFF, actor=None, at=timezone.now()),
    "member": lambda _client, user: Membership.objects.filter(user=user).delete(),
}
OUT = ("signed out", "closed", "erased", "password")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def cast(host: User) -> dict[str, tuple[Client, User]]:
    """Everybody who sits at a socket: for each ending one person, and one to whom nothing happens."""
    people = {name: make_user() for name in (*ENDINGS, "stays")}
    people["member"] = host
    give_role(user=people["role"], role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    return {name: (signed_in(user), user) for name, user in people.items()}


async def says(line: ClientConnection, text: str) -> dict[str, Any]:
    """Write a line; return its answer."""
    await line.send(json.dumps({"chat": text, "ref": 1}))
    while "ref" not in (frame := json.loads(await line.recv())):
        pass
    return frame


async def code_at_end(line: ClientConnection) -> int | None:
    try:
        while True:
            await line.recv()
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None


def test_a_socket_is_asked_again_often_enough() -> None:
    assert settings.LIVE_ASK_SECONDS <= 30


def test_a_socket_ends_with_session_account_role_and_membership(start_site: StartSite) -> None:
    host = make_user()
    make_session(host=host)
    people = cast(host)
    site = start_site(env={"LIVE_ASK_SECONDS": "0.5"})
    address = site.url.replace("http", "ws") + "/ws/live/songyuan/"

    async def opened(client: Client | None) -> ClientConnection:
        key = client.cookies[settings.SESSION_COOKIE_NAME].value if client else ""
        headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={key}"} if key else {}
        return await connect(address, origin=site.url, additional_headers=headers)  # type: ignore[arg-type]

    def end_all() -> None:
        for name, end in ENDINGS.items():
            end(*people[name])

    async def story() -> None:
        async with asyncio.timeout(SECONDS):
            lines = {name: await opened(client) for name, (client, _user) in people.items()}
            stranger = await opened(None)
            for name, line in lines.items():
                assert "accepted" in await says(line, f"{name} before"), name
            await database_sync_to_async(end_all)()
            ends = {name: await code_at_end(lines[name]) for name in ENDINGS}
            assert ends == dict.fromkeys(ENDINGS, tailing.SIGNED_OUT)
            assert "accepted" in await says(lines["stays"], "after")
            assert (await says(stranger, "在吗"))["refused"] == "sign_in"
            for line in (lines["stays"], stranger):
                await line.close()
        await database_sync_to_async(connections.close_all)()

    connection.close()
    asyncio.run(story())
    assert ChatMessage.objects.count() == len(ENDINGS) + 2


def test_who_signed_out_in_another_window_is_asked_to_sign_in(start_site: StartSite) -> None:
    """Scenario B29: the line is refused at once, not only when the socket ends."""
    host = make_user()
    make_session(host=host)
    people = {name: pair for name, pair in cast(host).items() if name in OUT}
    site = start_site(env={"LIVE_ASK_SECONDS": "3600"})
    address = site.url.replace("http", "ws") + "/ws/live/songyuan/"

    def end_all() -> None:
        for name, pair in people.items():
            ENDINGS[name](*pair)

    async def story() -> None:
        async with asyncio.timeout(SECONDS):
            lines = {}
            for name, (client, _user) in people.items():
                cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
                headers = {"Cookie": cookie}
                lines[name] = await connect(address, origin=site.url, additional_headers=headers)  # type: ignore[arg-type]
                assert "accepted" in await says(lines[name], "before")
            await database_sync_to_async(end_all)()
            for name, line in lines.items():
                answer = await says(line, "after")
                assert (answer["refused"], answer["message"]) == ("sign_in", "登录后就能聊天。"), name
                assert await code_at_end(line) == tailing.SIGNED_OUT
        await database_sync_to_async(connections.close_all)()

    connection.close()
    asyncio.run(story())
    assert set(ChatMessage.objects.values_list("text", flat=True)) == {"before"}


@pytest.mark.django_db
def test_a_session_speaks_for_nobody_once_it_ended() -> None:
    clients = [signed_in(make_user()) for _ in range(3)]
    keys = [client.cookies[settings.SESSION_COOKIE_NAME].value for client in clients]
    now = timezone.now()
    assert set(people_signed_in([*keys, "nothing"], at=now)) == set(keys)
    clients[0].logout()
    assert set(people_signed_in(keys, at=now)) == set(keys[1:])
    later = now + timedelta(seconds=settings.SESSION_COOKIE_AGE + 60)
    assert people_signed_in(keys, at=later) == {}


@pytest.mark.django_db
@override_settings(SECRET_KEY="another-secret-of-the-same-site", SECRET_KEY_FALLBACKS=[settings.SECRET_KEY])
def test_a_session_outlives_a_new_secret_key() -> None:
    with override_settings(SECRET_KEY=settings.SECRET_KEY_FALLBACKS[0], SECRET_KEY_FALLBACKS=[]):
        client = signed_in(make_user())
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert list(people_signed_in([key], at=timezone.now())) == [key]


@pytest.mark.django_db
def test_a_closed_organisations_member_hosts_nothing() -> None:
    member = make_user()
    session, _host = make_session(make_room(make_supplier(member=member), host=member), host=member)
    key = signed_in(member).cookies[settings.SESSION_COOKIE_NAME].value
    assert seats_of(session.pk, [key])[key].is_host
    assert may_host(member, session.room)
    for closed in (Organisation, Supplier):
        closed.objects.update(is_active=False)
        assert not seats_of(session.pk, [key])[key].is_host
        assert session_to_host(User.objects.get(pk=member.pk), session.pk) is None
        closed.objects.update(is_active=True)


@pytest.mark.django_db
def test_seats_of_a_full_house_cost_the_same_as_of_one(django_assert_num_queries: Any) -> None:
    session, _host = make_session()
    keys = [signed_in(make_user()).cookies[settings.SESSION_COOKIE_NAME].value for _ in range(30)]
    for some in (keys[:1], keys):
        with django_assert_num_queries(4):
            assert len(seats_of(session.pk, some)) == len(some)
