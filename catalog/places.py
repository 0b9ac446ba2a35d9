"""Short names of places, as people say them: 梅州 梅县, not 梅州市梅县区."""

from shop.core.models import Division

_ENDINGS = (
    "壮族自治区", "维吾尔自治区", "回族自治区", "自治区", "特别行政区",
    "土家族苗族自治州", "藏族羌族自治州", "布依族苗族自治州", "苗族侗族自治州", "傈僳族自治州", "彝族自治州", "自治州",
    "壮族瑶族自治县", "彝族回族苗族自治县", "独龙族怒族自治县", "白族普米族自治县", "仫佬族自治县", "瑶族自治县",
    "苗族自治县", "侗族自治县", "各族自治县", "彝族自治县", "自治县", "地区", "省", "市", "县", "区",
)  # fmt: skip


def short_zh(name: str) -> str:
    """Return a division's name without its rank, where at least two characters stay (梅县区 → 梅县, 东区 stays)."""
    for ending in _ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) >= 2:
            return name.removesuffix(ending)
    return name


def place_zh(row: Division) -> str:
    """Return prefecture and county, short."""
    parts = [row.parent, row] if row.parent and row.parent.level > Division.Level.PROVINCE else [row]
    return " ".join(short_zh(each.name_zh) for each in parts)


def place_en(row: Division) -> str:
    """Return county and prefecture; "" where either has no English name."""
    parts = [row, row.parent] if row.parent and row.parent.level > Division.Level.PROVINCE else [row]
    names = [each.name_en for each in parts]
    return ", ".join(names) if all(names) else ""
