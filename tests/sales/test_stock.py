"""A supplier's shelf: what is shown adds up, what is changed is relative, a count is of now."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.utils import translation

from catalog.models import Stock, StockChange
from catalog.operations.stock import OutOfStock, carve
from catalog.operations.stocktaking import StockMoved, adjust_stock, take_stock
from catalog.queries.shelf import shelves_of
from shop.core import projections
from shop.core.errors import InvalidInput, KeyUsed
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.selling import buy, paid, ship
from tests.traceability.growing import look, make_grown, make_lot, report

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf():
    """A shelf of 256: 100 in a drop, 22 waiting in orders, 134 free in the shop."""
    member = make_user()
    listing = make_listing(stock=256, supplier=make_supplier(member=member))
    spec = listing.specifications.get()
    main = Stock.objects.get(stockrecord=spec.stockrecord_id)
    carve(stock_id=main.pk, pool="drop:1", pieces=100, actor=None, at=AT)
    order = paid((listing, 22))
    client = Client()
    client.force_login(member)
    return {"client": client, "listing": listing, "spec": spec, "record": spec.stockrecord_id, "order": order}


def now(world):
    return shelves_of([world["record"]])[world["record"]]


def count(world, counted, version, **facts):
    return take_stock(stockrecord_id=world["record"], counted=counted, version=version, actor=None, at=AT, **facts)


def adjust(world, pieces, reason="harvest", **facts):
    return adjust_stock(stockrecord_id=world["record"], pieces=pieces, reason=reason, actor=None, at=AT, **facts)


def test_every_pool_is_shown_and_they_add_up_to_the_shelf(shelf):
    page = shelf["client"].get(f"/seller/goods/{shelf['spec'].pk}/stock/").content.decode()
    for testid, pieces in (("main", 134), ("drop", 100), ("reserved", 22), ("total", 256)):
        assert f'data-testid="shelf-{testid}">{pieces}</dd>' in page
    goods = shelf["client"].get("/seller/goods/").content.decode()
    for testid, pieces in (("free", 134), ("apart", 100), ("reserved", 22), ("total", 256)):
        assert f'data-testid="stock-{testid}">{pieces}</b>' in goods


def test_counting_what_stands_there_sells_nothing_twice(shelf):
    count(shelf, 256, now(shelf).version)
    assert (now(shelf).free, now(shelf).total) == (134, 256)
    count(shelf, 250, now(shelf).version)
    assert (now(shelf).free, now(shelf).apart, now(shelf).reserved, now(shelf).total) == (128, 100, 22, 250)
    assert [found for _name, found in projections.run_all() if found] == []


def test_a_count_below_what_is_promised_is_refused(shelf):
    with pytest.raises(OutOfStock) as refused:
        count(shelf, 121, now(shelf).version)
    assert (refused.value.field, refused.value.details["promised"]) == ("counted", 122)
    assert "22" in str(refused.value.message)
    count(shelf, 122, now(shelf).version)
    assert (now(shelf).free, now(shelf).total) == (0, 122)


def test_a_count_on_an_old_page_is_refused_with_what_changed(shelf):
    page = shelf["client"].get(f"/seller/goods/{shelf['spec'].pk}/stock/")
    version = page.context["shelf"].version
    ship(shelf["order"])
    form = {"counted": "256", "version": str(version), "key": "a"}
    answer = shelf["client"].post(f"/seller/goods/{shelf['spec'].pk}/stock/count/", form)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert f"{shelf['order'].order.number} -22" in text
    assert "234" in text
    assert (now(shelf).free, now(shelf).total) == (134, 234)
    # The same number again, now as a count of this shelf.
    again = form | {"version": str(now(shelf).version)}
    assert f'name="version" value="{again["version"]}"' in text
    assert shelf["client"].post(f"/seller/goods/{shelf['spec'].pk}/stock/count/", again).status_code == 302
    assert (now(shelf).free, now(shelf).total) == (156, 256)


def test_an_order_placed_while_counting_does_not_make_the_count_old(shelf):
    version = now(shelf).version
    buy((shelf["listing"], 3), key="later")
    carve(stock_id=now(shelf).pools[0].stock_id, pool="drop:2", pieces=10, actor=None, at=AT)
    count(shelf, 255, version)
    assert (now(shelf).free, now(shelf).apart, now(shelf).reserved, now(shelf).total) == (120, 110, 25, 255)


def test_pieces_are_added_and_taken_never_set(shelf):
    adjust(shelf, 40)
    adjust(shelf, -4, "spoiled")
    assert (now(shelf).free, now(shelf).total) == (170, 292)
    with pytest.raises(OutOfStock) as refused:
        adjust(shelf, -171, "sold_elsewhere")
    assert (refused.value.field, refused.value.details["free"]) == ("pieces", 170)
    for pieces, reason, field in ((0, "harvest", "pieces"), (1_000_001, "harvest", "pieces"), (1, "magic", "reason")):
        with pytest.raises(InvalidInput) as wrong:
            adjust(shelf, pieces, reason)
        assert wrong.value.field == field


def test_the_same_form_twice_is_one_change(shelf):
    assert adjust(shelf, 5, key="f1").pk == adjust(shelf, 5, key="f1").pk
    version = now(shelf).version
    assert count(shelf, 260, version, key="f2").pk == count(shelf, 260, version, key="f2").pk
    assert now(shelf).total == 260


def test_every_change_is_a_row_that_stays(shelf):
    member = make_user()
    ship(shelf["order"])
    adjust_stock(
        stockrecord_id=shelf["record"], pieces=-3, reason="own_use", note="展会样品", actor=member, at=AT, key="x"
    )
    rows = StockChange.objects.order_by("pk").values_list("kind", "pool", "pieces", "before", "after", "reference")
    assert list(rows) == [
        ("carved", "main", -100, 256, 156, "drop:1"),
        ("carved", "drop:1", 100, 0, 100, "drop:1"),
        ("shipped", "main", -22, 156, 134, shelf["order"].order.number),
        ("adjusted", "main", -3, 134, 131, ""),
    ]
    last = StockChange.objects.latest("pk")
    assert (last.actor_id, last.reason, last.note, last.at) == (member.pk, "own_use", "展会样品", AT)
    for change in (lambda: StockChange.objects.update(pieces=1), lambda: StockChange.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    page = shelf["client"].get(f"/seller/goods/{shelf['spec'].pk}/stock/").content.decode()
    assert page.count('data-testid="stock-change"') == 4
    assert "展会样品" in page


def test_stock_changed_past_its_rows_is_named(shelf):
    Stock.objects.filter(pool="main").update(on_hand=200)
    found = dict(projections.run_all())["pieces of each pool are what its changes say"]
    assert [(each.stored, each.counted) for each in found] == [(200, 156)]


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"way": "in", "pieces": "", "reason": "harvest"}, "pieces"),
        ({"way": "in", "pieces": "-3", "reason": "harvest"}, "pieces"),
        ({"way": "in", "pieces": "3", "reason": "x"}, "reason"),
        ({"way": "out", "pieces": "999", "reason": "spoiled"}, "pieces"),
    ],
)
def test_what_can_not_be_changed_is_said_beside_its_field(shelf, form, field):
    answer = shelf["client"].post(f"/seller/goods/{shelf['spec'].pk}/stock/change/", form)
    assert answer.status_code in {409, 422}
    assert list(answer.context["adjust_form"].errors) == [field]
    assert now(shelf).total == 256


def test_a_stale_count_raises_with_the_version_of_now(shelf):
    adjust(shelf, 1)
    with pytest.raises(StockMoved) as refused:
        count(shelf, 256, 0)
    assert (refused.value.details["version"], refused.value.details["shelf"]) == (now(shelf).version, 257)


def test_a_used_key_with_another_number_is_refused_and_says_what_stands(shelf):
    adjust(shelf, 5, key="f1")
    version = now(shelf).version
    count(shelf, 260, version, key="f2")
    other = make_listing(stock=3, supplier=shelf["listing"].supplier).specifications.get()
    for again in (
        lambda: adjust(shelf, 6, key="f1"),
        lambda: adjust(shelf, 5, "came_back", key="f1"),
        lambda: count(shelf, 259, now(shelf).version, key="f2"),
        lambda: count(shelf, 266, now(shelf).version, key="f1"),
        lambda: adjust(shelf, 5, key="f2"),
        lambda: adjust_stock(
            stockrecord_id=other.stockrecord_id, pieces=5, reason="harvest", actor=None, at=AT, key="f1"
        ),
        lambda: take_stock(stockrecord_id=other.stockrecord_id, counted=3, version=0, actor=None, at=AT, key="f2"),
    ):
        with pytest.raises(KeyUsed) as refused:
            again()
        assert (refused.value.code, refused.value.status) == ("key_used", 409)
    assert (now(shelf).total, StockChange.objects.filter(kind__in=("adjusted", "stocktake")).count()) == (260, 2)


def test_the_stock_page_refuses_a_used_key_and_goes_on_with_a_new_one(shelf):
    path = f"/seller/goods/{shelf['spec'].pk}/stock/"
    key = shelf["client"].get(path).context["adjust_form"].initial["key"]
    form = {"way": "in", "pieces": "5", "reason": "harvest", "key": key}
    assert shelf["client"].post(f"{path}change/", form).status_code == 302
    assert shelf["client"].post(f"{path}change/", form).status_code == 302
    refused = shelf["client"].post(f"{path}change/", form | {"pieces": "7"})
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "这张表单已经保存过：手工登记：新采收或到货 +5" in text
    assert 'data-testid="shelf-total">261</dd>' in text
    fresh = refused.context["adjust_form"]["key"].value()
    assert fresh not in ("", key)
    assert shelf["client"].post(f"{path}change/", form | {"pieces": "7", "key": fresh}).status_code == 302
    assert now(shelf).total == 268

    counted = {"counted": "268", "version": str(now(shelf).version), "key": "c1"}
    assert shelf["client"].post(f"{path}count/", counted).status_code == 302
    refused = shelf["client"].post(f"{path}count/", counted | {"counted": "260"})
    assert (refused.status_code, "盘点：268" in refused.content.decode()) == (409, True)
    assert refused.context["count_form"]["key"].value() != "c1"
    assert now(shelf).total == 268


@pytest.mark.parametrize(
    ("pieces", "reason"), [(3, "spoiled"), (3, "sold_elsewhere"), (3, "own_use"), (-3, "harvest"), (-3, "came_back")]
)
def test_a_reason_of_the_other_direction_is_refused(shelf, pieces, reason):
    with pytest.raises(InvalidInput) as wrong:
        adjust(shelf, pieces, reason)
    assert (wrong.value.code, wrong.value.field) == ("reason_unfit", "reason")
    path = f"/seller/goods/{shelf['spec'].pk}/stock/change/"
    form = {"way": "in" if pieces > 0 else "out", "pieces": abs(pieces), "reason": reason}
    answer = shelf["client"].post(path, form)
    assert (answer.status_code, list(answer.context["adjust_form"].errors)) == (422, ["reason"])
    assert now(shelf).total == 256
    with pytest.raises(IntegrityError, match="stock_change_reason_fits_its_way"), transaction.atomic():
        StockChange.objects.create(
            stockrecord_id=shelf["record"], pool="main", kind="adjusted", pieces=pieces, before=10, after=10 + pieces,
            reason=reason, at=AT,
        )  # fmt: skip


def test_an_earlier_mistake_is_corrected_either_way(shelf):
    adjust(shelf, 3, "mistake")
    adjust(shelf, -3, "mistake")
    assert now(shelf).total == 256


def test_a_held_lots_pieces_have_words_of_their_own(shelf):
    main = Stock.objects.get(pool="main")
    carve(stock_id=main.pk, pool="lot:7", pieces=4, actor=None, at=AT)
    page = shelf["client"].get(f"/seller/goods/{shelf['spec'].pk}/stock/").content.decode()
    assert "检测不合格扣留：不可出售" in page
    assert "lot:7" not in page


def test_pieces_that_a_lot_holds_are_refused_with_the_lot_and_the_way_out():
    listing = make_grown(stock=10)
    lot = make_lot(listing, pieces=10)
    look(lot, report(passed=False))
    spec = spec_of(listing)
    world = {"record": spec.stockrecord_id}
    with translation.override("zh-hans"):
        with pytest.raises(OutOfStock) as counted:
            count(world, 4, now(world).version)
        with pytest.raises(OutOfStock) as broken:
            adjust(world, -2, "spoiled")
    lost = f"10 件随批次 {lot.code} 暂停销售。请打开该批次，登记处置方式，或登记复检合格。"
    assert str(counted.value.message) == f"有 10 件不能盘减。{lost}然后重新盘点。"
    assert (counted.value.field, counted.value.details["held"]) == ("counted", 10)
    assert str(broken.value.message) == f"只有 0 件可以动用。{lost}"
    assert (broken.value.field, broken.value.details["held"]) == ("pieces", 10)
