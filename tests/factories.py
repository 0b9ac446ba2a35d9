"""Small worlds for tests, made as the project's own code makes them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from oscar.apps.catalogue.models import Category, Product, ProductClass
from oscar.apps.partner.models import Partner, StockRecord

from catalog.models import (
    Certificate,
    FreightRule,
    FreightTemplate,
    Listing,
    ListingPicture,
    Picture,
    Specification,
    Stock,
    Supplier,
    Village,
)
from catalog.operations.output import record_certificate
from catalog.queries import SpecForSale, specifications_for_sale
from catalog.states import ListingState
from shop.accounts.models import Address, Membership, Organisation, User
from shop.core.models import Division
from shop.core.money import to_yuan

AT = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
_numbers = count(1)


def make_division(code: str = "440106", name: str = "天河区") -> Division:
    """Make a county with its province and prefecture."""
    names = {2: "广东省", 4: "广州市", 6: name}
    parent = None
    for length in (2, 4, 6):
        part = code[:length]
        parent, _ = Division.objects.get_or_create(
            code=part,
            defaults={
                "parent": parent,
                "level": length // 2,
                "name_zh": names[length],
                "name_en": f"Division {part}",
                "full_name_zh": "".join(names[each] for each in range(2, length + 1, 2)),
            },
        )
    assert parent is not None
    return parent


def make_user(email: str | None = None, **fields: Any) -> User:
    """Make a person with the password `orchard-2026`."""
    email = email if email or "phone" in fields else f"person{next(_numbers)}@example.com"
    return User.objects.create_user(email, "orchard-2026", **fields)


def make_address(user: User, *, is_default: bool = True) -> Address:
    """Make an address in 天河区."""
    return Address.objects.create(
        user=user,
        name="周敏",
        phone="13800002046",
        division=make_division(),
        street="龙口西路 8 号 1202",
        is_default=is_default,
    )


def make_category(name: str = "应季鲜果", parent: Category | None = None) -> Category:
    """Make a category, at the top or under `parent`."""
    slug = f"c{next(_numbers)}"
    return parent.add_child(name=name, slug=slug) if parent else Category.add_root(name=name, slug=slug)


def make_village(name: str = "松源村", **fields: Any) -> Village:
    """Make a village in 梅县."""
    values = {
        "slug": f"village-{next(_numbers)}",
        "county": make_division("441403", "梅县区"),
        "name_zh": name,
        "name_en": "Songyuan",
        "specialty_zh": "金柚",
        "specialty_en": "Pomelo",
    }
    return Village.objects.create(**(values | fields))


def make_supplier(name: str = "梅县松源青禾合作社", *, member: User | None = None, **fields: Any) -> Supplier:
    """Make a cooperative, with `member` as its owner when given."""
    number = next(_numbers)
    organisation = Organisation.objects.create(kind=Organisation.Kind.SUPPLIER, name_zh=name)
    if member is not None:
        Membership.objects.create(user=member, organisation=organisation, role=Membership.Role.OWNER)
    values = {
        "organisation": organisation,
        "partner": Partner.objects.create(name=name, code=f"supplier-{number}"),
        "slug": f"supplier-{number}",
        "name_zh": name,
        "name_en": f"Cooperative {number}",
        "county": make_division("441403", "梅县区"),
    }
    return Supplier.objects.create(**(values | fields))


def make_freight(supplier: Supplier, *rules: dict[str, Any], free_over_fen: int | None = None) -> FreightTemplate:
    """Give a supplier a freight template: everywhere 6 元 for the first kg and 2 元 for each further, or `rules`."""
    template = FreightTemplate.objects.create(supplier=supplier, name="标准", free_over_fen=free_over_fen)
    for rule in rules or ({"storage_class": "ambient", "first_fen": 600, "step_fen": 200},):
        FreightRule.objects.create(template=template, **rule)
    Supplier.objects.filter(pk=supplier.pk).update(freight_template=template)
    supplier.freight_template = template
    return template


def make_listing(
    name: str = "梅县金柚 2 个装",
    *,
    supplier: Supplier | None = None,
    price_fen: int = 3280,
    stock: int = 50,
    specs: Sequence[dict[str, Any]] = (),
    category: Category | None = None,
    **fields: Any,
) -> Listing:
    """Make a live listing; `specs` gives several specifications ({labels, price_fen, stock, …}), else there is one."""
    supplier = supplier or make_supplier()
    product_class, _ = ProductClass.objects.get_or_create(name="农产品", defaults={"track_stock": False})
    several = len(specs) > 1
    product = Product.objects.create(
        structure=Product.PARENT if several else Product.STANDALONE, product_class=product_class, title=name
    )
    values = {
        "product": product,
        "supplier": supplier,
        "county": supplier.county,
        "category": category or make_category(),
        "slug": f"listing-{next(_numbers)}",
        "state": ListingState.LIVE,
        "name_zh": name,
        "name_en": "Meixian pomelo, 2 pieces",
        "published_at": AT,
    }
    listing = Listing.objects.create(**(values | fields))
    for position, given in enumerate(specs or ({},)):
        _make_spec(listing, product, position, several, {"price_fen": price_fen, "stock": stock} | given)
    return listing


def _make_spec(listing: Listing, parent: Product, position: int, several: bool, given: dict[str, Any]) -> None:
    pieces = given.pop("stock")
    child = Product.objects.create(structure=Product.CHILD, parent=parent, title=listing.name_zh) if several else parent
    record = StockRecord.objects.create(
        product=child,
        partner=listing.supplier.partner,
        partner_sku=f"SKU{next(_numbers):06d}",
        price=to_yuan(given["price_fen"]),
        price_currency="CNY",
    )
    values = {
        "text_zh": "约 5 斤 · 一级",
        "text_en": "about 2.5 kg, grade 1",
        "net_grams": 2500,
        "gross_grams": 2800,
        "position": position,
    }
    Specification.objects.create(listing=listing, product=child, stockrecord=record, **(values | given))
    Stock.objects.create(stockrecord=record, on_hand=pieces)


def spec_of(listing: Listing, position: int = 0) -> SpecForSale:
    """Return a listing's specification as the sales code sees it now."""
    pk = listing.specifications.order_by("position").values_list("pk", flat=True)[position]
    return specifications_for_sale([pk])[pk]


def make_picture(**fields: Any) -> Picture:
    """Make a picture's row, without files."""
    number = next(_numbers)
    values = {
        "key": f"p/00/{number:08d}",
        "sha256": f"{number:064x}",
        "width": 960,
        "height": 960,
        "widths": [240, 480, 960],
        "alt_zh": "金柚",
        "alt_en": "Pomelo",
    }
    return Picture.objects.create(**(values | fields))


def add_picture(listing: Listing, **fields: Any) -> Picture:
    """Give a listing one more picture, after those it has."""
    picture = make_picture(**fields)
    ListingPicture.objects.create(listing=listing, picture=picture, position=listing.pictures.count())
    return picture


def make_certificate(*listings: Listing, **fields: Any) -> Certificate:
    """Make a certificate of this year for listings of one supplier."""
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "kind": "green",
        "number": f"LB-{number:06d}",
        "issuer_zh": "中国绿色食品发展中心",
        "holder": listings[0].supplier if listings else make_supplier(),
        "scope_zh": "金柚",
        "area_mu": 120,
        "valid_from": AT.date().replace(month=1, day=1),
        "valid_until": AT.date().replace(year=AT.year + 9, month=12, day=31),
    }
    return record_certificate(actor=None, at=AT, listings=listings, **(defaults | fields))
