"""Purchases made, paid, shipped and received in one line, for tests."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from PIL import Image

from catalog.models import Listing
from shop.sales.models import AfterSale, LineFacts, OrderFacts, Purchase
from shop.sales.operations.aftersales import decide_after_sale
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, Extras, PlaceLine, ShipTo, place
from shop.sales.operations.receipts import confirm_receipt
from shop.sales.operations.returning import confirm_return, send_back
from shop.sales.operations.shipping import Parcel, ship_order
from shop.sales.pricing import Applied
from tests.factories import AT, make_division, spec_of

PHONE = "+8613800002046"


def buy(
    *wanted: tuple[Listing, int],
    key: str = "k1",
    user: Any = None,
    token: str = "",
    link: str = "",
    at: datetime = AT,
    **extras: Any,
) -> Purchase:
    """Place a purchase of (listing, pieces)."""
    make_division()
    specs = [(spec_of(listing), quantity) for listing, quantity in wanted]
    discounts: Mapping[int, int] = extras.pop("discounts", {})
    if discounts:
        extras["applied"] = [
            taken_off({spec.specification_id: discounts.get(spec.listing_id, 0) for spec, _n in specs})
        ]
    return place(
        actor=user,
        at=at,
        lines=[
            PlaceLine(spec, quantity, spec.price_fen, discount_fen=discounts.get(spec.listing_id, 0))
            for spec, quantity in specs
        ],
        buyer=Buyer(user=user, phone=PHONE, guest_token=token, link_token=link),
        ship_to=ShipTo("周敏", PHONE, "440106", "龙口西路 8 号 1202"),
        key=key,
        extras=Extras(**extras),
    )


def taken_off(parts: Mapping[int, int]) -> Applied:
    """Return an offer of the platform's that takes so many 分 off each specification."""
    everything = Range.objects.create(name=f"all {Range.objects.count()}", includes_all_products=True)
    offer = ConditionalOffer.objects.create(
        name=f"offer {ConditionalOffer.objects.count()}",
        condition=Condition.objects.create(range=everything, type=Condition.VALUE, value=0),
        benefit=Benefit.objects.create(range=everything, type=Benefit.FIXED, value=1),
    )
    return Applied(offer.pk, offer.name, None, 1, tuple((pk, fen) for pk, fen in parts.items() if fen))


def guest_cookie(*tokens: str) -> str:
    """Return the cookie of a guest's browser in which the purchases of `tokens` were placed."""
    return signing.Signer(salt="shop.sales.guest").sign(".".join(["m" * 43, *tokens]))


def pay(purchase: Purchase, at: datetime = AT) -> None:
    """Pay a purchase at the demo cashier."""
    payment, _ = start_payment(purchase=purchase, gateway_name="demo", at=at)
    capture_payment(payment_id=payment.pk, at=at)
    purchase.refresh_from_db()


def paid(*wanted: tuple[Listing, int], **facts: Any) -> OrderFacts:
    """Place and pay; return the first order."""
    purchase = buy(*wanted, **facts)
    pay(purchase, facts.get("at", AT))
    return OrderFacts.objects.filter(purchase=purchase).order_by("pk")[0]


def ship(
    order: OrderFacts, pieces: Mapping[int, int] | None = None, *, number: str = "SF1234567890123", asked: bool = False
) -> OrderFacts:
    """Send everything, or `pieces` by line id, in one parcel."""
    if pieces is None:
        pieces = {line.pk: line.ordered - line.cancelled - line.shipped for line in lines_of(order)}
    ship_order(order_id=order.pk, parcel=Parcel("sf", number, pieces, buyer_asked=asked), actor=None, at=AT)
    order.refresh_from_db()
    return order


def receive(order: OrderFacts, at: datetime = AT) -> OrderFacts:
    """Confirm the receipt."""
    confirm_receipt(order_id=order.pk, actor=None, at=at)
    order.refresh_from_db()
    return order


def lines_of(order: OrderFacts) -> list[LineFacts]:
    """Return an order's lines."""
    return list(LineFacts.objects.filter(order=order).order_by("pk"))


def come_back(case: AfterSale) -> None:
    """Have the supplier agree to a return, the goods go back, and the supplier confirm."""
    decide_after_sale(case_id=case.pk, approve=True, amount_fen=case.amount_fen, actor=None, at=AT)
    send_back(case_id=case.pk, carrier="sf", tracking_no="SF1234567890999", actor=None, at=AT)
    confirm_return(case_id=case.pk, actor=None, at=AT)


def photo(name: str = "photo.jpg") -> SimpleUploadedFile:
    """Return a small picture as a phone would send it."""
    data = io.BytesIO()
    Image.new("RGB", (320, 240), "#C2441A").save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")
