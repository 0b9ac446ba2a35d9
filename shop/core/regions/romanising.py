"""English names of divisions: pinyin and the kind of place (梅县区 → Meixian District)."""

import re

from pypinyin import lazy_pinyin

from .peoples import peoples_of

PROVINCES_EN = {
    "11": "Beijing", "12": "Tianjin", "13": "Hebei", "14": "Shanxi", "15": "Inner Mongolia", "21": "Liaoning",
    "22": "Jilin", "23": "Heilongjiang", "31": "Shanghai", "32": "Jiangsu", "33": "Zhejiang", "34": "Anhui",
    "35": "Fujian", "36": "Jiangxi", "37": "Shandong", "41": "Henan", "42": "Hubei", "43": "Hunan",
    "44": "Guangdong", "45": "Guangxi", "46": "Hainan", "50": "Chongqing", "51": "Sichuan", "52": "Guizhou",
    "53": "Yunnan", "54": "Xizang", "61": "Shaanxi", "62": "Gansu", "63": "Qinghai", "64": "Ningxia",
    "65": "Xinjiang", "71": "Taiwan", "81": "Hong Kong", "82": "Macao",
}  # fmt: skip

# Names that pinyin would spell otherwise than maps do.
CITIES_EN = {
    "呼和浩特市": "Hohhot", "哈尔滨市": "Harbin", "乌鲁木齐市": "Urumqi", "拉萨市": "Lhasa",
    "齐齐哈尔市": "Qiqihar", "鄂尔多斯市": "Ordos", "喀什地区": "Kashgar Prefecture", "日喀则市": "Shigatse",
    "台北市": "Taipei", "高雄市": "Kaohsiung", "香港岛": "Hong Kong Island", "九龙": "Kowloon",
    "新界": "New Territories", "澳门半岛": "Macao Peninsula", "六安市": "Lu'an City",
}  # fmt: skip

# Characters with several readings, as these places say them.
READINGS = {
    "蔚县": "Yuxian", "六合": "Luhe", "浚县": "Xunxian", "尉犁": "Yuli", "洪洞": "Hongtong", "单县": "Shanxian",
    "乐清": "Yueqing", "乐亭": "Laoting", "大城": "Daicheng", "荥经": "Yingjing", "荥阳": "Xingyang",
    "盱眙": "Xuyi", "涡阳": "Guoyang", "繁峙": "Fanshi", "阿拉善": "Alxa", "任泽": "Renze", "长子": "Zhangzi",
    "筠连": "Junlian", "隰县": "Xixian", "南乐": "Nanle", "民乐": "Minle", "漯河": "Luohe", "马尾": "Mawei",
    "六枝": "Liuzhi", "闵行": "Minhang", "泊头": "Botou", "龙圩": "Longxu", "覃塘": "Qintang", "郫都": "Pidu",
    "崆峒": "Kongtong", "歙县": "Shexian", "芝罘": "Zhifu", "茫崖": "Mangya", "莲都": "Liandu", "偃师": "Yanshi",
}  # fmt: skip
# Read otherwise in ordinary words, but always so in names of places (with the exceptions above).
READ_IN_PLACES = {"长": "chang", "都": "du", "会": "hui", "朝": "chao", "什": "shi", "曾": "zeng", "行": "xing"}

# Longest first: the first that ends the name is its kind.
KINDS_EN = (
    ("特别行政区", "Special Administrative Region"),
    ("街道办事处", "Subdistrict"),
    ("自治区", "Autonomous Region"),
    ("自治州", "Autonomous Prefecture"),
    ("自治县", "Autonomous County"),
    ("联合旗", "United Banner"),
    ("自治旗", "Autonomous Banner"),
    ("技术产业开发区", "High-Tech Zone"),
    ("经济技术开发区", "Development Zone"),
    ("经济开发区", "Economic Zone"),
    ("开发区", "Development Zone"),
    ("工业园区", "Industrial Park"),
    ("管委会", "Administrative Committee"),
    ("街道", "Subdistrict"),
    ("地区", "Prefecture"),
    ("林区", "Forestry District"),
    ("新区", "New Area"),
    ("园区", "Park"),
    ("特区", "Special District"),
    ("省", "Province"),
    ("市", "City"),
    ("州", "Prefecture"),
    ("盟", "League"),
    ("旗", "Banner"),
    ("县", "County"),
    ("区", "District"),
    ("镇", "Town"),
    ("乡", "Township"),
    ("岛", "Island"),
)
NAMELESS_EN = {"省直辖县": "Directly administered", "自治区直辖县级行政区划": "Directly administered", "县": "Counties"}


def spell(text: str) -> str:
    """Return `text` in pinyin as one word (Xi'an, Meixian)."""
    if text in READINGS:
        return READINGS[text]
    word = ""
    syllables = lazy_pinyin(text)
    if len(syllables) == len(text):
        syllables = [READ_IN_PLACES.get(character, read) for character, read in zip(text, syllables, strict=True)]
    for syllable in syllables:
        word += f"'{syllable}" if word and syllable[:1] in "aoe" else syllable
    word = re.sub("([ln])v", r"\1ü", word)
    return word[:1].upper() + word[1:]


def english_name(code: str, name_zh: str) -> str:
    """Return the English name of the division `code` called `name_zh`."""
    if len(code) == 2 and code in PROVINCES_EN:
        return PROVINCES_EN[code]
    if name_zh in CITIES_EN or name_zh in NAMELESS_EN:
        return CITIES_EN.get(name_zh) or NAMELESS_EN[name_zh]
    for ending, kind in KINDS_EN:
        if not name_zh.endswith(ending) or name_zh == ending:
            continue
        stem, peoples = name_zh.removesuffix(ending), ""
        if kind.startswith("Autonomous"):
            stem, peoples = peoples_of(stem)
        if len(stem) == 1:
            # A single character keeps its kind, as maps do: 梅县区 is Meixian, 忠县 is Zhongxian.
            return f"{spell(name_zh[: len(stem + ending)])} {kind}"
        return " ".join(part for part in (spell(stem), peoples, kind) if part)
    return spell(name_zh)
