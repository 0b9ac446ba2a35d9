"""Buying the same once more."""

from dataclasses import dataclass, field
from datetime import datetime

from oscar.apps.basket.models import Basket

from shop.core.errors import DomainError
from shop.sales.models import LineFacts
from shop.sales.operations import baskets
from shop.sales.texts import in_reader_language


@dataclass
class Repeated:
    """What went into the basket, and what could not, with the reason, in the reader's language."""

    added: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def buy_again(*, order_id: int, basket: Basket, at: datetime) -> Repeated:
    """Put into `basket` what an order held and is still sold; what is not is named with its reason."""
    result = Repeated()
    for line in LineFacts.objects.filter(order_id=order_id).order_by("pk"):
        name = in_reader_language(line.name_zh, line.name_en)
        try:
            baskets.add(basket=basket, specification_id=line.specification_id, quantity=line.ordered, at=at)
        except DomainError as refusal:
            result.refused.append((name, str(refusal.message)))
        else:
            result.added.append(name)
    return result
