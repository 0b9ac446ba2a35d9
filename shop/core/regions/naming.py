"""What people call divisions: the whole names, names of another kind (增城市 for 增城区), short ones, and English ones.

Pure: the divisions come as values.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import IntEnum

from .old_names import OLD_NAMES
from .peoples import peoples_of

# Rows of the published list that only group counties directly under a province; people do not say them.
UNSAID = ("省直辖县", "自治区直辖县级行政区划", "县")
AUTONOMOUS = ("自治区", "自治州", "自治县", "自治旗")
SHORT_ENDINGS = ("特别行政区", "地区", "省", "市", "盟", "县", "区", "旗")
KINDS = frozenset("省市县区州盟旗")
PREFECTURE, COUNTY = 4, 6
# The kinds of zones, as the list writes them and as people do.
ZONES = (
    ("高新", ("高新技术产业开发区", "高新技术产业园区", "高技术产业开发区", "高新技术开发区", "高新开发区", "高新区")),
    ("经开", ("经济技术开发区", "经济开发区", "经开区")),
    ("工业", ("工业园区", "工业园")),
    ("新区", ("新区",)),
)
# A town's name says little without its city: there are many 沙溪镇, of which the list has two.
TOWNS = ("镇", "乡", "街道", "街道办事处")
SUBDISTRICTS = ("街道", "街道办事处")
_WIDER_KINDS = (
    ("自治州", ("州", "自治州")),
    ("特别行政区", ("特区", "市")),
    ("自治区", ("自治区", "省")),
    ("市", ("地区",)),
)
# 增城市 became a district, a town a subdistrict.
_COUNTY_KINDS = (
    ("自治县", ("自治县", "县")),
    ("自治旗", ("自治旗", "旗")),
    ("街道办事处", ("区", "街", "街道办", "街道", "镇")),
    ("街道", ("区", "街", "街道办", "镇")),
    ("镇", ("镇", "乡", "街道", "街道办")),
    ("乡", ("镇", "乡", "街道", "街道办")),
    ("县", ("县", "区", "市", "新区")),
    ("区", ("县", "区", "市", "新区")),
    ("市", ("县", "区", "市", "新区")),
)
SHORTEST = 2
_PEOPLE_WORD = re.compile(r" (district|county|city|province|prefecture|municipality|banner|town|subdistrict)$")
_SPELLED = re.compile(r" (qu|xian|shi|sheng|zhen|diqu)$")


class Said(IntEnum):
    """How plainly a name says a division."""

    SHORT = 1  # 天河, which may begin a road's name
    ALIAS = 2  # 连南县, 增城市: the kind is said, but not the listed name
    FULL = 3


@dataclass(frozen=True, slots=True)
class Called:
    """One reading of a name: which division, how plainly, and whether the name is an old one."""

    code: str
    said: Said
    is_old: bool = False


@dataclass
class Names:
    """Every name, with the divisions that it may mean."""

    called: dict[str, list[Called]] = field(default_factory=dict)
    english: dict[str, list[Called]] = field(default_factory=dict)
    listed: dict[str, str] = field(default_factory=dict)
    only_city: dict[str, str] = field(default_factory=dict)
    longest: int = 0

    def add(self, name: str, called: Called) -> None:
        """Note a name; the plainest reading of it for each division stays."""
        _add(self.called, name, called)
        self.longest = max(self.longest, len(name))

    def is_town(self, code: str) -> bool:
        """Tell whether a division of the county's rank is a town or a subdistrict (in 东莞, 中山, 儋州, 嘉峪关, Taiwan)."""
        return len(code) == COUNTY and self.listed[code].endswith(TOWNS)


def _add(names: dict[str, list[Called]], name: str, called: Called) -> None:
    known = names.setdefault(name, [])
    for position, each in enumerate(known):
        if each.code == called.code:
            known[position] = max(each, called, key=lambda one: one.said)
            return
    known.append(called)


def short_name(name: str) -> str:
    """Return how people call a division: 广东省 → 广东, 凉山彝族自治州 → 凉山, 梅县区 → 梅县; one character stays whole."""
    for ending in AUTONOMOUS:
        if name.endswith(ending):
            stem, peoples = peoples_of(name.removesuffix(ending))
            # 内蒙古 and 东乡 are all people's names.
            plain = name.removesuffix(ending).removesuffix("族")
            return stem if peoples and len(stem) > 1 else plain if len(plain) > 1 else name
    for ending in SHORT_ENDINGS:
        stem = name.removesuffix(ending)
        if stem != name and len(stem) > 1:
            return stem
    return name


def _stem(name: str) -> str:
    for ending in ("街道办事处", "街道", "新区", "镇", "乡"):
        stem = name.removesuffix(ending)
        if stem != name and len(stem) > 1:
            return stem
    return short_name(name)


def _aliases(code: str, name: str) -> Iterable[str]:
    """Yield names that say a kind, though not as the list does."""
    stem = _stem(name)
    if len(stem) < SHORTEST or stem == name:
        return
    endings = _COUNTY_KINDS if len(code) == COUNTY else _WIDER_KINDS
    for ending, kinds in endings:
        if name.endswith(ending):
            yield from (f"{stem}{kind}" for kind in kinds)
            break
    if name.endswith(SUBDISTRICTS) and stem.endswith("区"):
        yield stem


def _zone_names(name: str, above: Iterable[str]) -> Iterable[str]:
    """Yield what people call a zone below one of the divisions `above`: 合肥高新区, 高新区, 净月区, 净月高新区."""
    for kind, endings in ZONES:
        ending = next((each for each in endings if name.endswith(each)), "")
        if not ending:
            continue
        stem = name.removesuffix(ending)
        own = stem
        for short in above:
            own = own.removeprefix(short).removeprefix("市")
        if kind == "新区":
            yield from (f"{own}{ending}",) if own and own != stem else ()
            continue
        for each in (*endings, *(("开发区",) if own else ())):
            yield from (f"{stem}{each}", f"{own}{each}")
        if len(own) > 1:
            yield f"{own}区"


def names_of(rows: Iterable[tuple[str, str | None, str] | tuple[str, str | None, str, str]]) -> Names:
    """Return the names of divisions given as (code, parent code, Chinese name[, English name])."""
    names, given = Names(), [(*row, "")[:4] for row in rows]
    names.listed = {code: name for code, _parent, name, _english in given}
    for code, _parent, name, english in given:
        if name not in UNSAID and not name.startswith("其它"):
            _add_names(names, code, name)
            _add_english(names, code, english)
    for code, name in names.listed.items():
        # Nobody says 上海市上海市; 重庆市 has two rows, and is left a province.
        if len(code) == PREFECTURE and names.listed.get(code[:2]) == name and f"{code[:2]}02" not in names.listed:
            names.only_city[code[:2]] = code
    for old, code in OLD_NAMES:
        if code in names.listed:
            names.add(old, Called(code, Said.ALIAS, is_old=True))
    if "15" in names.listed:
        names.add("内蒙", Called("15", Said.SHORT))
    return names


def _add_names(names: Names, code: str, name: str) -> None:
    names.add(name, Called(code, Said.FULL))
    above = [_stem(names.listed.get(code[:most], "")) for most in (2, PREFECTURE) if len(code) > most]
    for alias in (*_aliases(code, name), *_zone_names(name, above)):
        names.add(alias, Called(code, Said.ALIAS))
    stem = _stem(name)
    if len(stem) >= SHORTEST:
        # 梅县 for 梅县区 says a kind itself.
        names.add(stem, Called(code, Said.ALIAS if stem[-1] in KINDS and stem != name else Said.SHORT))


def english_key(text: str) -> tuple[str, bool]:
    """Return a place's English name as it is looked up, and whether it says its kind: "Tianhe District" → tianhe, True."""
    plain = re.sub(r"['’.\-]", "", text.casefold()).strip()
    plain = re.sub(r"\s+", " ", plain)
    for pattern in (_PEOPLE_WORD, _SPELLED):
        if found := pattern.search(plain):
            return plain[: found.start()].replace(" ", ""), True
    return plain.replace(" ", ""), False


def _add_english(names: Names, code: str, english: str) -> None:
    if not english:
        return
    head, _autonomous, _kind = english.partition(" Autonomous ")
    key, _said = english_key(english)
    _add(names.english, key, Called(code, Said.SHORT))
    if head != english:
        _add(names.english, english_key(head.split()[0])[0], Called(code, Said.SHORT))
