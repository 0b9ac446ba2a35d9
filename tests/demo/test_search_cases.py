"""Searches of the case file in the loaded world: the shop, the API and the units' catalogue ask the same engine."""

import pytest
from django.test import Client

from catalog.models import ListingCard
from catalog.search import matching
from tests.cases.reading import named, rows

pytestmark = pytest.mark.usefixtures("world")
CASES = rows("search.csv", "query")
# Typed in other ways than the file's, with what must be among the answers and what must not.
OWN = [
    ("jin you", "meixian-golden-pomelo", ""), ("hong cha", "yingde-yinghong-9", "shitan-hen-eggs"),
    ("HONG CHA", "yingde-yinghong-9", ""), ("hóng chá", "yingde-yinghong-9", ""), ("ji dan", "shitan-hen-eggs", ""),
    ("jidan", "shitan-hen-eggs", ""), ("鷄蛋", "shitan-hen-eggs", ""), ("英德紅茶", "yingde-yinghong-9", ""),
    ("ｈｏｎｇｃｈａ", "yingde-yinghong-9", ""), ("红茶", "yingde-yinghong-9", ""), ("紅 茶", "yingde-yinghong-9", ""),
    ("lv", "sanjiang-spring-green-tea", ""), ("lü", "sanjiang-spring-green-tea", ""), ("蘋", "yuexi-crisp-apple", ""),
    ("LÜ CHÁ", "sanjiang-spring-green-tea", "nujiang-gorge-coffee"), ("綠", "sanjiang-spring-green-tea", ""),
    ("tu dou", "weining-potato-sack", ""), ("馬鈴薯", "weining-potato-sack", ""), ("洋芋", "weining-potato-sack", ""),
    ("tudou", "weining-potato-sack", ""), ("ping guo", "yanyuan-ugly-apple", "shitan-hen-eggs"),
    ("pg", "yanyuan-ugly-apple", ""), ("鹽源蘋果", "yanyuan-apple-carton", "yuexi-crisp-apple"),
    ("\u200b苹果", "yanyuan-ugly-apple", ""), ("苹果\ufeff", "yanyuan-ugly-apple", ""), ("糙米", "", "shitan-hen-eggs"),
    ("bo luo", "xuwen-pineapple", "yanyuan-ugly-apple"), ("鳳梨", "xuwen-pineapple", ""), ("菠蘿", "xuwen-pineapple", ""),
    ("ka fei", "nujiang-gorge-coffee", "xuwen-pineapple"), ("coffee", "nujiang-gorge-coffee", ""),
    ("Coffee", "nujiang-gorge-coffee", ""), ("green tea", "sanjiang-spring-green-tea", "yingde-everyday-black"),
    ("龙眼干", "gaozhou-dried-longan", ""), ("long yan gan", "gaozhou-dried-longan", ""),
    ("longyan", "gaozhou-dried-longan", ""), ("桂圓", "gaozhou-dried-longan", ""), ("xiang jiao", "gaozhou-banana", ""),
    ("香蕉", "gaozhou-banana", "yuexi-crisp-apple"), ("you li", "lianping-chestnut", ""), ("' OR 1=1 --", "", "gaozhou-banana"),
]  # fmt: skip


def found(query: str) -> set[str]:
    return set(matching(ListingCard.objects.all(), query).values_list("listing__slug", flat=True))


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "query"))
def test_a_search_finds_what_its_case_says(case: dict[str, str]) -> None:
    slugs = found(case["query"])
    assert set(case["must_find"].split()) <= slugs
    assert not set(case["must_not_find"].split()) & slugs


@pytest.mark.parametrize(("query", "finds", "not_this"), OWN)
def test_a_search_of_our_own_finds_it(query: str, finds: str, not_this: str) -> None:
    slugs = found(query)
    assert not finds or finds in slugs
    assert not not_this or not_this not in slugs


def test_the_same_words_find_the_same_goods() -> None:
    for words, joined in (("ping guo", "pingguo"), ("da mi", "dami"), ("蘋果", "苹果"), ("lü cha", "lvcha")):
        assert found(words) == found(joined) != set()


def test_shop_and_api_ask_the_same_engine() -> None:
    page = Client().get("/shop/search/", {"q": "lü cha"}).content.decode()
    assert "/shop/products/sanjiang-spring-green-tea" in page or "sanjiang-spring-green-tea" in page
    answer = Client().get("/api/v1/products", {"q": "lü cha"}).json()
    assert "sanjiang-spring-green-tea" in {each["slug"] for each in answer["items"]}
