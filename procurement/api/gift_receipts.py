"""Receipts of gifts by their link, and certificates by their number."""

from typing import Annotated, Any

from django.conf import settings
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_noop
from pydantic import Field

from procurement.api.gifts import GiftRecalled, area, show_recalled
from procurement.operations.receiving import Arrived, confirm_by_link, link_of, renew_link
from procurement.queries import gifts as queries
from procurement.queries.given import GiftState, confirmed_orders, gift_state, sent_of, standing_fen
from procurement.texts import donor_of, name_of, title_of, words
from shop.core.acting import by
from shop.core.api import Answer, AsItIs, Body, Id, Moment, Priced, once, yuan
from shop.core.api.pictures import decoded
from shop.core.api.routing import ApiRequest, Key
from shop.core.numbered import typed_number


class LinkOut(Answer):
    token: str
    url: str


@area.writes(
    "/gifts/received/{int:order_id}/link",
    LinkOut,
    scope="pledges:write",
    key=Key.NONE,
    summary=gettext_noop("A new link to confirm a receipt; those before stop working"),
)
def renew_receipt_link(request: ApiRequest, order_id: int) -> dict[str, Any]:
    allowed = {each.pk for pledge in queries.gifts_to(request.user) for each in pledge.purchase.orders.all()}
    if order_id not in allowed:
        raise Http404
    token = renew_link(order_id=order_id, **by(request))
    return {"token": token, "url": f"{settings.SITE_URL}/pledges/receipt/{token}/"}


class ReceiptLine(Answer):
    line_id: int
    name: str
    specification: str
    quantity: int


class ReceiptOut(Answer):
    donor: str
    message: str
    need_title: str
    lines: list[ReceiptLine]


@area.reads("/receipts/{token}", ReceiptOut, summary=gettext_noop("What a receipt link confirms"))
def get_receipt(request: ApiRequest, token: str) -> dict[str, Any]:
    link = link_of(token=token, at=timezone.now())
    gift = queries.gift_of_order(link.order_id)
    return {
        "donor": donor_of(gift),
        "message": gift.words,
        "need_title": title_of(gift),
        "lines": [
            {
                "line_id": line.pk,
                "name": words(line.name_zh, line.name_en),
                "specification": words(line.spec_zh, line.spec_en),
                "quantity": sent_of(line),
            }
            for line in link.order.lines.all()
            if sent_of(line)
        ],
    }


class ArrivedLine(Body):
    line_id: Id
    quantity: int = Field(ge=0, le=999_999)


class ReceiptIn(Body):
    photo: AsItIs = Field(
        min_length=1,
        max_length=2_400_000,
        description=gettext_noop("A picture of what arrived, as base64."),
        examples=["/9j/4AAQ…"],
    )
    message: str = Field("", max_length=200)
    accepted: Annotated[list[ArrivedLine], once("line_id")] = Field(
        [],
        max_length=200,
        description=gettext_noop("Lines of which less arrived well: what is left out arrived whole."),
    )
    fault: str = Field("", max_length=200, description=gettext_noop("What was missing or damaged; with `accepted`."))


@area.writes(
    "/receipts/{token}",
    None,
    scope=None,
    summary=gettext_noop("Confirm a receipt by its link, with a photo; it works once"),
)
def confirm_receipt_link(request: ApiRequest, token: str, body: ReceiptIn) -> None:
    (photo,) = decoded([body.photo], "photo")
    arrived = Arrived(body.message, {each.line_id: each.quantity for each in body.accepted}, body.fault)
    confirm_by_link(token=token, photo=photo, arrived=arrived, at=timezone.now())


class CertifiedGift(Priced):
    code: str
    is_valid: bool = Field(description=gettext_noop("Whether the beneficiary confirmed anything that still stands."))
    state: GiftState
    donor: str
    beneficiary: str
    confirmed: str = Field(
        description=gettext_noop("What of it the beneficiary confirmed, and the certificate is about.")
    )
    total: str = Field(description=gettext_noop("What stands of the whole gift."))
    confirmed_at: list[Moment]
    recalled: list[GiftRecalled] = Field(description=gettext_noop("Sent from a lot that a test failed since."))


@area.reads("/gifts/certificates/{code}", CertifiedGift, summary=gettext_noop("Verify the certificate of a gift"))
def verify_gift(request: ApiRequest, code: str) -> dict[str, Any]:
    pledge = queries.certificate(typed_number(code))
    if pledge is None:
        raise Http404
    receipts = {each.order_id: each for each in pledge.receipts.all()}
    orders = confirmed_orders(pledge)
    return {
        "code": pledge.certificate_code,
        "is_valid": bool(orders),
        "state": gift_state(pledge),
        "donor": donor_of(pledge),
        "beneficiary": name_of(pledge.beneficiary),
        "confirmed": yuan(sum(order.left_fen for order in orders)),
        "total": yuan(standing_fen(pledge.purchase.orders.all())),
        "confirmed_at": [receipts[order.pk].at for order in orders],
        "recalled": show_recalled(pledge.recalled),
    }
