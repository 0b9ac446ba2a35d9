"""What of a need is given is paid for; what others only chose takes up its room and is said apart."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from procurement.models import Pledge
from procurement.queries.gifts import asked_for, need_page, receivers_of
from shop.campaigns.hooks import progress_of
from shop.sales.errors import TooMuch
from shop.sales.operations.closing import expire_purchases
from tests.factories import AT, make_user, spec_of
from tests.sales.selling import pay

from .giving import as_, gift, listing, need

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


def texts(page, *names):
    html = page.content.decode()
    found = {name: re.findall(rf'data-testid="{name}"[^>]*>(.*?)</', html, re.DOTALL) for name in names}
    return [" ".join(" ".join(found[name]).split()) for name in names]


def test_an_unpaid_gift_is_reserved_on_every_door_and_given_once_it_is_paid(need, listing):
    paid, unpaid = gift(need, listing, 5, "a"), gift(need, listing, 6, "b")
    pay(paid.purchase)

    shown = need_page("breakfast")
    assert (shown.given_fen, shown.reserved_fen, shown.wanted_fen) == (15_000, 18_000, 60_000)
    assert (shown.percent, shown.reserved_percent) == (25, 30)
    (row,) = shown.rows
    assert (row.given, row.reserved, row.left, row.percent, row.reserved_percent) == (5, 6, 9, 25, 30)
    page = Client().get("/pledges/needs/breakfast/")
    assert texts(page, "need-percent", "need-given", "line-given", "need-reserved", "line-reserved") == [
        "25 %", "¥150.00 / ¥600.00", "要 20 件，已有 5 件", "另有 ¥180.00 已占下，还没有付款", "另有 6 件已占下，还没有付款",
    ]  # fmt: skip
    assert texts(Client().get("/pledges/"), "need-percent", "need-given", "need-reserved") == [
        "25 %", "¥150.00 / ¥600.00", "另有 ¥180.00 已占下，还没有付款",
    ]  # fmt: skip
    (told,) = Client().get("/api/v1/needs").json()["items"]
    assert (told["given"], told["reserved"], told["wanted"], told["percent"]) == ("150.00", "180.00", "600.00", 25)
    (line,) = Client().get("/api/v1/needs/breakfast").json()["lines"]
    assert (line["given"], line["reserved"], line["most"]) == (5, 6, 9)
    block = progress_of(["breakfast"])["breakfast"]
    assert (block.done, block.committed) == (25, 30)
    assert block.figures == "已送 ¥150.00 / ¥600.00 · 另有 ¥180.00 已占下，还没有付款"

    pay(unpaid.purchase)
    shown = need_page("breakfast")
    assert (shown.given_fen, shown.reserved_fen, shown.percent, shown.reserved_percent) == (33_000, 0, 55, 0)
    page = Client().get("/pledges/needs/breakfast/")
    assert texts(page, "need-percent", "need-reserved", "line-reserved") == ["55 %", "", ""]


def test_what_is_reserved_takes_up_room_until_its_money_is_overdue(need, listing):
    pk = spec_of(listing).specification_id
    unpaid = gift(need, listing, 15, "a")
    with pytest.raises(TooMuch) as refused:
        gift(need, listing, 6, "b")
    assert refused.value.details["left"] == 5
    assert asked_for(AT).pieces == {pk: 5}
    assert [each.left for each in receivers_of(listing.slug, AT)[1]] == [5]
    gift(need, listing, 5, "c")
    page = Client().get("/pledges/needs/breakfast/").content.decode()
    assert ("已全部送满" in page, "已被占满" in page) == (False, True)
    assert (need_page("breakfast").is_met, need_page("breakfast").is_given) == (True, False)
    assert expire_purchases(at=unpaid.purchase.pay_by + timedelta(days=1)) == 2
    shown = need_page("breakfast")
    assert (shown.given_fen, shown.reserved_fen, shown.is_met) == (0, 0, False)
    assert asked_for(AT).pieces == {pk: 20}


@pytest.mark.parametrize(
    ("typed", "status", "said"),
    [
        ("-1", 422, "“-1”不是大于零的整件数。"),
        ("1e3", 422, "“1e3”"),
        ("600,5", 422, "“600,5”"),
        ("=1+1", 422, "“=1+1”"),
        ("0", 422, "请填 1 到 9999 件。"),
        ("21", 422, "只还需要 20 件。"),
        ("99999", 422, "请填 1 到 9999 件。"),
    ],
)
@pytest.mark.parametrize("by_script", [True, False])
def test_working_out_a_total_says_beside_the_field_what_can_not_be_given(need, listing, typed, status, said, by_script):
    name = f"pieces-{spec_of(listing).specification_id}"
    headers = {"X-Requested-With": "fetch"} if by_script else {}
    page = Client().post("/pledges/needs/breakfast/", {name: typed, "total": "1"}, headers=headers)
    html = page.content.decode()
    assert page.status_code == status
    beside = re.search(rf'data-refusal-of="{name}".*?<span>(.*?)</span>', html, re.DOTALL)
    assert said in beside[1]
    assert ('data-testid="gift-sum"' in html, f'id="{name}-error"' in html) == (False, True)
    if not by_script:
        assert f'value="{typed}"' in html
        assert f'aria-describedby="{name}-error"' in html


@pytest.mark.parametrize("typed", ["-1", "1e3", "600,5", "=1+1"])
def test_buying_a_gift_says_the_same_beside_the_field_and_keeps_what_was_typed(need, listing, typed):
    name = f"pieces-{spec_of(listing).specification_id}"
    for address in ("/pledges/needs/breakfast/", f"/pledges/give/{listing.slug}/"):
        page = as_(make_user()).post(address, {name: typed, "need": str(need.pk), "key": "k"})
        html = page.content.decode()
        assert page.status_code == 422
        assert re.search(rf'data-refusal-of="{name}".*?<span>[^<]*“{re.escape(typed)}”', html, re.DOTALL)
        assert f'value="{typed}"' in html
    assert not Pledge.objects.exists()


def test_the_total_of_a_product_may_go_beyond_a_need_and_not_beyond_what_is_there(need, listing):
    name, address = f"pieces-{spec_of(listing).specification_id}", f"/pledges/give/{listing.slug}/"
    donor = as_(make_user())
    headers = {"X-Requested-With": "fetch"}
    beyond = donor.post(address, {name: "30", "need": str(need.pk), "total": "1"}, headers=headers)
    assert (beyond.status_code, 'data-testid="gift-sum"' in beyond.content.decode()) == (200, True)
    gone = donor.post(address, {name: "101", "need": str(need.pk), "total": "1"}, headers=headers)
    assert (gone.status_code, 'data-testid="gift-sum"' in gone.content.decode()) == (422, False)
    assert "只剩 100 件" in gone.content.decode()
