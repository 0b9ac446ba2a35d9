"""Telling a person's name from the pieces of an address. Pure."""

import re
from dataclasses import dataclass

HAN = r"\u3400-\u9fff\U00020000-\U0003ffff\uf900-\ufaff〇々"
DIRECTIONS = frozenset("北南东西")
DOTS = "·•‧・．.･"
_DOT = re.compile(f"[{re.escape(DOTS)}]")
# What stands in streets and buildings; in a person's name only in the first place, as a surname.
OF_ADDRESSES = re.compile(
    r"[路街道号號楼樓室村镇鎮乡鄉栋棟座单單元巷弄园園苑城店厦廈院省市县縣区區旗组組屯庄寨库庫厂廠校层層期幢门門\d]"
)
# What often ends a place's name and seldom a person's.
OF_PLACES = frozenset(
    "海湾灣北南东東西桥橋河湖岸坡塘洲岛島府庭轩軒阁閣居港口头頭里坊厝垵浦田围圍坑岗崗墩埔湖堡站台社公司馆館部局院所队隊团團"
)
LATIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ.'’-]{0,29}(?: [A-Za-zÀ-ÿ.'’-]{1,29}){0,3}")
OF_ENGLISH_ADDRESSES = re.compile(
    r"\b(road|rd|street|st|avenue|ave|lane|building|bldg|room|rm|floor|block|unit|apt|apartment|village|town|garden|plaza|"
    r"no|district|city|county|province|tower|square|lu|jie|dadao|xiang|china|prc|school|university|company|ltd)\b\.?",
    re.IGNORECASE,
)
SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏"
    "钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢岳齐梅莫庄辛管祝左涂谷祁时舒耿牟卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席"
    "卫查屈鲍位覃霍翁隋植甘景薄单包司柏宁柯阮桂闵解强丘华车冉房边辜吉饶刁瞿戚古池连丰农蓝银符肖闫麦麥冼区區莊吳張劉陳楊趙"
    "黃孫馬羅鄭謝韓馮蕭鄧許呂蘇盧蔣賈葉閻餘鍾範姚譚鄒陸龍萬錢湯賀賴龔龐蘭顏嚴溫蘆韋畢聶叢齊劍關費紀歐項遊陽衛單寧"
    "邬盖商滕闻党鞠冀郎苟晏佟楚褚岑仇慕和仲郁沙巫尚束宫卓蒙雍印宿练敖邝利湛招谌巩缪战冷郜逄栾付代仝候晋麻苑储兆普阿敬么"
)
COMPOUND = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "令狐",
    "慕容",
    "司徒",
    "夏侯",
    "端木",
)
TITLES = (
    "先生",
    "女士",
    "小姐",
    "老师",
    "老師",
    "阿姨",
    "师傅",
    "師傅",
    "同学",
    "同學",
    "经理",
    "總",
    "总",
    "姐",
    "哥",
    "叔",
)
# 周敏收, 周敏（收）: what is written behind the name on a parcel.
_RECEIVES = re.compile(r"[(（【\[]?\s*(?:亲?收|收件|启|啟)\s*[)）】\]]?$")
LONGEST_PLAIN, LONGEST_MINORITY = 4, 10


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the text, and where it stands."""

    text: str
    is_lead: bool = False  # before the division
    is_beside_number: bool = False
    is_after_division: bool = False
    is_first: bool = False
    is_last: bool = False


def tidy(name: str) -> str:
    """Return a name as it is stored: its dots alike, without what a parcel says behind it."""
    name = name.strip(" ,，;；:：。|/-—()（）[]【】\"“”'")
    if len(name) > 2 and re.search(rf"[{HAN}]", name):
        name = _RECEIVES.sub("", name).strip(" ,，;；:：。(（【[")
    return _DOT.sub("·", name) if re.search(rf"[{HAN}][{re.escape(DOTS)}][{HAN}]", name) else name


def score(token: Token) -> int:
    """Return how likely a piece is a person's name; 0 or less for what is none."""
    text = tidy(token.text)
    if not text or any(sign.isdigit() for sign in text):
        return 0
    beside = 2 * token.is_beside_number + 2 * token.is_lead + token.is_last + token.is_first
    if LATIN.fullmatch(text):
        return 0 if OF_ENGLISH_ADDRESSES.search(text) else 2 + beside
    stem = next((text.removesuffix(title) for title in TITLES if text.endswith(title) and len(text) > len(title)), text)
    if stem != text and re.fullmatch(rf"[{HAN}]{{1,3}}", stem) and not OF_ADDRESSES.search(stem[1:]):
        return 5 + beside
    if re.fullmatch(rf"[{HAN}]{{1,12}}(?:·[{HAN}]{{1,12}}){{1,3}}", text):
        return 0 if OF_ADDRESSES.search(text) else 6 + beside
    return _plain(text, token, beside)


def _plain(text: str, token: Token, beside: int) -> int:
    known = is_surnamed(text)
    if not re.fullmatch(rf"[{HAN}]{{2,{LONGEST_MINORITY}}}", text):
        return 0
    if OF_ADDRESSES.search(text[1:]):
        # 张路 is a person where one is expected, and nowhere else.
        is_expected = token.is_lead or (text[1:] == "路" and token.is_last and token.is_beside_number)
        return beside if known and is_expected else 0
    if OF_ADDRESSES.search(text[0]) and not known:
        return 0
    points = beside + (3 if known else 0)
    if len(text) > LONGEST_PLAIN:
        # 吉克阿依布且: only where a person is expected.
        points = beside - 1 if token.is_lead or token.is_beside_number else 0
    if not token.is_lead and any(sign in OF_PLACES for sign in text[1:]):
        # 扎西多吉 has a direction in it, as names of roads do.
        points -= 1 if all(sign in DIRECTIONS for sign in text[1:] if sign in OF_PLACES) else 3
    # What follows the division at once is the street, unless it is plainly a person.
    return points - 3 if token.is_after_division else points


def is_surnamed(text: str) -> bool:
    """Tell whether a piece begins with a surname and has the length of a name."""
    if text[:2] in COMPOUND:
        return len(text) in {3, 4}
    return text[0] in SURNAMES and len(text) in {2, 3}


def glued_person(street: str) -> tuple[str, str]:
    """Return a street and the name written behind it without a space: 龙口西路8号1202周敏."""
    found = re.fullmatch(rf"(.*(?P<end>[\d号號室房楼樓栋棟座铺]))(?P<name>[{HAN}]{{2,4}})", street)
    if not found or not is_surnamed(name := found.group("name")):
        return street, ""
    if any(sign in OF_PLACES for sign in name[1:]) or OF_ADDRESSES.search(name[1:]):
        return street, ""
    return found.group(1), name
