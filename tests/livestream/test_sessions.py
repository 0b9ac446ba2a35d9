"""Sessions, tray, pin: who may, in which order, and that no host overwrites another."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from livestream.errors import NotOfThisRoom, Stale, WrongState
from livestream.models import LiveEvent, LiveSession, TrayItem
from livestream.operations import planning, sessions, tray
from livestream.rules import clip_position, moved
from shop.accounts import roles
from shop.accounts.models import User
from shop.accounts.operations.groups import give_role
from shop.core.errors import InvalidInput, NotAllowed
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.livestream.rooms import make_room, make_session, put

pytestmark = pytest.mark.django_db


def kinds(session: LiveSession) -> list[tuple[int, str]]:
    return list(LiveEvent.objects.filter(session=session).order_by("seq").values_list("seq", "kind"))


def test_a_session_goes_planned_live_ended_and_never_back() -> None:
    session, host = make_session(live=False)
    sessions.start_session(session_id=session.pk, version=1, actor=host, at=AT)
    with pytest.raises(WrongState):
        sessions.start_session(session_id=session.pk, version=2, actor=host, at=AT)
    sessions.end_session(session_id=session.pk, version=2, actor=host, at=AT + timedelta(hours=1))
    with pytest.raises(WrongState):
        sessions.start_session(session_id=session.pk, version=3, actor=host, at=AT)
    session.refresh_from_db()
    assert (session.state, session.version, session.last_seq) == ("ended", 3, 2)
    assert kinds(session) == [(1, "started"), (2, "ended")]


def test_a_room_has_one_live_session() -> None:
    session, host = make_session()
    other, _ = make_session(session.room, host=host, live=False)
    with pytest.raises(WrongState):
        sessions.start_session(session_id=other.pk, version=1, actor=host, at=AT)


def test_only_its_hosts_change_a_session() -> None:
    session, _host = make_session(live=False)
    stranger = make_user()
    make_supplier("别家", member=stranger)
    for actor in (stranger, make_user()):
        with pytest.raises(NotAllowed):
            sessions.start_session(session_id=session.pk, version=1, actor=actor, at=AT)
        with pytest.raises(NotAllowed):
            planning.plan_session(room=session.room, title=("不行", ""), planned_at=AT, actor=actor, at=AT)
    staff = make_user()
    give_role(user=staff, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    sessions.start_session(session_id=session.pk, version=1, actor=User.objects.get(pk=staff.pk), at=AT)
    session.refresh_from_db()
    assert session.state == "live"


def test_a_host_who_has_not_seen_the_last_change_overwrites_nothing() -> None:
    session, host = make_session()
    first = put(session, make_listing(supplier=session.room.supplier), host)
    second = put(session, make_listing(supplier=session.room.supplier), host)
    seen = session.version
    tray.pin(session_id=session.pk, version=seen, item_id=first.pk, actor=host, at=AT)
    with pytest.raises(Stale):
        tray.pin(session_id=session.pk, version=seen, item_id=second.pk, actor=host, at=AT)
    session.refresh_from_db()
    assert (session.pinned_id, session.version) == (first.pk, seen + 1)


def test_another_suppliers_product_is_neither_put_in_the_tray_nor_pinned() -> None:
    session, host = make_session()
    foreign = make_listing(supplier=make_supplier("别家"))
    with pytest.raises(NotOfThisRoom) as refused:
        put(session, foreign, host)
    assert refused.value.field == "listing"
    smuggled = TrayItem.objects.create(session=session, listing=foreign)
    session.refresh_from_db()
    with pytest.raises(NotOfThisRoom):
        tray.pin(session_id=session.pk, version=session.version, item_id=smuggled.pk, actor=host, at=AT)
    other, _ = make_session(make_room(session.room.supplier, host=host, slug="second"), host=host)
    elsewhere = put(other, make_listing(supplier=session.room.supplier), host)
    with pytest.raises(NotOfThisRoom):
        tray.pin(session_id=session.pk, version=session.version, item_id=elsewhere.pk, actor=host, at=AT)
    assert LiveSession.objects.get(pk=session.pk).pinned_id is None


def test_a_withdrawn_product_is_not_taken_into_the_tray() -> None:
    session, host = make_session()
    with pytest.raises(NotOfThisRoom):
        put(session, make_listing(supplier=session.room.supplier, state="withdrawn"), host)


def test_the_tray_is_put_in_order() -> None:
    session, host = make_session()
    items = [put(session, make_listing(supplier=session.room.supplier), host) for _ in range(4)]
    tray.move_item(session_id=session.pk, version=session.version, item_id=items[3].pk, to=1, actor=host, at=AT)
    order = list(TrayItem.objects.filter(session=session).order_by("position").values_list("pk", flat=True))
    assert order == [items[0].pk, items[3].pk, items[1].pk, items[2].pk]
    session.refresh_from_db()
    tray.pin(session_id=session.pk, version=session.version, item_id=items[3].pk, actor=host, at=AT)
    tray.remove_item(session_id=session.pk, version=session.version + 1, item_id=items[3].pk, actor=host, at=AT)
    session.refresh_from_db()
    assert session.pinned_id is None
    assert kinds(session)[-2:] == [(session.last_seq - 1, "tray"), (session.last_seq, "unpinned")]


def test_events_are_never_changed() -> None:
    session, _ = make_session()
    for change in (lambda: LiveEvent.objects.update(kind="ended"), lambda: LiveEvent.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert kinds(session) == [(1, "started")]


def test_an_announcement_is_short() -> None:
    session, host = make_session()
    with pytest.raises(InvalidInput):
        sessions.announce(session_id=session.pk, version=session.version, text="早" * 201, actor=host, at=AT)
    sessions.announce(session_id=session.pk, version=session.version, text=" 今晚下单，\n明早采 ", actor=host, at=AT)
    session.refresh_from_db()
    assert session.announcement == "今晚下单， 明早采"


def test_where_the_clip_stands_and_how_a_tray_moves() -> None:
    assert clip_position(started_at=AT, now=AT + timedelta(seconds=95), clip_seconds=40) == 15
    assert clip_position(started_at=None, now=AT, clip_seconds=40) == 0
    assert moved([1, 2, 3], 1, 9) == [2, 3, 1]
    assert moved([1, 2, 3], 3, -4) == [3, 1, 2]
