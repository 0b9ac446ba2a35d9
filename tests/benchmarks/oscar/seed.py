"""Fills the peer's empty, migrated database: `python -m peer.seed 10000`. Products spread over 40 categories."""

import sys
from decimal import Decimal
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402  # reason: after setup
from django.contrib.auth import get_user_model  # noqa: E402  # reason: after setup
from django.db import connection  # noqa: E402  # reason: after setup
from oscar.core.loading import get_model  # noqa: E402  # reason: after setup
from PIL import Image  # noqa: E402  # reason: after setup

PICTURE = "images/products/one.jpg"
ROOTS, LEAVES = 5, 8
BATCH = 5000


def seed(count: int) -> None:
    """Make the categories, one seller, one signed-in shopper and `count` products with plenty of stock."""
    for name in (PICTURE, "image_not_found.jpg"):
        file = Path(settings.MEDIA_ROOT) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (400, 400), (220, 227, 210)).save(file)
    get_model("address", "Country").objects.create(
        iso_3166_1_a2="CN", iso_3166_1_a3="CHN", printable_name="China", name="China", is_shipping_country=True
    )
    get_user_model().objects.create_user("shopper", "shopper@example.com", "orchard-2026")
    goods = get_model("catalogue", "ProductClass").objects.create(name="Produce", requires_shipping=True)
    seller = get_model("partner", "Partner").objects.create(name="Cooperative", code="cooperative")
    category = get_model("catalogue", "Category")
    leaves = []
    for root in range(ROOTS):
        parent = category.add_root(name=f"Produce {root}").pk
        names = (f"Produce {root} kind {leaf}" for leaf in range(LEAVES))
        leaves.extend(category.objects.get(pk=parent).add_child(name=name).pk for name in names)
    for start in range(0, count, BATCH):
        _products(range(start, min(count, start + BATCH)), goods, seller, leaves)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _products(numbers: range, goods: object, seller: object, leaves: list[int]) -> None:
    product = get_model("catalogue", "Product")
    made = product.objects.bulk_create(
        product(
            structure="standalone",
            title=f"Village pomelo {number:06d}",
            slug=f"village-pomelo-{number:06d}",
            upc=f"SKU{number:06d}",
            description="Picked in the village, packed by the cooperative, sent within two days. " * 5,
            product_class=goods,
            is_public=True,
        )
        for number in numbers
    )
    in_category = get_model("catalogue", "ProductCategory")
    in_category.objects.bulk_create(
        in_category(product_id=one.pk, category_id=leaves[number % len(leaves)])
        for number, one in zip(numbers, made, strict=True)
    )
    record = get_model("partner", "StockRecord")
    record.objects.bulk_create(
        record(
            product_id=one.pk,
            partner=seller,
            partner_sku=one.upc,
            price_currency="CNY",
            price=Decimal(500 + number * 37 % 9500) / 100,
            num_in_stock=1_000_000,
        )
        for number, one in zip(numbers, made, strict=True)
    )
    picture = get_model("catalogue", "ProductImage")
    picture.objects.bulk_create(picture(product_id=one.pk, original=PICTURE, display_order=0) for one in made)


seed(int(sys.argv[1]))
