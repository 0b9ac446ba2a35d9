"""Finding a name, a phone and a division in one pasted text, in any order. Pure: the divisions come as values."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from .peoples import peoples_of

LONGEST_TEXT = 400
PHONE = re.compile(r"(?<!\d)(?:\(?(?:\+|00)?86\)?[\s-]*)?(1[3-9]\d(?:[\s-]*\d){8})(?!\d)")
POSTCODE = re.compile(r"(?:邮编|邮政编码|postcode)\s*[:：]?\s*(\d{6})(?!\d)", re.IGNORECASE)
# Rows of the published list that only group counties directly under a province; people do not say them.
UNSAID = ("省直辖县", "自治区直辖县级行政区划", "县")
UNSPEAKABLE = "\0"
LABELS = re.compile(
    r"(收货人姓名|收件人姓名|收货人|收件人|联系人|姓名|手机号码|手机号|手机|联系电话|电话号码|电话|所在地区|所在地|地区|"
    r"详细地址|收货地址|收件地址|联系地址|街道地址|地址|name|phone|tel|mobile|address)\s*[:：]\s*",
    re.IGNORECASE,
)
SEPARATORS = re.compile(r"[，,；;、|\n\r\t]+")
HAN = r"\u3400-\u9fff"
NOT_A_PERSON = re.compile(r"[路街道号楼室村镇乡栋座单元巷弄园苑城店厦院省市县区旗\d]")
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席"
    "卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强丘华车冉房边辜吉饶刁瞿戚古池连丰农蓝银符黃區區莊吳"
)
TITLES = ("先生", "女士", "小姐", "老师")
AUTONOMOUS = ("自治区", "自治州", "自治县", "自治旗")
SHORT_ENDINGS = ("特别行政区", "地区", "省", "市", "盟", "县", "区", "旗")
# A short county name followed by one of these is a street or a place, not the county: 和平路, 新华村.
NOT_A_COUNTY = frozenset("路街道巷村镇乡大中新北南东西里园苑庄店")


@dataclass(frozen=True)
class ParsedAddress:
    """What was recognised; "" for what was not. `division_code` is the deepest division that is sure."""

    name: str = ""
    phone: str = ""
    division_code: str = ""
    street: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Place:
    """A division's code, its whole name and what people call it."""

    code: str
    full: str
    short: str


@dataclass(frozen=True)
class Found:
    """Where a name stands in the text, and how much it says."""

    start: int
    end: int
    weight: int


@dataclass
class Names:
    """Every division's names, by parent."""

    below: dict[str, list[Place]] = field(default_factory=dict)


def short_name(name: str) -> str:
    """Return how people call a division: 广东省 → 广东, 凉山彝族自治州 → 凉山, 梅县区 → 梅县; one character stays whole."""
    for ending in AUTONOMOUS:
        if name.endswith(ending):
            stem, peoples = peoples_of(name.removesuffix(ending))
            return stem if peoples and len(stem) > 1 else name
    for ending in SHORT_ENDINGS:
        stem = name.removesuffix(ending)
        if stem != name and len(stem) > 1:
            return stem
    return name


def names_of(rows: Iterable[tuple[str, str | None, str]]) -> Names:
    """Return the names of divisions given as (code, parent code, Chinese name)."""
    names = Names()
    for code, parent, name in rows:
        if name in UNSAID:
            names.below.setdefault(parent or "", []).append(Place(code, UNSPEAKABLE, UNSPEAKABLE))
            continue
        names.below.setdefault(parent or "", []).append(Place(code, name, short_name(name)))
    return names


NO_NAMES = Names()
FULL_WEIGHT, SHORT_WEIGHT = 4, 2
PARENT_WEIGHT = 5
LONGEST_PERSON = 4


def _find(place: Place, text: str, start: int) -> Found | None:
    """Return where `place` is named at or after `start`: by its whole name, else by what people call it."""
    at = text.find(place.full, start)
    if at >= 0:
        return Found(at, at + len(place.full), FULL_WEIGHT)
    at = text.find(place.short, start)
    return Found(at, at + len(place.short), SHORT_WEIGHT) if at >= 0 else None


def _find_first(places: list[Place], text: str, start: int) -> list[tuple[Place, Found]]:
    """Return the places named in `text`, the surest and earliest first."""
    found = [(place, hit) for place in places if (hit := _find(place, text, start))]
    return sorted(found, key=lambda pair: (-pair[1].weight, pair[1].start, -(pair[1].end - pair[1].start)))


@dataclass(frozen=True)
class _Chain:
    """A division with what was said above it."""

    code: str
    start: int
    end: int
    weight: int


def _chains(text: str, names: Names) -> list[_Chain]:
    """Return every reading of `text` as a division, with its weight."""
    chains: list[_Chain] = []
    for province in names.below.get("", []):
        said = _find(province, text, 0)
        base = said.weight + PARENT_WEIGHT if said else 0
        after = said.end if said else 0
        if said:
            chains.append(_Chain(province.code, said.start, said.end, said.weight))
        for city in names.below.get(province.code, []):
            hit = _find(city, text, after)
            # A municipality and its only prefecture have one name, said once.
            if hit is None and said and city.full == province.full:
                hit = Found(said.start, said.end, 0)
            start = said.start if said else hit.start if hit else -1
            if hit:
                chains.append(_Chain(city.code, start, hit.end, base + hit.weight))
            chains.extend(_counties(text, names, city, said, hit))
    return chains


def _counties(text: str, names: Names, city: Place, province: Found | None, said: Found | None) -> Iterable[_Chain]:
    above = [found for found in (province, said) if found]
    after = max((found.end for found in above), default=0)
    base = sum(found.weight + PARENT_WEIGHT for found in above)
    for county in names.below.get(city.code, []):
        hit = _find(county, text, after)
        if hit is None:
            continue
        followed = text[hit.end : hit.end + 1]
        if hit.weight == SHORT_WEIGHT and (not above or hit.start > after + 1) and followed in NOT_A_COUNTY:
            continue
        start = min([found.start for found in above] or [hit.start])
        yield _Chain(county.code, start, hit.end, base + hit.weight)


def _best_chain(text: str, names: Names) -> _Chain | None:
    """Return the one reading that says most; among equals the earliest; None when two divisions are as likely."""
    chains = sorted(_chains(text, names), key=lambda chain: (-chain.weight, -len(chain.code), chain.end))
    if not chains:
        return None
    best = chains[0]
    rivals = [c for c in chains[1:] if c.weight == best.weight and c.end == best.end and len(c.code) == len(best.code)]
    if rivals or (best.weight == SHORT_WEIGHT and best.start > 0 and text[best.start - 1] != " "):
        return None
    return best


def _is_person(token: str, *, strict: bool) -> bool:
    """Tell whether `token` may be a person's name; `strict` wants a known surname."""
    if re.fullmatch(r"[A-Za-z][A-Za-z.'-]{1,19}(?: [A-Za-z.'-]{1,19}){0,3}", token):
        return not strict
    stem = next((token.removesuffix(title) for title in TITLES if token.endswith(title)), token)
    titled = stem != token
    if not re.fullmatch(rf"[{HAN}·]{{{1 if titled else 2},{LONGEST_PERSON}}}", stem):
        return False
    return titled or stem[0] in SURNAMES or (not strict and not NOT_A_PERSON.search(stem))


def _take_person(tokens: list[str]) -> tuple[str, list[str]]:
    """Return the name among `tokens` and the others: a known surname first, then anything that may be a name."""
    for strict in (True, False):
        for i, token in enumerate(tokens):
            if _is_person(token, strict=strict) and not (strict and NOT_A_PERSON.search(token[1:])):
                return token, tokens[:i] + tokens[i + 1 :]
    return "", tokens


def _tokens(text: str) -> list[str]:
    """Split at spaces, but keep Latin words together: Zhou Min is one."""
    return re.findall(r"[A-Za-z][A-Za-z.'-]*(?: [A-Za-z][A-Za-z.'-]*)+|\S+", text)


def _join(tokens: list[str]) -> str:
    """Join a street's pieces: Chinese and digits without a space, Latin words with one."""
    street = ""
    for token in tokens:
        latin = street[-1:].isascii() and street[-1:].isalnum() and token[:1].isascii() and token[:1].isalnum()
        street += f" {token}" if street and latin else token
    return street


def recognise(text: str, names: Names = NO_NAMES) -> ParsedAddress:
    """Recognise name, phone, division, street and postcode in `text`. Never raises for any text.

    What can't be told apart is left out rather than guessed; what is left over becomes the street.
    """
    rest = unicodedata.normalize("NFKC", text[:LONGEST_TEXT]).replace(UNSPEAKABLE, " ")
    labelled = re.search(rf"(?:收货人|收件人|联系人|姓名)[^:：{HAN}]?[:：]\s*([{HAN}A-Za-z·]{{1,20}})", rest)
    postcode = POSTCODE.search(rest)
    if postcode:
        rest = rest.replace(postcode.group(0), " ")
    rest = LABELS.sub(" ", rest)
    phone = PHONE.search(rest)
    if phone:
        rest = f"{rest[: phone.start()]} {rest[phone.end() :]}"
    rest = re.sub(r"\s+", " ", SEPARATORS.sub(" ", rest)).strip()
    chain = _best_chain(rest, names)
    before, after = (rest[: chain.start], rest[chain.end :]) if chain else ("", rest)
    lead, tail = _tokens(before), _tokens(after)
    person, tokens = ("", lead + tail)
    if labelled and labelled.group(1).strip() in tokens:
        person = labelled.group(1).strip()
        tokens.remove(person)
    elif tokens:
        person, tokens = _take_person(tokens) if len(tokens) > 1 or chain is None else ("", tokens)
    if not person and lead:
        person, lead = _take_person(lead)
        tokens = lead + tail
    street = _join(tokens)
    if not person and chain:
        glued = re.match(rf"(.*[\d号室楼栋座])([{HAN}]{{2,3}})$", street)
        if glued and _is_person(glued.group(2), strict=True) and not NOT_A_PERSON.search(glued.group(2)):
            street, person = glued.group(1), glued.group(2)
    return ParsedAddress(
        name=person[:40],
        phone=re.sub(r"\D", "", phone.group(1)) if phone else "",
        division_code=chain.code if chain else "",
        street=street[:160],
        postcode=postcode.group(1) if postcode else "",
    )
