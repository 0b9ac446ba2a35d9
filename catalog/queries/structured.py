"""A product for search engines: schema.org data of its page."""

from typing import Any

from catalog.queries.products import Choice, ProductPage
from catalog.words import said
from shop.core.money import to_yuan


def product_data(page: ProductPage, address: str, site: str) -> dict[str, Any]:
    """Return the page's schema.org Product."""
    listing = page.listing
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": said(listing, "name"),
        "description": said(listing, "summary") or said(listing, "name"),
        "url": address,
        "image": [f"{site}{picture.src}" for picture in page.pictures],
        "brand": {"@type": "Organization", "name": said(listing.supplier, "name")},
        "offers": [
            {
                "@type": "Offer",
                "sku": str(choice.pk),
                "name": choice.text,
                "price": str(to_yuan(choice.price_fen)),
                "priceCurrency": "CNY",
                "availability": f"https://schema.org/{_availability(page, choice)}",
                "url": address,
            }
            for choice in page.choices
        ],
    }
    return data


def _availability(page: ProductPage, choice: Choice) -> str:
    return "InStock" if choice.can_buy and not page.waits else "OutOfStock"
