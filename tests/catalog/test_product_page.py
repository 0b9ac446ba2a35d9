"""A product's page."""

import json
import re
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.utils.translation import override

from catalog import hooks
from catalog.hooks import Review
from catalog.models import Stock
from catalog.operations.cards import rebuild_cards
from catalog.queries.delivery import Delivery, division_code
from catalog.queries.products import product_page
from catalog.rules.seasons import in_season, season_months
from catalog.views.products import arrival_words
from tests import factories

AT = factories.AT
AXES = [{"zh": "装量", "en": "Pack"}, {"zh": "等级", "en": "Grade"}]


def labels(pack, grade):
    return [{"zh": pack, "en": pack}, {"zh": grade, "en": grade}]


def full_listing(**fields):
    village = factories.make_village(township_zh="松源镇")
    seller = factories.make_supplier(households=186, county_recommended=True)
    factories.make_freight(
        seller,
        {"storage_class": "ambient", "first_fen": 600, "step_fen": 200},
        {"storage_class": "ambient", "division_prefix": "65", "served": False},
        free_over_fen=5900,
    )
    values = {
        "supplier": seller, "village": village, "axes": AXES, "farmers_share_percent": 65, "sale_unit": "jin",
        "produced_on": date(2026, 11, 18), "shelf_life_days": 60, "min_days_left": 45, "reference_low_fen": 500,
        "reference_high_fen": 800, "reference_on": date(2026, 11, 22), "purchase_limit": 10,
        "description_zh": "第一段\n\n第二段", "season_start": 11, "season_end": 1, "review_count": 3, "review_good_count": 2,
        "specs": [
            {"labels": labels("2 个", "一级"), "price_fen": 3280, "stock": 268},
            {"labels": labels("4 个", "一级"), "price_fen": 6280, "stock": 0, "net_grams": 5000},
            {"labels": labels("4 个", "特级"), "price_fen": 7900, "stock": 5, "net_grams": 5000},
        ],
    } | fields  # fmt: skip
    listing = factories.make_listing("梅县金柚 2 个装", **values)
    for _ in range(3):
        factories.add_picture(listing)
    rebuild_cards(at=AT)
    return listing


def seen(html, testid):
    found = re.search(rf'data-testid="{testid}"[^>]*>(.*?)</(?:span|p|dd|h1|div|small)>', html, re.DOTALL)
    return re.sub(r"<[^>]+>", "", found[1]).strip() if found else None


@pytest.mark.django_db
def test_says_what_must_be_said(client):
    listing = full_listing()
    html = client.get(f"/shop/p/{listing.slug}/").content.decode()
    assert seen(html, "product-name") == "梅县金柚 2 个装"
    assert seen(html, "gallery-count") == "1 / 3"
    assert seen(html, "unit-price") == "6.56 元/斤"
    assert seen(html, "no-return") == "鲜活易腐，不支持七天无理由退货"
    assert "运费 ¥10.00，满 59 元包邮" in html
    assert "农户到手 <b>¥21.32</b>" in html
    assert [seen(html, f"fact-{name}") for name in ("net", "shelf-life", "days-left")] == [
        "2.5 kg",
        "60 天",
        None,  # No lot is recorded: nothing is promised of its dates.
    ]
    assert seen(html, "fact-produced") is None
    assert "66&nbsp;% 好评" in html or "好评 66&nbsp;%" in html
    assert html.count("<p>第一段</p>") == 1


@pytest.mark.django_db
def test_what_may_be_returned_is_promised(client):
    listing = full_listing(is_fresh=False)
    html = client.get(f"/shop/p/{listing.slug}/").content.decode()
    assert seen(html, "free-return") == "七天无理由退货"
    assert seen(html, "no-return") is None
    assert "seven-day return without a reason" in client.get(f"/en/shop/p/{listing.slug}/").content.decode()


@pytest.mark.django_db
def test_english_page_is_english(client):
    listing = full_listing(description_zh="", summary_zh="")
    html = client.get(f"/en/shop/p/{listing.slug}/").content.decode()
    assert seen(html, "no-return") == "Fresh produce: no seven-day free return"
    assert "¥6.56 / 500 g" in html


@pytest.mark.django_db
def test_costs_at_most_eight_queries_signed_in(client, django_assert_max_num_queries):
    listing = full_listing()
    client.force_login(factories.make_user(), backend="django.contrib.auth.backends.ModelBackend")
    client.get(f"/shop/p/{listing.slug}/")  # the place's name and the tree are cached
    with django_assert_max_num_queries(8):
        client.get(f"/shop/p/{listing.slug}/")


@pytest.mark.django_db
def test_thirty_specifications_cost_what_one_costs(client, django_assert_num_queries):
    for number in (1, 30):
        listing = full_listing(specs=[{"labels": labels(f"{n} 个", "一级")} for n in range(number)])
        address = f"/shop/p/{listing.slug}/"
        client.get(address)
        with django_assert_num_queries(2):  # nothing has changed since, in the product or its lots
            client.get(address)
        Stock.objects.filter(stockrecord__specification__listing=listing).update(on_hand=7)
        with django_assert_num_queries(10):
            assert 'data-testid="left">剩 7 件' in client.get(address).content.decode()


@pytest.mark.django_db
def test_choices_for_the_sheet(client):
    listing = full_listing()
    html = client.get(f"/shop/p/{listing.slug}/").content.decode()
    data = json.loads(re.search(r'<script id="spec-data" type="application/json">(.*?)</script>', html)[1])
    assert data["axes"] == ["装量", "等级"]
    assert [(choice["left"], choice["most"]) for choice in data["choices"]] == [(268, 10), (0, 0), (5, 5)]
    first, _, third = listing.specifications.all()
    assert data["chosen"] == first.pk
    chosen = client.get(f"/shop/p/{listing.slug}/?spec={third.pk}").content.decode()
    assert f'name="specification" value="{third.pk}" data-spec-id' in chosen
    assert client.get(f"/shop/p/{listing.slug}/?spec=nonsense").status_code == 200


@pytest.mark.django_db
def test_delivery_elsewhere_and_nowhere(client):
    listing = full_listing()
    factories.make_division("650102", "天山区")
    client.cookies["hq_to"] = "650102"
    assert "送不到" in seen(client.get(f"/shop/p/{listing.slug}/").content.decode(), "not-served")
    said = client.get(f"/shop/p/{listing.slug}/delivery/?to=440106").json()
    assert (said["served"], said["refusal"], said["freight"]) == (True, "", "运费 ¥10.00，满 59 元包邮")
    assert client.get(f"/shop/p/{listing.slug}/delivery/?to=650000").json()["served"] is False
    assert client.get("/shop/p/nothing/delivery/").status_code == 404
    client.cookies["hq_to"] = "<script>"
    assert client.get(f"/shop/p/{listing.slug}/").status_code == 200


@pytest.mark.django_db
def test_out_of_season_and_sold_out_offer_a_reminder(client):
    lychee = full_listing(season_start=6, season_end=7)
    page = product_page(lychee.slug, to=None, chosen=None, at=AT)
    assert (page.waits, page.most, page.months) == (True, 0, [6, 7])
    assert 'name="kind" value="harvest"' in client.get(f"/shop/p/{lychee.slug}/").content.decode()
    gone = full_listing(specs=[{"stock": 0}], axes=[])
    html = client.get(f"/shop/p/{gone.slug}/").content.decode()
    assert 'name="kind" value="restock"' in html
    assert 'data-testid="buy-now"' not in html


@pytest.mark.django_db
def test_withdrawn_is_gone_with_others_instead(client):
    listing = full_listing()
    other = factories.make_listing("松源脐橙", supplier=listing.supplier)
    listing.state = "withdrawn"
    listing.save()
    rebuild_cards(at=AT)
    answer = client.get(f"/shop/p/{listing.slug}/")
    assert answer.status_code == 410
    assert "梅县金柚 2 个装已下架" in answer.content.decode()
    assert other.slug in answer.content.decode()
    assert client.get("/shop/p/never-was/").status_code == 404
    draft = factories.make_listing(state="draft")
    assert client.get(f"/shop/p/{draft.slug}/").status_code == 404


@pytest.mark.django_db
def test_data_for_machines_can_not_close_its_script(client):
    listing = full_listing(name_en="</script><script>alert(1)</script>")
    html = client.get(f"/en/shop/p/{listing.slug}/").content.decode()
    assert "<script>alert(1)" not in html
    product, trail = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
    assert product["name"] == listing.name_en
    assert [offer["availability"].rsplit("/")[-1] for offer in product["offers"]] == [
        "InStock",
        "OutOfStock",
        "InStock",
    ]
    assert product["offers"][0]["price"] == "32.80"
    assert trail["itemListElement"][-1]["name"] == listing.name_en


@pytest.mark.django_db
def test_reviews(client, monkeypatch):
    listing = full_listing(review_count=25, review_good_count=24)
    told = [
        Review(n, "林**", "2 个装", "two", 5, f"皮薄 <b>{n}</b>", "谢谢", datetime(2026, 11, 20, tzinfo=UTC))
        for n in range(25)
    ]
    monkeypatch.setattr(hooks, "_reviews_of", lambda _, limit, offset: told[offset : offset + limit])
    html = client.get(f"/shop/p/{listing.slug}/").content.decode()
    assert html.count('data-testid="review"') == 3
    assert "皮薄 &lt;b&gt;0&lt;/b&gt;" in html
    assert client.get(f"/shop/p/{listing.slug}/reviews/").content.decode().count('data-testid="review"') == 10
    assert client.get(f"/shop/p/{listing.slug}/reviews/?page=3").content.decode().count('data-testid="review"') == 5
    assert client.get(f"/shop/p/{listing.slug}/reviews/?page=9").status_code == 302


def test_seasons():
    assert [month for month in range(1, 13) if in_season(month, 11, 2)] == [1, 2, 11, 12]
    assert [month for month in range(1, 13) if in_season(month, 6, 7)] == [6, 7]
    assert all(in_season(month, None, None) for month in range(1, 13))
    assert season_months(11, 2) == [11, 12, 1, 2]
    assert season_months(3, 3) == [3]


def test_division_codes():
    assert [division_code(text) for text in ("650102", None, "", "12", "44010x", "044010")] == ["650102"] + [
        "440106"
    ] * 5


def test_free_delivery_is_said(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    from catalog.rules.freight import FreightQuote  # reason: one test needs it

    free = Delivery("440106", "广州", FreightQuote(0, True, 1, 3), None, date(2026, 11, 28))
    with override("zh-hans"):
        assert arrival_words(free)["freight"] == "包邮"
        assert arrival_words(free)["when"] == "现在下单，11 月 28 日前到"


@pytest.mark.django_db
def test_goods_out_of_season_do_not_promise_to_ship_within_hours_of_now(client: Client) -> None:
    waits, sold = (
        factories.make_listing("明年荔枝", is_preorder=True, ship_within_hours=24),
        factories.make_listing("常年柚", stock=9),
    )
    page = client.get(f"/shop/p/{waits.slug}/").content.decode()
    assert ("开售后 24 小时内发货" in page, "提醒" in page) == (True, True)
    assert "开售后" not in client.get(f"/shop/p/{sold.slug}/").content.decode()
