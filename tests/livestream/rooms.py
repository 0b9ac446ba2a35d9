"""Rooms, sessions and drops in one line, for tests."""

from datetime import datetime, timedelta
from typing import Any

from catalog.models import Listing, Supplier
from catalog.operations.floors import set_live_floor
from livestream.models import Drop, LiveRoom, LiveSession, TrayItem
from livestream.operations.drops import start_drop
from livestream.operations.planning import plan_session
from livestream.operations.sessions import open_room, start_session
from livestream.operations.tray import add_item
from shop.accounts import roles
from shop.accounts.models import User
from shop.accounts.operations import groups
from tests.factories import AT, make_supplier, make_user, spec_of


def make_room(supplier: Supplier | None = None, *, host: User | None = None, slug: str = "songyuan") -> LiveRoom:
    """Open a room of `supplier`, whose member `host` is."""
    supplier = supplier or make_supplier(member=host)
    return open_room(
        slug=slug, supplier_id=supplier.pk, title=("松源果园", "Songyuan orchard"), host=("阿珍", "Azhen"),
        actor=make_staff(), at=AT,
    )  # fmt: skip


def make_staff() -> User:
    """Make one of the campaign staff."""
    staff = make_user()
    groups.give_role(user=staff, role=roles.CAMPAIGN_STAFF, actor=None, at=AT)
    return User.objects.get(pk=staff.pk)


def make_session(
    room: LiveRoom | None = None, *, host: User | None = None, live: bool = True, planned_at: datetime = AT
) -> tuple[LiveSession, User]:
    """Plan a session (and start it) with its host."""
    host = host or make_user()
    room = room or make_room(host=host)
    session = plan_session(room=room, title=("柚子开摘", "Pomelo harvest"), planned_at=planned_at, actor=host, at=AT)
    if live:
        start_session(session_id=session.pk, version=session.version, actor=host, at=AT)
    session.refresh_from_db()
    return session, host


def put(session: LiveSession, listing: Listing, host: User) -> TrayItem:
    """Put a listing into the tray."""
    session.refresh_from_db()
    item = add_item(session_id=session.pk, version=session.version, listing_id=listing.pk, actor=host, at=AT)
    session.refresh_from_db()
    return item


def allow_live(listing: Listing, floor_fen: int) -> None:
    """Have a member of the listing's supplier let others sell it live at `floor_fen` or more."""
    member = User.objects.filter(memberships__organisation=listing.supplier.organisation).order_by("pk").first()
    for spec in listing.specifications.all():
        set_live_floor(
            supplier_id=listing.supplier_id, specification_id=spec.pk, floor_fen=floor_fen, actor=member, at=AT
        )


def drop_of(
    session: LiveSession,
    item: TrayItem,
    host: User,
    *,
    pieces: int = 10,
    price_fen: int = 2980,
    at: datetime = AT,
    **facts: Any,
) -> Drop:
    """Start a drop of ten minutes; its price is confirmed, unless `confirmed_fen` says otherwise."""
    session.refresh_from_db()
    drop = start_drop(
        session_id=session.pk, version=session.version, item_id=item.pk,
        specification_id=spec_of(item.listing).specification_id, price_fen=price_fen, pieces=pieces,
        lasts=timedelta(minutes=10), actor=host, at=at, **({"confirmed_fen": price_fen} | facts),
    )  # fmt: skip
    session.refresh_from_db()
    return drop
