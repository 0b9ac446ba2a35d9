"""Other words for the same produce: a listing says 脐橙 or 土豆, a shopper asks for 橙子 or 马铃薯.

One group a line: a name that contains any word of a group is also found by the others. Only words for the same thing:
never a better grade, another place or a claim (土鸡, 有机), or a search would promise what the goods do not keep.
"""

from functools import lru_cache

GROUPS: tuple[tuple[str, ...], ...] = (
    ("柚", "柚子", "文旦"),
    ("橙", "橙子", "甜橙"),
    ("橘", "桔", "橘子", "桔子", "柑橘"),
    ("柑", "柑子", "柑橘"),
    ("梨", "梨子"),
    ("桃", "桃子"),
    ("柿", "柿子"),
    ("菠萝", "凤梨"),
    ("芒果", "杧果"),
    ("猕猴桃", "奇异果"),
    ("火龙果", "红龙果"),
    ("桂圆", "龙眼"),
    ("土豆", "马铃薯", "洋芋"),
    ("红薯", "番薯", "地瓜", "甘薯"),
    ("玉米", "苞谷", "包谷"),
    ("菜心", "菜薹"),
    ("大米", "稻米"),
    ("花生", "落花生"),
    ("香菇", "冬菇"),
    ("木耳", "黑木耳", "云耳"),
    ("辣椒", "海椒"),
    ("生姜", "姜"),
    ("茶油", "山茶油", "茶籽油"),
    ("西红柿", "番茄"),
    ("核桃", "胡桃"),
    ("板栗", "栗子"),
)
# A character of one of these says nothing about the fruit of that name: 猕猴桃 is no 桃子.
COMPOUNDS = ("猕猴桃", "核桃", "胡桃", "樱桃", "西红柿")


@lru_cache(maxsize=20_000)
def also_called(name: str) -> tuple[str, ...]:
    """Return the other words that a shopper may use for what `name` (Chinese) says, in the order of GROUPS."""
    found: dict[str, None] = {}
    bare = name
    for compound in COMPOUNDS:
        bare = bare.replace(compound, " ")
    for group in GROUPS:
        if any(word in (name if word in COMPOUNDS else bare) for word in group):
            found.update(dict.fromkeys(word for word in group if word not in name))
    return tuple(found)
