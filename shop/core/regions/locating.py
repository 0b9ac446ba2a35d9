"""Where a text names a division: province, prefecture and county one after the other, each said or left out. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .naming import COUNTY, KINDS, PREFECTURE, Called, Names, Said

# 长安南路, 海珠中路, 和平里, 重庆大厦: the short name of a place begins the name of a road or a building.
ROAD = re.compile(
    r"[东西南北中大内外环上下前后左右一二三四五六七八九十新老小]{0,3}"
    r"(?:大道|街道|大街|大厦|大学|大桥|大酒店|路|街|道|巷|弄|里|胡同|桥|广场|花园|花苑|新村|村|镇|乡|屯|站|城|苑|阁|楼|"
    r"厦|园|庄|店|馆|中心|机场|火车站|小区|公寓|公园|国际|宾馆|酒店|饭店|商场|商厦|家园|名苑|豪庭|学院|学校|医院|银行|市场|超市|影院|码头|"
    r"高速|立交|工业|科技大厦|世纪|人家|山庄|湾|岸|府|庭|轩|座|号|栋|幢|会馆|同乡会|牛肉|火锅|小吃)"
)
# 白云区路: a listed name may begin a road's too.
ROAD_AT_ONCE = re.compile(r"大道|路|街(?!道)|巷|弄")
BETWEEN = re.compile(
    r"(?:[\s,，、/\\|>＞\-—–_·.;；:：。]|(?:市辖区|市区)(?=[\s,，]|[\u3400-\u9fff]{2,})|(?:省|自治区)?直辖县级?(?:行政(?:单位|区划))?)*"
)
STARTS = re.compile(r"(?:^|[\s,，、;；|/:：。(（【\[\"“>\-—]|中国|中华人民共和国|中國)(?=[^\s])")


@dataclass(frozen=True, slots=True)
class Reading:
    """A division with where it stands in the text, and how plainly it is said."""

    code: str
    start: int
    end: int
    levels: int
    weight: int
    is_guess: bool = False

    @property
    def rank(self) -> tuple[int, int, int, int]:
        """What says most comes first; among equals the earliest, then the longest."""
        return (-self.levels, -self.weight, self.start, -self.end)


def locate(text: str, names: Names) -> Reading | None:
    """Return the division that a text of simplified characters names; None for none, or where two are as likely."""
    starts = {found.end() for found in STARTS.finditer(text)} | ({0} if text else set())
    found = [reading for start in sorted(starts) for reading in _readings(text, start, names)]
    plain = [reading for reading in found if _is_plain(reading, text, names)]
    if not plain or max(reading.levels for reading in plain) == 1:
        # 周敏广东省广州市…: a name written before it without a space.
        glued = (each for at in range(len(text)) if at not in starts for each in _readings(text, at, names))
        plain += [each for each in glued if each.levels > 1 and each.weight >= Said.FULL + Said.SHORT]
    return _one(plain, names)


def locate_again(text: str, reading: Reading, names: Names) -> Reading:
    """Return `reading` up to where the same place is said once more behind it: 广东省广州市 广东省广州市天河区."""
    while True:
        start = _skip(text, reading.end)
        again = [
            each
            for each in _readings(text, start, names)
            if each.code.startswith(reading.code) or reading.code.startswith(each.code)
        ]
        again = [each for each in again if each.levels > 1 or (each.weight > Said.SHORT and each.code != reading.code)]
        best = min(again, key=lambda each: each.rank, default=None)
        if best is None or (best.levels == 1 and not _is_new(best, reading, names)):
            return reading
        code = max(best.code, reading.code, key=len)
        reading = Reading(
            code, reading.start, best.end, max(best.levels, reading.levels), reading.weight, reading.is_guess
        )


def _is_new(best: Reading, reading: Reading, names: Names) -> bool:
    return len(best.code) > len(reading.code) and not names.is_town(reading.code)


def _one(readings: list[Reading], names: Names) -> Reading | None:
    """Return the one reading that says most; where several do, what they have in common, if it is said."""
    if not readings:
        return None
    best = min(readings, key=lambda each: each.rank)
    rivals = {each.code for each in readings if each.rank == best.rank}
    # 上海市 is a province and its only city: the wider is meant.
    widest = min(rivals, key=len)
    if all(code.startswith(widest) for code in rivals):
        return next(each for each in readings if each.rank == best.rank and each.code == widest)
    shorter = [
        each for each in readings if each.rank > best.rank and all(code.startswith(each.code) for code in rivals)
    ]
    zones = sorted(code for code in rivals if len({each[:PREFECTURE] for each in rivals}) == 1)
    if zones and len({_zone_kind(names.listed[code]) for code in zones}) == 1 and _zone_kind(names.listed[zones[0]]):
        # One zone stands in the list twice, under its whole name and a short one.
        return Reading(zones[0], best.start, best.end, best.levels, best.weight, is_guess=True)
    return min(shorter, key=lambda each: each.rank, default=None)


def _zone_kind(name: str) -> str:
    return "高新" if "高新" in name else "经开" if name.endswith("开发区") else "工业" if "工业园" in name else ""


def _is_plain(reading: Reading, text: str, names: Names) -> bool:
    """Tell whether one name alone says enough: a short name by itself may be a person, a road or another place."""
    if reading.levels > 1:
        return True
    is_alone = not re.match(r"[\u3400-\u9fff\U00020000-\U0003ffff0-9A-Za-z]", text[reading.end : reading.end + 1])
    if len(reading.code) == COUNTY and names.is_town(reading.code):
        return False
    if reading.weight == Said.SHORT:
        return not is_alone
    return True


def _hits(text: str, start: int, names: Names) -> Iterable[tuple[Called, int]]:
    for length in range(min(names.longest, len(text) - start), 1, -1):
        for called in names.called.get(text[start : start + length], ()):
            if _stands(text, start + length, called):
                yield called, start + length


def _stands(text: str, end: int, called: Called) -> bool:
    """Tell whether what follows lets the name be a place's, and not the beginning of another name."""
    rest = text[end : end + 8]
    if called.said != Said.SHORT:
        return not (len(called.code) == COUNTY and ROAD_AT_ONCE.match(rest))
    return not (rest[:1] in KINDS and rest[:1]) and not ROAD.match(rest)


def _skip(text: str, at: int) -> int:
    found = BETWEEN.match(text, at)
    return found.end() if found else at


def _readings(text: str, start: int, names: Names) -> list[Reading]:
    """Return every reading of a place that begins at `start`."""
    found: list[Reading] = []
    open_ones: list[tuple[Reading, str, int]] = []
    for called, end in _hits(text, start, names):
        if not _may_begin(called, text, start, end, names):
            continue
        reading = Reading(called.code, start, end, 1, int(called.said), called.is_old)
        found.append(reading)
        open_ones.append((reading, called.code, int(called.said)))
    # A short name goes on where a deeper place follows, even if it looked like the beginning of a road: 广州东山区.
    while open_ones:
        reading, code, weight = open_ones.pop()
        if len(code) == COUNTY:
            continue
        at = _skip(text, reading.end)
        below = [(called, end) for called, end in _hits(text, at, names) if _is_below(called, code)]
        for called, end in _plainest(below):
            is_guess = reading.is_guess or called.is_old or _is_far_town(called, code, names)
            deeper = Reading(called.code, start, end, reading.levels + 1, weight + int(called.said), is_guess)
            found.append(deeper)
            open_ones.append((deeper, called.code, deeper.weight))
    return _only_of_country(found, text, names)


def _is_below(called: Called, code: str) -> bool:
    return called.code.startswith(code) and len(called.code) > len(code)


def _is_far_town(called: Called, code: str, names: Names) -> bool:
    return len(code) < PREFECTURE and names.is_town(called.code)


def _plainest(hits: list[tuple[Called, int]]) -> list[tuple[Called, int]]:
    """Leave out short names where a plainer one, as long at least, is read at the same place."""
    longest = max((end for called, end in hits if called.said > Said.SHORT), default=0)
    return [(called, end) for called, end in hits if called.said > Said.SHORT or end > longest]


def _may_begin(called: Called, text: str, start: int, end: int, names: Names) -> bool:
    return not (called.is_old and len(names.called.get(text[start:end], ())) > 1)


def _only_of_country(readings: list[Reading], text: str, names: Names) -> list[Reading]:
    """Leave out counties that are named without anything above them where another division is called so too."""
    kept = []
    for each in readings:
        if each.levels > 1 or len(each.code) < COUNTY:
            kept.append(each)
            continue
        named = names.called[text[each.start : each.end]]
        plainest = max(called.said for called in named)
        if [called.code for called in named if called.said == plainest] == [each.code]:
            kept.append(replace(each, is_guess=each.is_guess or plainest == Said.SHORT))
    return kept
