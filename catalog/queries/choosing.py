"""What the sheet of 规格 needs to follow the choice without asking the server."""

from typing import Any

from django.utils.translation import gettext as _

from catalog.pictures import picture_url
from catalog.queries.products import ProductPage
from shop.core.templatetags.heqiao import price_markup


def spec_data(page: ProductPage) -> dict[str, Any]:
    """Return the choices of a product with their prices, pieces left and words, as plain JSON values."""
    listing = page.listing
    limit = listing.purchase_limit
    return {
        "axes": [axis["name"] for axis in page.axes],
        "chosen": page.chosen.pk,
        "waits": page.waits,
        "limit": limit,
        "choices": [
            {
                "id": choice.pk,
                "labels": choice.labels,
                "text": choice.text,
                "price": price_markup(choice.price_fen, "price-l"),
                "unit": choice.unit_price,
                "left": choice.available,
                "most": min(choice.available, limit) if limit else choice.available,
                "net": choice.net,
                "picture": picture_url(choice.picture.key, 240) if choice.picture else "",
            }
            for choice in page.choices
        ],
        "words": {
            "left": _("{n} left"),
            "soldOut": _("sold out"),
            "chosen": _("Chosen: {text}"),
            "missing": _("There is no {value} with {other}. It comes with: {with}."),
            "gone": _("{value} is sold out with {other}. In stock with: {with}."),
            "goneAlone": _("{value} is sold out."),
        },
    }
