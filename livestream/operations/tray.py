"""The tray of a session and the pin 讲解中."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from catalog.queries.trade import supplier_on_sale
from livestream.errors import NotOfThisRoom, WrongState
from livestream.models import Drop, LiveSession, TrayItem
from livestream.operations.events import append
from livestream.operations.hosting import host_session
from livestream.rules import MOST_TRAY_ITEMS, moved
from livestream.states import DropState, EventKind
from shop.core import pagecache


def add_item(*, session_id: int, version: int, listing_id: int, actor: Any, at: datetime) -> TrayItem:
    """Put a listing at the end of the tray. One that is there already stays where it is.

    Raises NotOfThisRoom for a product of another supplier than the room's, or one that is not on sale.
    """
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        _check_listing(session, listing_id)
        known = TrayItem.objects.filter(session=session, listing_id=listing_id).first()
        if known is not None:
            return known
        if TrayItem.objects.filter(session=session).count() >= MOST_TRAY_ITEMS:
            raise WrongState(_("The tray is full."))
        last = TrayItem.objects.filter(session=session).aggregate(last=Max("position"))["last"]
        item = TrayItem.objects.create(session=session, listing_id=listing_id, position=0 if last is None else last + 1)
        append(session_id=session.pk, events=[(EventKind.TRAY, {"added": item.pk})], at=at)
        pagecache.bump()
    return item


def _check_listing(session: LiveSession, listing_id: int) -> None:
    supplier_id = supplier_on_sale(listing_id)
    if supplier_id is None:
        raise NotOfThisRoom(_("This product is not on sale."), field="listing")
    if session.room.supplier_id is not None and supplier_id != session.room.supplier_id:
        raise NotOfThisRoom(
            _("This is another supplier's product. Only this room's own can be shown."), field="listing"
        )


def _item(session: LiveSession, item_id: int) -> TrayItem:
    item = TrayItem.objects.filter(pk=item_id, session=session).first()
    if item is None:
        raise NotOfThisRoom(_("This product is not in this session's tray."), field="item")
    return item


def remove_item(*, session_id: int, version: int, item_id: int, actor: Any, at: datetime) -> None:
    """Take a product out of the tray, and its pin with it. Raises WrongState while its drop runs or once it had one."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        item = _item(session, item_id)
        if Drop.objects.filter(item=item, state=DropState.RUNNING).exists():
            raise WrongState(_("End its flash sale first."))
        if Drop.objects.filter(item=item).exists():
            raise WrongState(_("It had a flash sale in this session: it stays in the tray."))
        events: list[tuple[str, dict[str, Any]]] = [(EventKind.TRAY, {"removed": item.pk})]
        if session.pinned_id == item.pk:
            LiveSession.objects.filter(pk=session.pk).update(pinned=None)
            events.append((EventKind.UNPINNED, {}))
        item.delete()
        append(session_id=session.pk, events=events, at=at)
        pagecache.bump()


def move_item(*, session_id: int, version: int, item_id: int, to: int, actor: Any, at: datetime) -> None:
    """Move a product to place `to` of the tray, 0 being the first."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        _item(session, item_id)
        items = {item.pk: item for item in TrayItem.objects.filter(session=session)}
        order = moved(
            [item.pk for item in sorted(items.values(), key=lambda each: (each.position, each.pk))], item_id, to
        )
        for position, pk in enumerate(order):
            items[pk].position = position
        TrayItem.objects.bulk_update(items.values(), ["position"])
        append(session_id=session.pk, events=[(EventKind.TRAY, {"order": order})], at=at)
        pagecache.bump()


def pin(*, session_id: int, version: int, item_id: int, actor: Any, at: datetime) -> None:
    """Show a product of the tray as 讲解中; the one before goes. Raises NotOfThisRoom, or as `host_session`."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version, live=True)
        item = _item(session, item_id)
        _check_listing(session, item.listing_id)
        LiveSession.objects.filter(pk=session.pk).update(pinned=item)
        append(session_id=session.pk, events=[(EventKind.PINNED, {"item": item.pk})], at=at)
        pagecache.bump()


def unpin(*, session_id: int, version: int, actor: Any, at: datetime) -> None:
    """Show no product as 讲解中."""
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor, version=version)
        if session.pinned_id is not None:
            LiveSession.objects.filter(pk=session.pk).update(pinned=None)
            append(session_id=session.pk, events=[(EventKind.UNPINNED, {})], at=at)
            pagecache.bump()
