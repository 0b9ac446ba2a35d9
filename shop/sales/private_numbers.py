"""The recipient's phone as its supplier may see it: whole while the parcel is packed, then a private number or a mask.

Number and phone together find an order, so a supplier keeps neither longer than the label needs it. Who gives out
private numbers (隐私号) is a setting, PRIVATE_NUMBERS; without one the phone is masked.
"""

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from shop.core.codes import national_phone
from shop.core.masking import mask_phone
from shop.sales.models import OrderFacts
from shop.sales.states import OrderState


class Numbers(Protocol):
    """Gives out numbers that ring at somebody's phone for a while, and say nothing of it."""

    def number_for(self, *, order_number: str, phone: str) -> str:
        """Return the private number of an order's phone (E.164), the same each time; "" where there is none."""


class Masked:
    """Gives out none: the phone is masked."""

    def number_for(self, *, order_number: str, phone: str) -> str:
        """Return nothing."""
        return ""


def phone_for_supplier(order: OrderFacts) -> str:
    """Return the recipient's phone as the supplier of an order may see it now, on pages, papers and in the API."""
    phone = order.purchase.ship_phone
    if order.state == OrderState.TO_SHIP:
        return national_phone(phone)
    numbers: Numbers = import_string(settings.PRIVATE_NUMBERS)()
    private = ""
    if order.state == OrderState.SHIPPED:
        private = numbers.number_for(order_number=order.order.number, phone=phone)
    return private or mask_phone(phone)
