"""Pasted addresses: each is read as its case says, and what is not said is claimed by nobody."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from shop.core.regions.loading import read_divisions
from shop.core.regions.naming import Names, names_of
from shop.core.regions.recognising import recognise
from tests.cases.reading import named, rows

CASES = rows("addresses.csv", "input")
OWN = rows("own-addresses.csv", "input")
LISTED = json.loads((Path(settings.BASE_DIR) / "static" / "build" / "divisions.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def all_names() -> Names:
    return names_of((row.code, row.parent_id, row.name_zh, row.name_en) for row in read_divisions(LISTED))


def plain(text: str) -> str:
    return re.sub(r"[\s,，;；、.。]+", "", text)


def named_place(code: str) -> tuple[str, str, str]:
    lists = (("province_list", 2), ("city_list", 4), ("county_list", 6))
    province, city, county = (
        LISTED[key].get(f"{code[:length]:0<6}", "") if len(code) >= length else "" for key, length in lists
    )
    return province, city, county


def check(case: dict[str, str], names: Names) -> None:
    found = recognise(case["input"], names)
    province, city, county = named_place(found.division_code)
    said = {
        "province": province,
        "city": city,
        "street": plain(found.street),
        "phone": found.phone,
        "postcode": found.postcode,
    }
    wanted = {key: case[key].split("|") for key in said}
    wanted["street"] = [plain(street) for street in wanted["street"]]
    wrong = {key: (value, wanted[key]) for key, value in said.items() if value not in wanted[key]}
    if county not in case["county"].split("|") and not (found.is_guess and not case["county"]):
        wrong["county"] = (county, [case["county"]])
    if re.sub("[·•‧・．.]", "·", found.name) != re.sub("[·•‧・．.]", "·", case["name"]):
        wrong["name"] = (found.name, [case["name"]])
    assert not wrong, (case["input"], wrong)


@pytest.mark.parametrize("case", CASES, ids=named(CASES, "note"))
def test_an_address_is_read_as_its_case_says(case: dict[str, str], all_names: Names) -> None:
    check(case, all_names)


@pytest.mark.parametrize("case", OWN, ids=named(OWN, "note"))
def test_an_address_of_our_own_is_read_as_its_case_says(case: dict[str, str], all_names: Names) -> None:
    check(case, all_names)
