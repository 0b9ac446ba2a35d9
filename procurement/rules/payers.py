"""Whose accounts may pay for a unit: its own and its funds', or another institution's; never a person's. Pure."""

import re
import unicodedata
from collections.abc import Iterable

from shop.core.names import is_among, plain_name

_BRACKETED = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
# What stands behind the name of whoever has the fund: it says nothing about who that is.
_FUNDS = re.compile(
    r"(食堂|饭堂|餐厅|膳食|伙食|工会委员会|工会|委员会|专户|账户|帐户|基本户|一般户|经费|基金|费|户|"
    r"canteen|kitchen|dining hall|labour union|labor union|union|fund|account)+$"
)
# How the names of institutions end.
_INSTITUTIONS = re.compile(
    r"(公司|集团|中心|局|委|厅|处|署|院|校|学|大学|中学|小学|幼儿园|园|所|站|馆|部|科|办|办公室|政府|街道|社|社区|村|协会|学会|"
    r"联合会|促进会|基金会|银行|医院|法院|检察院|财政|国库|机关|支队|大队|厂|店|"
    r"school|college|university|kindergarten|hospital|company|co|ltd|limited|inc|centre|center|office|bureau|department|"
    r"commission|committee|government|treasury|bank|association|institute|academy|council|foundation)$"
)
_SHORTEST_UNION = 5  # letters before 工会: no person's name is as long


def payer_is_person(name: str, people: Iterable[str]) -> bool:
    """Tell whether an account's holder is one of `people`, whatever words of a fund stand with the name."""
    people = list(people)
    bare = _owner(name)
    return is_among(bare, people) or is_among(name, people) or _bracketed_person(name, people)


def payer_fits(name: str, unit_names: Iterable[str]) -> bool:
    """Tell whether an account's holder is the unit, a fund of it, or another institution: no person with a bracket."""
    plain, outside = plain_name(name), plain_name(_outside(name))
    if any(own and own in plain for own in map(plain_name, unit_names)):
        return True
    owner = plain_name(_owner(name))
    if _INSTITUTIONS.search(owner) or _INSTITUTIONS.search(outside):
        return True
    return "工会" in outside and len(owner) >= _SHORTEST_UNION


def _outside(name: str) -> str:
    return _BRACKETED.sub(" ", unicodedata.normalize("NFKC", name)).strip()


def _owner(name: str) -> str:
    """Return whose fund it is: the name outside brackets, without the words of funds at its end."""
    return _FUNDS.sub("", _outside(name).casefold()).strip()


def _bracketed_person(name: str, people: Iterable[str]) -> bool:
    inside = [each[1:-1] for each in _BRACKETED.findall(unicodedata.normalize("NFKC", name))]
    return any(is_among(each, people) for each in inside)
