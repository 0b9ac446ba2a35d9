"""Two live rooms: the pomelo orchard's, live now with a flash sale running, and the platform's, with a replay."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from catalog.models import Listing, Picture, Supplier
from catalog.operations.floors import set_live_floor
from catalog.queries import specifications_for_sale
from livestream.models import Drop, LiveEvent, LiveRoom, LiveSession, TrayItem
from livestream.operations.chat import Draft, post_messages
from livestream.operations.drops import end_drop, end_due_drops, start_drop
from livestream.operations.planning import plan_session
from livestream.operations.sessions import announce, end_session, open_room, start_session
from livestream.operations.tray import add_item, pin
from livestream.queries.drops import drop_price
from livestream.states import DropState, SessionState
from shop.accounts.models import Address, User
from shop.demo.loading.people import People
from shop.sales.operations.payments import capture_payment, start_payment
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place

ORCHARD, PLATFORM = "songyuan", "heqiao"
POMELO = "meixian-golden-pomelo"
ORCHARD_GOODS = (POMELO, "songyuan-old-tree-pomelo", "songyuan-navel-orange", "golden-pomelo-gift-box")
PLATFORM_GOODS = ("leibo-navel-orange", "yingde-yinghong-9", "dongbei-cured-sausage", "fugong-cliff-honey")
TALK = (
    "两个装够五斤吗", "去年买过，放一周更甜", "皮厚不厚？", "今天下单什么时候到广州", "红心的有没有", "给爸妈也买一份",
    "坏果怎么赔", "阿珍戴草帽好精神", "礼盒能写贺卡吗", "抢到了！", "是沙田柚还是蜜柚", "孩子爱吃，回购第三次",
)  # fmt: skip
ANSWERS = ("够，少一两补一两", "自家山上摘的，放几天糖分更足", "坏果拍张照片就赔，不用寄回")
REPLAY_TALK = ("脐橙看着就甜", "英红九号怎么泡", "腊味蒸饭香", "蜂蜜是岩蜂吗", "支持家乡", "直播价合适")
LASTS = timedelta(hours=2)


def load_live(
    *,
    people: People,
    suppliers: dict[str, Supplier],
    listings: dict[str, Listing],
    pictures: dict[str, Picture],
    at: datetime,
) -> int:
    """Open both rooms and let them happen up to `at`; return how many events there were."""
    _orchard(people, suppliers[ORCHARD], listings, pictures, at)
    _platform(people, listings, pictures, at)
    return LiveEvent.objects.count()


def _act(session: LiveSession, host: User, at: datetime) -> dict[str, Any]:
    session.refresh_from_db()
    return {"session_id": session.pk, "version": session.version, "actor": host, "at": at}


def _orchard(
    people: People, supplier: Supplier, listings: dict[str, Listing], pictures: dict[str, Picture], at: datetime
) -> None:
    host = people.members[supplier.pk]
    began = at - timedelta(minutes=35)
    room = open_room(
        slug=ORCHARD, supplier_id=supplier.pk, title=("松源果园", "Songyuan orchard"), host=("阿珍", "Azhen"),
        actor=people.by_login["campaign_staff"],
        at=began - timedelta(days=30), portrait_id=pictures["person-host-square"].pk,
        cover_id=pictures["person-host"].pk,
    )  # fmt: skip
    title = ("金柚现摘现发", "Golden pomelos, picked today")
    session = plan_session(room=room, title=title, planned_at=began, actor=host, at=began - timedelta(days=1))
    items = _fill(session, host, ORCHARD_GOODS, listings, began - timedelta(minutes=20))
    start_session(**_act(session, host, began))
    announce(**_act(session, host, began + timedelta(minutes=1)), text="今晚下单，明早采")
    pin(**_act(session, host, began + timedelta(minutes=2)), item_id=items[1].pk)
    first = _drop(session, host, items[0], 60, 2880, began + timedelta(minutes=4), timedelta(minutes=8))
    _buy(first, people.consumers[:14], began + timedelta(minutes=5))
    end_drop(**_act(session, host, began + timedelta(minutes=10)), drop_id=first.pk)
    pin(**_act(session, host, began + timedelta(minutes=11)), item_id=items[0].pk)
    _talk(session, people.consumers, host, TALK, at - timedelta(minutes=6))
    running = _drop(session, host, items[0], 100, 2980, at - timedelta(minutes=1), LASTS)
    _buy(running, people.consumers[2:18], at - timedelta(seconds=40))


def _platform(people: People, listings: dict[str, Listing], pictures: dict[str, Picture], at: datetime) -> None:
    staff = people.by_login["campaign_staff"]
    began = at - timedelta(days=2, hours=3)
    room = open_room(
        slug=PLATFORM, supplier_id=None, title=("禾桥直播间", "The Heqiao room"), host=("小禾", "Xiaohe"), actor=staff,
        at=began - timedelta(days=60), portrait_id=pictures["person-coop-head"].pk,
        cover_id=pictures["land-citrus-valley"].pk,
    )  # fmt: skip
    title = ("冬令好物巡山记", "Winter goods, from hill to hill")
    session = plan_session(room=room, title=title, planned_at=began, actor=staff, at=began - timedelta(days=2))
    _allow(people, [listings[slug] for slug in PLATFORM_GOODS if slug in listings], began - timedelta(days=1))
    items = _fill(session, staff, PLATFORM_GOODS, listings, began - timedelta(minutes=30))
    start_session(**_act(session, staff, began))
    pin(**_act(session, staff, began + timedelta(minutes=3)), item_id=items[0].pk)
    _talk(session, people.consumers, staff, REPLAY_TALK, began + timedelta(minutes=5))
    drop = _drop(session, staff, items[1], 30, 0, began + timedelta(minutes=9), timedelta(minutes=10))
    _buy(drop, people.consumers[5:16], began + timedelta(minutes=10))
    end_due_drops(at=began + timedelta(minutes=20))
    end_session(**_act(session, staff, began + timedelta(minutes=48)))
    LiveSession.objects.filter(pk=session.pk).update(peak_viewers=412)
    following = ("冬梨、腊味和岩蜜", "Pears, cured meat, cliff honey")
    coming = plan_session(room=room, title=following, planned_at=at + timedelta(days=1, hours=2), actor=staff, at=at)
    _fill(coming, staff, ("lianzhou-crystal-pear", *PLATFORM_GOODS[2:]), listings, at)


def _fill(
    session: LiveSession, host: User, slugs: tuple[str, ...], listings: dict[str, Listing], at: datetime
) -> list[TrayItem]:
    return [add_item(**_act(session, host, at), listing_id=listings[slug].pk) for slug in slugs if slug in listings]


def _allow(people: People, goods: list[Listing], at: datetime) -> None:
    """Have each supplier let others sell its goods live at a tenth off, in whole jiao."""
    for listing in goods:
        for spec in listing.specifications.order_by("position"):
            set_live_floor(
                supplier_id=listing.supplier_id, specification_id=spec.pk, floor_fen=spec.price_fen * 9 // 100 * 10,
                actor=people.members[listing.supplier_id], at=at,
            )  # fmt: skip


def _drop(
    session: LiveSession, host: User, item: TrayItem, pieces: int, price_fen: int, at: datetime, lasts: timedelta
) -> Drop:
    """Start a drop of the item's first specification; without a price, a tenth off."""
    spec = item.listing.specifications.order_by("position")[0]
    pieces = min(pieces, specifications_for_sale([spec.pk])[spec.pk].available // 2)
    price_fen = price_fen or spec.price_fen * 9 // 10
    return start_drop(
        **_act(session, host, at), item_id=item.pk, specification_id=spec.pk, price_fen=price_fen,
        pieces=pieces, lasts=lasts, per_buyer=5, confirmed_fen=price_fen,
    )  # fmt: skip


def _talk(session: LiveSession, people: list[User], host: User, words: tuple[str, ...], at: datetime) -> None:
    for number, text in enumerate(words):
        when = at + timedelta(seconds=21 * number)
        drafts = [Draft(people[(3 * number) % len(people)], text)]
        if number % 4 == 0 and number // 4 < len(ANSWERS):
            drafts.append(Draft(host, ANSWERS[number // 4]))
        post_messages(session_id=session.pk, drafts=drafts, at=when)


def _buy(drop: Drop, people: list[User], at: datetime) -> None:
    """Let people buy one to three pieces each at the drop's price, and pay."""
    homes = {row.user_id: row for row in Address.objects.filter(user__in=people, is_default=True)}
    for number, user in enumerate(people):
        home = homes.get(user.pk)
        price = drop_price(str(drop.pk), at)
        if home is None or price is None:
            continue
        line = PlaceLine(
            price.spec, 1 + number % 3, price.spec.price_fen, price_source=price.source, stock_id=price.spec.stock_id
        )
        purchase = place(
            actor=user,
            at=at + timedelta(seconds=number),
            lines=[line],
            buyer=Buyer(user, user.phone or ""),
            ship_to=ShipTo(home.name, f"+86{home.phone}", home.division_id, home.street),
            key=f"demo-live-{drop.pk}-{number}",
            attribution=price.attributions[0],
            also=price.attributions[1:],
        )
        payment, _created = start_payment(purchase=purchase, gateway_name="demo", at=at + timedelta(seconds=number + 5))
        capture_payment(payment_id=payment.pk, at=at + timedelta(seconds=number + 20))


def keep_live(*, at: datetime) -> bool:
    """Have a flash sale run in the room that is live, as a host would start the next; tell whether one was started."""
    room = LiveRoom.objects.filter(slug=ORCHARD).select_related("supplier__organisation").first()
    session = LiveSession.objects.filter(room=room, state=SessionState.LIVE).first() if room else None
    if session is None or room is None or room.supplier is None:
        return False
    end_due_drops(at=at)
    if Drop.objects.filter(session=session, state=DropState.RUNNING).exists():
        return False
    host = User.objects.filter(memberships__organisation=room.supplier.organisation).order_by("pk").first()
    item = TrayItem.objects.filter(session=session).order_by("position", "pk").first()
    if host is None or item is None:
        return False
    with transaction.atomic():
        _drop(session, host, item, 100, 2980, at, LASTS)
    return True
