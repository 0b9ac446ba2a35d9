"""Twenty-two lots with their histories: recorded as their cooperatives would, before the orders they go into."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from catalog.models import Listing, Supplier
from shop.accounts.models import User
from traceability.models import ProduceLot, ProductionBase
from traceability.operations.mixing import mix_lots
from traceability.operations.places import Spot, add_base
from traceability.operations.quality import LabReport, record_test
from traceability.operations.recording import record_harvest, record_packing
from traceability.states import Grade, TestKind


@dataclass(frozen=True)
class Base:
    """Where a supplier grows: name, place, point, metres above the sea, plots with tenths of a 亩. Invented."""

    name: tuple[str, str]
    place: tuple[str, str]
    spot: tuple[str, str]
    altitude: int
    contact: str
    plots: tuple[tuple[str, str, int], ...]


BASES = {
    "songyuan": Base(
        ("松源金柚基地", "Songyuan pomelo orchard"), ("广东省梅州市梅县区松源镇", "Songyuan, Meixian"),
        ("24.7102", "116.3655"), 420, "0753-2860123", (("3 号坡地", "Slope 3", 380), ("1 号坡地", "Slope 1", 260)),
    ),
    "leibo-jinjiang": Base(
        ("金江脐橙基地", "Jinjiang orange terraces"), ("四川省凉山州雷波县金沙镇", "Jinsha, Leibo"),
        ("28.1630", "103.6120"), 780, "0834-8820456", (("江边台地", "River terrace", 520),),
    ),
    "xiyan": Base(
        ("西岩柚园", "Xiyan pomelo garden"), ("广东省梅州市大埔县枫朗镇", "Fenglang, Dabu"),
        ("24.3050", "116.7280"), 510, "0753-5520789", (("东坡", "East slope", 310),),
    ),
    "futang": Base(
        ("福堂稻田", "Futang paddies"), ("广东省清远市连山县福堂镇", "Futang, Lianshan"),
        ("24.4720", "112.0710"), 260, "0763-8730214", (("大垌田", "Great paddy", 860), ("水口田", "Spring paddy", 240)),
    ),
    "yunya": Base(
        ("云崖茶园", "Yunya tea garden"), ("广东省清远市英德市横石塘镇", "Hengshitang, Yingde"),
        ("24.3380", "113.5120"), 350, "0763-2610357", (("老茶坡", "Old tea slope", 420),),
    ),
    "dongbei": Base(
        ("东陂腊味作坊", "Dongbei smokehouse"), ("广东省清远市连州市东陂镇", "Dongbei, Lianzhou"),
        ("24.9650", "112.3440"), 180, "0763-6760518", (("晒场", "Drying yard", 30),),
    ),
    "xueshan": Base(
        ("雪山洋芋基地", "Xueshan potato fields"), ("贵州省毕节市威宁县雪山镇", "Xueshan, Weining"),
        ("27.0620", "104.1130"), 2310, "0857-6220619", (("北坡", "North slope", 1200),),
    ),
    "lugu": Base(
        ("泸沽苹果园", "Lugu apple orchard"), ("四川省凉山州盐源县泸沽湖镇", "Luguhu, Yanyuan"),
        ("27.6480", "101.0260"), 2560, "0834-6360728", (("湖坡", "Lake slope", 450),),
    ),
    "puxiong": Base(
        ("普雄苹果园", "Puxiong apple orchard"), ("四川省凉山州越西县普雄镇", "Puxiong, Yuexi"),
        ("28.6390", "102.6130"), 1890, "0834-7610837", (("向阳坡", "Sunny slope", 360),),
    ),
}  # fmt: skip
LISTINGS = (
    "meixian-golden-pomelo", "songyuan-navel-orange", "leibo-navel-orange", "dabu-red-honey-pomelo",
    "lianshan-simiao-rice", "yingde-yinghong-9", "dongbei-cured-sausage", "weining-yellow-potato",
    "yanyuan-ugly-apple", "yuexi-crisp-apple",
)  # fmt: skip
REPORTS = (
    ("农药残留 4 项", "均未检出", "GB 23200.121-2021"),
    ("铅、镉", "低于限量", "GB 5009.268-2016"),
    ("农药残留 22 项", "均未检出", "GB 23200.113-2018"),
)
FIRST_TONNES, SECOND_TONNES = 14, 9
OLDEST_DAYS = 40


def load_lots(
    *, suppliers: dict[str, Supplier], listings: dict[str, Listing], members: dict[int, User], at: datetime
) -> int:
    """Record two lots of each of ten products, one that is held and one that is mixed; return how many there are."""
    bases: dict[int, ProductionBase] = {}
    plan = []
    lots: list[ProduceLot] = []
    for number, slug in enumerate(slug for slug in LISTINGS if slug in listings):
        listing = listings[slug]
        keeps = listing.shelf_life_days or OLDEST_DAYS
        older = min(OLDEST_DAYS, keeps - 6)
        morning = timezone.localtime(at).replace(hour=4, minute=10, second=0, microsecond=0) + timedelta(
            minutes=13 * number
        )
        plan.append((morning - timedelta(days=older), listing, FIRST_TONNES, number))
        plan.append((morning - timedelta(days=5), listing, SECOND_TONNES, number + 1))
    names = {supplier.pk: slug for slug, supplier in suppliers.items()}
    for when, listing, tonnes, number in sorted(plan, key=lambda each: each[0]):
        slug = names[listing.supplier_id]
        actor = members[listing.supplier_id]
        if listing.supplier_id not in bases:
            bases[listing.supplier_id] = _add(BASES[slug], listing, actor)
        lots.append(_live(bases[listing.supplier_id], listing, when, tonnes, number, actor))
    return len(plan) + _stories(lots, bases, members, at)


def _add(base: Base, listing: Listing, actor: User) -> ProductionBase:
    return add_base(
        supplier_id=listing.supplier_id, village_id=listing.village_id, name=base.name, place=base.place,
        spot=Spot(Decimal(base.spot[0]), Decimal(base.spot[1])), altitude_m=base.altitude, contact=base.contact,
        plots=base.plots, actor=actor,
    )  # fmt: skip


def _live(base: ProductionBase, listing: Listing, when: datetime, tonnes: int, number: int, actor: User) -> ProduceLot:
    """Harvest before sunrise, test at once, sort and pack before the first parcels of the day. Returns the lot."""
    plots = list(base.plots.order_by("pk"))
    grams = tonnes * 1_000_000 + number * 37_000
    lot = record_harvest(
        supplier_id=base.supplier_id, listing_id=listing.pk, base_id=base.pk, plot_id=plots[number % len(plots)].pk,
        grams=grams, occurred_at=when, actor=actor, at=when + timedelta(minutes=20), confirm=True,
    )  # fmt: skip
    tested = when + timedelta(minutes=40)
    record_test(
        supplier_id=base.supplier_id, lot_id=lot.pk, test=_report(listing, number, tested), occurred_at=tested,
        actor=actor, at=tested,
    )  # fmt: skip
    _pack(lot, when + timedelta(minutes=70), actor)
    return lot


def _pack(lot: ProduceLot, packed: datetime, actor: User) -> None:
    """Pack what is good of a lot, in two rounds, and sort out the rest."""
    good = lot.harvested_grams * 97 // 100
    rounds = ((good * 3 // 5, 0), (good - good * 3 // 5, lot.harvested_grams - good))
    for turn, (grams, out) in enumerate(rounds):
        when = packed + timedelta(minutes=50 * turn)
        record_packing(
            supplier_id=lot.supplier_id, lot_id=lot.pk, grams=grams, sorted_out_grams=out, boxes=grams // 5000,
            grade=Grade.FIRST, occurred_at=when, actor=actor, at=when, confirm=True,
        )  # fmt: skip


def _report(listing: Listing, number: int, tested: datetime, *, passed: bool = True) -> LabReport:
    """Return a report: by a laboratory for every second lot, else the cooperative's own quick test."""
    item, result, method = REPORTS[number % len(REPORTS)]
    county = listing.county.name_zh.removesuffix("县").removesuffix("区")
    if passed and number % 2 == 0:
        return LabReport(item, result, passed, f"{county}合作社自检室", method, kind=TestKind.OWN)
    return LabReport(
        item, result if passed else "毒死蜱 0.21 mg/kg，超过限量", passed, f"{county}农产品检测中心", method,
        f"JC{tested:%y%m%d}{number:02d}", TestKind.COMMISSIONED,
    )  # fmt: skip


def _stories(lots: list[ProduceLot], bases: dict[int, ProductionBase], members: dict[int, User], at: datetime) -> int:
    """Record what else happens to lots: one fails its test and is held, one is mixed of two. Return how many came."""
    newest: dict[int, list[ProduceLot]] = {}
    for lot in lots:
        newest.setdefault(lot.listing_id, []).append(lot)
    pairs = [pair for pair in newest.values() if len(pair) == 2]
    if not pairs:
        return 0
    pair = pairs[0]
    actor, base = members[pair[0].supplier_id], bases[pair[0].supplier_id]
    when = timezone.localtime(at).replace(hour=6, minute=40, second=0, microsecond=0) - timedelta(days=3)
    failed = record_harvest(
        supplier_id=base.supplier_id, listing_id=pair[0].listing_id, base_id=base.pk, grams=1_280_000,
        occurred_at=when, actor=actor, at=when,
    )  # fmt: skip
    tested = when + timedelta(hours=6)
    record_test(
        supplier_id=base.supplier_id, lot_id=failed.pk, test=_report(pair[0].listing, 0, tested, passed=False),
        occurred_at=tested, actor=actor, at=tested, confirm=True,
    )  # fmt: skip
    mixed = when + timedelta(days=1)
    mix = mix_lots(
        supplier_id=base.supplier_id, listing_id=pair[0].listing_id, base_id=base.pk,
        sources=[(lot.pk, 400_000) for lot in pair], occurred_at=mixed, actor=actor, at=mixed,
    )  # fmt: skip
    _pack(mix, mixed + timedelta(hours=1), actor)
    return 2
