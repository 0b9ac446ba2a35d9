"""Whose price a flash sale is: others stay at the supplier's floor, ask it for less, and it is told what is sold."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.operations.floors import ask_live_floor
from catalog.queries import SpecForSale, said, specifications_for_sale, supplier_member_ids
from catalog.queries.trade import suppliers_of
from catalog.rules.floors import lowest_live
from livestream import message_kinds  # noqa: F401  reason: registers the words of these messages
from livestream.errors import BelowFloor, NotOfThisRoom
from livestream.models import Drop, LiveSession, TrayItem
from livestream.operations.hosting import host_session
from shop.accounts.operations.messages import tell
from shop.core.errors import InvalidInput
from shop.core.money import in_yuan, to_yuan


def check_floor(spec: SpecForSale, *, price_fen: int, floor_fen: int | None, actor: Any) -> None:
    """Let only who acts for the product's supplier sell it below its floor. Raises BelowFloor. One query at most."""
    lowest = lowest_live(list_fen=spec.price_fen, floor_fen=floor_fen)
    if price_fen >= lowest or acts_for(actor, spec.supplier_id):
        return
    facts = {"supplier": said(spec, "supplier_name"), "lowest": in_yuan(lowest)}
    if lowest == spec.price_fen:
        words = _("%(supplier)s bears what is taken off, and lets nobody sell this below %(lowest)s. Ask it first.")
    else:
        words = _(
            "%(supplier)s bears what is taken off, and lets others sell this at %(lowest)s or more. Ask it first."
        )
    raise BelowFloor(words % facts, field="price", lowest=str(to_yuan(lowest)), supplier=spec.supplier_slug)


def acts_for(actor: Any, supplier_id: int) -> bool:
    """Tell whether a host acts for the supplier of a product. One query."""
    return supplier_id in {each.pk for each in suppliers_of(actor)}


def ask_price(
    *, session_id: int, item_id: int, specification_id: int, price_fen: int, actor: Any, at: datetime
) -> None:
    """Ask the supplier of a product in the tray to let it be sold at `price_fen` in this session.

    Raises NotOfThisRoom, InvalidInput on `price`, or as `host_session`. Locks: session, specification.
    """
    with transaction.atomic():
        session = host_session(session_id=session_id, actor=actor)
        item = TrayItem.objects.filter(pk=item_id, session=session).first()
        spec = specifications_for_sale([specification_id]).get(specification_id)
        if item is None or spec is None or spec.listing_id != item.listing_id:
            raise NotOfThisRoom(_("This product is not in this session's tray."), field="item")
        if acts_for(actor, spec.supplier_id):
            raise InvalidInput(_("This is your own product: you set the price yourself."), field="price")
        ask_live_floor(
            specification_id=specification_id, price_fen=price_fen, actor=actor, at=at,
            room=(session.room.title_zh, session.room.title_en or session.room.title_zh),
        )  # fmt: skip


def tell_supplier(drop: Drop, session: LiveSession, spec: SpecForSale, *, actor: Any, at: datetime) -> None:
    """Tell whoever acts for the supplier, but for who started it, that its goods are in a flash sale."""
    params = {
        "name_zh": f"{spec.name_zh} {spec.spec_zh}",
        "name_en": f"{spec.name_en or spec.name_zh} {spec.spec_en or spec.spec_zh}",
        "room_zh": session.room.title_zh,
        "room_en": session.room.title_en or session.room.title_zh,
        "price_fen": drop.price_fen,
        "cut_fen": spec.price_fen - drop.price_fen,
        "pieces": drop.pieces,
    }
    for user_id in supplier_member_ids(spec.supplier_id):
        if user_id != actor.pk:
            tell(
                user_id=user_id, kind="live_drop_started", params=params, url="/seller/",
                key=f"live_drop_started:{drop.pk}:{user_id}", at=at,
            )  # fmt: skip
