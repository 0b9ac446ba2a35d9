"""Amounts in capital figures 大写, as they stand on papers that are signed."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")
GROUP = 10_000


def in_capitals(fen: int) -> str:
    """Return an amount in capital figures: 1234.50 元 is 人民币壹仟贰佰叁拾肆元伍角整.

    Raises ValueError beyond 9999 万亿 元.
    """
    if abs(fen) >= 100 * GROUP ** len(GROUPS):
        raise ValueError("too large to be written out")
    sign = "负" if fen < 0 else ""
    yuan, cents = divmod(abs(fen), 100)
    jiao, rest = divmod(cents, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif rest and yuan:
        words += "零"
    words += f"{DIGITS[rest]}分" if rest else "整"
    if not yuan and not cents:
        words = "零元整"
    return f"人民币{sign}{words}"


def _whole(number: int) -> str:
    """Return a whole number above zero in capital figures; zeros inside are said once, trailing ones not at all."""
    parts: list[str] = []
    groups: list[int] = []
    while number:
        number, group = divmod(number, GROUP)
        groups.append(group)
    for position in range(len(groups) - 1, -1, -1):
        group = groups[position]
        if not group:
            continue
        if parts and (group < GROUP // 10 or not groups[position + 1]):
            parts.append("零")
        parts.append(_group(group) + GROUPS[position])
    return "".join(parts)


def _group(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = True
    return words
