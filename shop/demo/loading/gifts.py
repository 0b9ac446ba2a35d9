"""Beneficiaries, their needs, and gifts on their way: placed, paid, sent and confirmed by the operations themselves."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from catalog.models import Specification
from catalog.queries import SpecForSale, specifications_for_sale
from procurement.models import Need, Pledge
from procurement.operations.pledging import Asked, give, publish_need
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from shop.accounts.models import Membership, Organisation, User
from shop.demo.loading.people import People
from shop.demo.loading.photos import make_photo
from shop.demo.loading.sellers import credit_code
from shop.demo.loading.weighing import weights_of
from shop.demo.world import pair, read
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.shipping import Parcel, ship_order

# need, who gives (a login, or the number of a consumer), pieces of each line, how far it came, days ago
GIFTS = (
    ("warm-breakfast", "donor", (14, 10, 12), "confirmed", 19),
    ("warm-breakfast", 3, (0, 4, 6), "confirmed", 15),
    ("night-nurses", "donor", (12, 4), "confirmed", 12),
    ("new-year-table", 7, (0, 6, 8), "shipped", 3),
    ("kitchen-oil", "donor", (12,), "shipped", 2),
    ("ward-tea", 5, (3,), "paid", 1),
    ("soft-fruit", "donor", (10,), "unpaid", 0),
)
WORDS = {
    "warm-breakfast": ("米和鸡蛋都到了，早餐桌上见。", "孩子们说橙子很甜。", "这周的早餐有着落了。"),
    "night-nurses": ("护士站收到了，谢谢。", "夜班有热茶喝了。"),
}


def load_gifts(*, people: People, pictures: dict[str, Any], at: datetime) -> int:
    """Load beneficiaries and needs and let donors give; return how many needs there are."""
    world = read("needs")
    organisations = _beneficiaries(world["beneficiary"], people)
    rows = {row["key"]: row for row in world["beneficiary"]}
    needs: dict[str, Need] = {}
    for number, row in enumerate(world["need"]):
        title_zh, title_en = pair(row["title"])
        where = rows[row["beneficiary"]]
        organisation, member = organisations[row["beneficiary"]]
        specs = _wanted(row["wants"], number)
        needs[row["slug"]] = publish_need(
            beneficiary=organisation,
            asked=Asked(
                title_zh=title_zh,
                title_en=title_en,
                text_zh=row["text_zh"].strip(),
                text_en=row["text_en"].strip(),
                until=(at + timedelta(days=row["days"])).date(),
                lines={spec.specification_id: wanted for spec, wanted in specs},
                ship_name=where["contact"],
                ship_phone=f"+86199{20290000 + number:08d}",
                division_code=where["county"],
                street=where["street"],
                people=row["people"],
                picture_key=specs[0][0].picture_key,
            ),
            actor=member,
            at=at - timedelta(days=25 - number),
            slug=row["slug"],
        )
    words = {slug: iter(lines) for slug, lines in WORDS.items()}
    names = {picture.key: name for name, picture in pictures.items()}
    parcels = count(1)
    for number, (slug, who, pieces, ending, days) in enumerate(GIFTS):
        donor = people.by_login[who] if isinstance(who, str) else people.consumers[who]
        pledge = _give(needs[slug], donor, pieces, at - timedelta(days=days, hours=2), number)
        _live(pledge, ending, words.get(slug, iter(())), parcels, names, at - timedelta(days=days, minutes=110))
    return len(needs)


def _beneficiaries(rows: list[dict[str, Any]], people: People) -> dict[str, tuple[Organisation, User]]:
    password = people.by_login["donor"].password
    found = {}
    for number, row in enumerate(rows):
        name_zh, name_en = pair(row["name"])
        organisation = Organisation.objects.create(
            kind=Organisation.Kind.BENEFICIARY,
            name_zh=name_zh,
            name_en=name_en,
            credit_code=credit_code(row["county"], 800 + number),
            division_id=row["county"],
        )
        user = User.objects.create(
            email=f"beneficiary-{row['key']}@demo.heqiao.example",
            phone=f"+86199{20295000 + number:08d}",
            phone_verified=True,
            name=row["contact"],
            password=password,
        )
        Membership.objects.create(user=user, organisation=organisation, role=Membership.Role.OWNER)
        found[row["key"]] = (organisation, user)
    return found


def _wanted(wants: list[list[Any]], number: int) -> list[tuple[SpecForSale, int]]:
    """Return the first specification of a listing of each category that is wanted, another one for each need."""
    found = []
    for category, wanted in wants:
        ids = Specification.objects.filter(
            position=0, listing__category__slug=category, listing__is_preorder=False, listing__purchase_limit=None
        ).order_by("listing_id")
        specs = [
            spec
            for spec in specifications_for_sale(ids.values_list("pk", flat=True)).values()
            if spec.is_sellable and not spec.is_preorder and spec.available > 20 and not spec.certificate_id
        ]
        if specs:
            found.append((specs[number % len(specs)], wanted))
    return found


def _give(need: Need, donor: User, pieces: tuple[int, ...], when: datetime, number: int) -> Pledge:
    lines = list(need.lines.order_by("pk").values_list("specification_id", flat=True))
    return give(
        need_id=need.pk,
        pieces={pk: count_ for pk, count_ in zip(lines, pieces, strict=False) if count_},
        donor=donor,
        donor_name="广州启明灯具有限公司" if "donor" in (donor.email or "") else donor.name[:1] + "先生",
        message="愿你们冬天暖和。" if number % 2 == 0 else "",
        key=f"demo-{number}",
        at=when,
    )


def _live(pledge: Pledge, ending: str, words: Any, parcels: Any, names: dict[str, str], when: datetime) -> None:
    if ending == "unpaid":
        return
    payment, _started = start_payment(purchase=pledge.purchase, gateway_name="demo", at=when)
    capture_payment(payment_id=payment.pk, at=when)
    if ending == "paid":
        return
    for order in pledge.purchase.orders.order_by("pk"):
        sent = when + timedelta(hours=20)
        pieces = {line.pk: line.ordered for line in order.lines.all()}
        parcel = Parcel("sf", f"SF88{next(parcels):011d}", pieces, weights_of(order.lines.all()))
        ship_order(order_id=order.pk, parcel=parcel, actor=None, at=sent)
        if ending == "confirmed":
            arrived = sent + timedelta(days=3)
            photo = make_photo(names[order.lines.all()[0].picture_key], order.pk)
            token = make_link(order_id=order.pk, at=arrived)
            confirm_by_link(token=token, photo=photo, arrived=Arrived(next(words, "")), at=arrived)
