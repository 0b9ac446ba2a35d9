"""Who sells a supplier's goods live at less than its price asks it before: its floor, and what it is asked.

What a supplier is asked, and what it says, are entries of the audit trail on the specification: a floor that is set,
also to what it was, answers all that was asked before.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog import message_kinds  # noqa: F401  reason: registers the words of these messages
from catalog.errors import UnknownListing
from catalog.models import Specification
from catalog.queries import supplier_member_ids
from catalog.queries.floors import ASKED, SET, asks_of
from catalog.queries.trade import suppliers_of
from catalog.rules.floors import lowest_live
from shop.accounts.operations.messages import tell
from shop.core import audit
from shop.core.errors import InvalidInput, NotAllowed


def hold_live_floor(specification_id: int) -> int | None:
    """Lock a specification until the transaction ends, so that price and floor stay; return its floor in 分."""
    rows = Specification.objects.select_for_update(no_key=True).filter(pk=specification_id)
    return rows.values_list("live_floor_fen", flat=True).first()


def set_live_floor(*, supplier_id: int, specification_id: int, floor_fen: int | None, actor: Any, at: datetime) -> None:
    """Say down to which price in 分 hosts of others may sell a specification live; None: at the shop's price only.

    It answers whoever asked. A drop that runs keeps its price. Raises NotAllowed for who does not act for the
    supplier, UnknownListing for another supplier's, InvalidInput (field `floor`). Locks: the specification.
    """
    if supplier_id not in {each.pk for each in suppliers_of(actor)}:
        raise NotAllowed(_("Only the supplier says how low others may sell its products."))
    with transaction.atomic():
        hold_live_floor(specification_id)
        spec = (
            Specification.objects.select_related("listing__supplier")
            .filter(pk=specification_id, listing__supplier_id=supplier_id)
            .first()
        )
        if spec is None:
            raise UnknownListing(_("There is no such product."))
        if floor_fen is not None and not 0 < floor_fen < spec.price_fen:
            raise InvalidInput(
                _("Enter less than the shop's price; empty means that nobody else sells it for less."), field="floor"
            )
        asked = asks_of([specification_id]).get(specification_id, [])
        Specification.objects.filter(pk=specification_id).update(live_floor_fen=floor_fen)
        entry = audit.record(
            action=SET, object_kind="specification", object_id=specification_id, actor=actor, at=at,
            floor_fen=floor_fen, before_fen=spec.live_floor_fen,
        )  # fmt: skip
        params = {
            **_names(spec),
            "supplier_zh": spec.listing.supplier.name_zh,
            "supplier_en": spec.listing.supplier.name_en,
            "lowest_fen": lowest_live(list_fen=spec.price_fen, floor_fen=floor_fen),
        }
        # Who asked several times is told once, of the price asked last.
        for user_id, wished in {each.actor_id: each.data["price_fen"] for each in asked if each.actor_id}.items():
            tell(
                user_id=user_id, kind="live_price_answered", params={**params, "wished_fen": wished},
                url="/live/console/", key=f"live_price_answered:{entry.pk}:{user_id}", at=at,
            )  # fmt: skip


def ask_live_floor(*, specification_id: int, price_fen: int, room: tuple[str, str], actor: Any, at: datetime) -> None:
    """Ask a supplier to let others sell a specification live at `price_fen`, in the `room` of this name.

    What the same person asked already, and nobody answered, is not asked again. Raises InvalidInput (field `price`)
    for a price that is none below the shop's, or that the supplier allows already. Locks: the specification.
    """
    with transaction.atomic():
        hold_live_floor(specification_id)
        spec = Specification.objects.select_related("listing").get(pk=specification_id)
        if not 0 < price_fen < spec.price_fen:
            raise InvalidInput(_("The flash price is above nothing and below the shop's price."), field="price")
        lowest = lowest_live(list_fen=spec.price_fen, floor_fen=spec.live_floor_fen)
        if price_fen >= lowest:
            raise InvalidInput(_("The supplier allows this price already."), field="price")
        for each in asks_of([specification_id]).get(specification_id, []):
            if (each.actor_id, each.data["price_fen"]) == (actor.pk, price_fen):
                return
        entry = audit.record(
            action=ASKED, object_kind="specification", object_id=specification_id, actor=actor, at=at,
            price_fen=price_fen, room_zh=room[0], room_en=room[1],
        )  # fmt: skip
        params = {
            **_names(spec), "room_zh": room[0], "room_en": room[1], "price_fen": price_fen, "lowest_fen": lowest,
        }  # fmt: skip
        for user_id in supplier_member_ids(spec.listing.supplier_id):
            tell(
                user_id=user_id, kind="live_price_asked", params=params,
                url=f"/seller/goods/{specification_id}/stock/#live-floor",
                key=f"live_price_asked:{entry.pk}:{user_id}", at=at,
            )  # fmt: skip


def _names(spec: Specification) -> dict[str, str]:
    return {
        "name_zh": f"{spec.listing.name_zh} {spec.text_zh}",
        "name_en": f"{spec.listing.name_en or spec.listing.name_zh} {spec.text_en or spec.text_zh}",
    }
