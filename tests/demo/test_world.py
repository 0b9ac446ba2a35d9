"""The files of the sample world: complete, in both languages, at prices that hold."""

import csv
from collections import Counter
from typing import Any

import pytest

from shop.core.codes import clean_credit_code
from shop.demo.loading.sellers import credit_code
from shop.demo.world import PICTURES, pair, read, rows

VILLAGES = list(rows("villages", "village"))
SUPPLIERS = list(rows("suppliers", "supplier"))
LISTINGS = list(rows("listings", "listing"))
NAMES = {row["file"].removesuffix(".webp") for row in csv.DictReader((PICTURES / "pictures.csv").open())}

# Retail prices of the domain's notes, in 元: by the start of the slug, lowest, highest, per what.
RANGES = [
    ("meixian-golden-pomelo", 5, 8, "jin"),
    ("songyuan-old-tree-pomelo", 5, 8, "jin"),
    ("xuwen-pineapple", 2.5, 4, "jin"),
    ("lianzhou-choy-sum", 5, 9, "jin"),
    ("lianzhou-greens-canteen", 5, 9, "jin"),
    ("qingyuan-", 65, 110, "piece"),
    ("tianyang-gui7-mango", 4.5, 7.5, "jin"),
    ("tianyang-tainong-mango", 4.5, 7.5, "jin"),
    ("gaozhou-nuomici-litchi", 28, 40, "jin"),
    ("gaozhou-feizixiao-litchi", 8, 16, "jin"),
]


def named(found: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(row, id=row["slug"]) for row in found]


def test_there_is_enough_of_everything():
    counties = {row["county"] for row in VILLAGES}

    assert len(VILLAGES) >= 24
    assert len(SUPPLIERS) >= 12
    assert len(LISTINGS) >= 60
    assert len(counties) >= 14
    assert {code[:2] for code in counties} == {"44", "45", "51", "52", "53"}


def test_the_22_watched_counties_are_marked():
    watched = read("places")["watched"]

    assert len(set(watched)) == len(watched) == 22
    assert Counter(code[:2] for code in watched) == {"45": 8, "51": 7, "52": 3, "53": 4}


@pytest.mark.parametrize("row", named(VILLAGES))
def test_a_village_is_told_in_both_languages(row):
    for key in ("town", "name", "specialty", "headline"):
        zh, en = pair(row[key])
        assert zh
        assert en
        assert zh != en
    assert len(row["story_zh"].strip().split("\n\n")) == 3
    assert len(row["story_en"].strip().split("\n\n")) == 3
    assert row["picture"] in NAMES
    assert [len(figure.split(" | ")) for figure in row["figures"]] == [5] * 4
    assert len(row["year"]) == 12
    assert {month.split(" ")[0] for month in row["year"]} <= {"rest", "grow", "ripen", "harvest"}
    assert any(month.startswith("harvest") for month in row["year"])
    assert all(" | " in month for month in row["year"])


@pytest.mark.parametrize("row", named(SUPPLIERS))
def test_a_supplier_is_told_in_both_languages(row):
    zh, en = pair(row["name"])
    assert zh != en
    assert row["story_zh"].strip()
    assert row["story_en"].strip()
    assert row["portrait"] in NAMES
    assert row["freight"] in {region["name"] for region in read("freight")["region"]}


@pytest.mark.parametrize("row", named(LISTINGS))
def test_a_listing_is_told_in_both_languages(row):
    for key in ("name", "summary", "keep"):
        zh, en = pair(row[key])
        assert zh
        assert en
        assert zh != en
    assert 2 <= len(row["zh"].strip().split("\n\n")) <= 3
    assert len(row["zh"].strip().split("\n\n")) == len(row["en"].strip().split("\n\n"))
    assert set(row["pictures"]) <= NAMES
    assert 1 <= len(row["specs"]) <= 6
    assert all(len(spec.get("at", [])) == len(row.get("axes", [])) for spec in row["specs"])
    assert all(" | " in spec["t"] for spec in row["specs"])


def test_no_story_is_told_twice():
    texts = [row[key].strip() for row in [*VILLAGES, *SUPPLIERS] for key in ("story_zh", "story_en")]
    texts += [row[key].strip() for row in LISTINGS for key in ("zh", "en")]
    texts += [row["summary"] for row in LISTINGS]

    assert [text for text, times in Counter(texts).items() if times > 1] == []
    assert len({row["slug"] for row in [*VILLAGES, *LISTINGS]}) == len(VILLAGES) + len(LISTINGS)


@pytest.mark.parametrize("row", named(LISTINGS))
def test_choices_are_told_apart(row):
    chosen = [tuple(spec.get("at", ())) for spec in row["specs"]]

    assert len(set(chosen)) == len(chosen)


@pytest.mark.parametrize("row", named([row for row in LISTINGS if row.get("unit", "jin") == "jin"]))
def test_prices_lie_within_their_reference(row):
    low, high = row["ref"]
    for spec in row["specs"]:
        assert low <= spec["y"] / (spec["g"] / 500) <= high, spec["t"]


@pytest.mark.parametrize(("start", "low", "high", "per"), RANGES)
def test_prices_are_those_of_the_market(start, low, high, per):
    found = [spec for row in LISTINGS if row["slug"].startswith(start) for spec in row["specs"]]

    assert found
    for spec in found:
        price = spec["y"] if per == "piece" else spec["y"] / (spec["g"] / 500)
        assert low <= price <= high, spec["t"]


def test_out_of_season_fruit_is_for_pre_order():
    preorders = {row["slug"] for row in LISTINGS if row.get("preorder")}
    november = {
        row["slug"]
        for row in LISTINGS
        if not (
            row["season"][0] <= 11 <= row["season"][1]
            or (row["season"][0] > row["season"][1] and row["season"][0] <= 11)
        )
        and row["season"][1] < row["season"][0] + 12
    }

    assert {"gaozhou-nuomici-litchi", "tianyang-gui7-mango", "lianping-hooked-peach"} <= preorders
    assert {slug for slug in november if slug not in preorders} <= {
        row["slug"] for row in LISTINGS if row["season"][0] > row["season"][1]
    }


def test_invented_credit_codes_are_valid():
    made = [credit_code("441403", number) for number in range(1, 1500, 37)]

    assert [clean_credit_code(code) for code in made] == made
    assert len(set(made)) == len(made)


def test_what_buyers_complain_of_fits_their_goods():
    leaves = {row["category"] for row in LISTINGS}
    told = [leaf for row in read("reviews")["complaint"] for leaf in row["categories"]]
    assert (sorted(set(told)), len(told)) == (sorted(leaves), len(set(told)))
    for row in read("reviews")["complaint"]:
        # As many of each: the dice fall alike, whatever the goods are.
        assert (len(row["damaged"]), len(row["refund_only"])) == (4, 2)
        thawed = [words for words in row["damaged"] + row["refund_only"] if "化" in words]
        assert not thawed or row["categories"] == ["hens"]
