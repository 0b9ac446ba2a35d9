"""The peoples that autonomous divisions are named after."""

PEOPLES_EN = {
    "壮族": "Zhuang", "回族": "Hui", "维吾尔": "Uygur", "维吾尔族": "Uygur", "苗族": "Miao", "彝族": "Yi",
    "土家族": "Tujia", "藏族": "Tibetan", "蒙古族": "Mongol", "蒙古": "Mongol", "侗族": "Dong", "瑶族": "Yao",
    "布依族": "Bouyei", "白族": "Bai", "朝鲜族": "Korean", "哈尼族": "Hani", "黎族": "Li", "哈萨克族": "Kazakh",
    "哈萨克": "Kazakh", "傣族": "Dai", "畲族": "She", "傈僳族": "Lisu", "东乡族": "Dongxiang", "纳西族": "Naxi",
    "拉祜族": "Lahu", "水族": "Sui", "佤族": "Va", "景颇族": "Jingpo", "柯尔克孜": "Kirgiz", "土族": "Tu",
    "塔吉克": "Tajik", "塔吉克族": "Tajik", "羌族": "Qiang", "仡佬族": "Gelao", "仫佬族": "Mulao",
    "毛南族": "Maonan", "满族": "Manchu", "撒拉族": "Salar", "达斡尔族": "Daur", "鄂伦春": "Oroqen",
    "鄂温克族": "Ewenki", "裕固族": "Yugur", "保安族": "Bonan", "独龙族": "Derung", "怒族": "Nu",
    "普米族": "Pumi", "布朗族": "Blang", "锡伯": "Xibe", "各族": "Multi-ethnic",
}  # fmt: skip
LONGEST_FIRST = sorted(PEOPLES_EN, key=len, reverse=True)


def peoples_of(stem: str) -> tuple[str, str]:
    """Split the peoples off an autonomous division's stem: 融水苗族 → (融水, "Miao")."""
    named: list[str] = []
    while True:
        found = next((people for people in LONGEST_FIRST if stem.endswith(people) and len(stem) > len(people)), "")
        if not found:
            return stem, " ".join(named)
        named.insert(0, PEOPLES_EN[found])
        stem = stem.removesuffix(found)
