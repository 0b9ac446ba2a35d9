"""Phones, postcodes and labels of a pasted text. Pure.

What is taken out leaves a line end, so that what stood on both sides stays apart.
"""

import re
from dataclasses import dataclass

CUT = "\n"
MOBILE = re.compile(
    r"(?<![\dA-Za-z])(?:\(?(?:\+|00)?86\)?[\s\-]*)?(1[3-9]\d(?:[\s\-]*\d){8})(?!\d)"
    r"(?:(?:\s*(?:转|转接|分机号?|ext\.?|#)\s*[:：]?\s*|-)(\d{1,6})(?!\d))?",
    re.IGNORECASE,
)
LANDLINE = re.compile(
    r"(?<![\d\-])(?:\(0\d{2,3}\)\s*|0\d{2,3}[\s\-]+|0\d{2,3}(?=\d{7,8}(?!\d)))\d{7,8}(?:-\d{1,6})?(?!\d)"
)
FREE_CALL = re.compile(r"(?<!\d)[48]00-?\d{3}-?\d{4}(?!\d)")
SAID_POSTCODE = re.compile(
    r"(?:邮编|邮政编码|邮码|郵編|郵政編碼|post ?code|postal code|zip(?: ?code)?)\s*[:：]?\s*(\d{6})(?!\d)",
    re.IGNORECASE,
)
# Six digits by themselves, or between Chinese: no number of a house, a room or a road.
BARE_POSTCODE = re.compile(
    r"(?<![0-9A-Za-z\-#第])(?P<code>[0-8]\d{5})(?![0-9A-Za-z\-号號室栋棟楼樓座单元弄巷院幢组組层層路街])"
)
_NAMED = "收货人姓名|收件人姓名|收货人名|收货人|收件人|联系人|收方|姓名|名字|名称|客户姓名|consignee|recipient|receiver|full name|name|attn|ship to|deliver to|to"
_CALLED = "手机号码|手机号|手机|移动电话|联系电话|联系方式|电话号码|电话|座机|mobile|phone|tel|telephone|cell"
_PLACED = (
    "所在地区|所在地|收货地区|地区|详细地址|收货地址|收件地址|邮寄地址|联系地址|街道地址|家庭地址|单位地址|地址|寄送地址|寄到|寄往|"
    "街道|省份|城市|区县|区/县|省市区|address|street address|province|city|district|county|street"
)
_POSTED = "邮政编码|邮编|postcode|postal code|zip code|zip"
_SPACED = re.compile(
    r"(?<![^\s,，;；])(收 *货 *人|收 *件 *人|联 *系 *人|姓 +名|电 +话|手 +机|地 +址|邮 +编)(?=\s*[:：])"
)
# 周敏[2046]: marketplaces write the extension behind the name.
_BRACKETED = re.compile(r"(?<=[\u3400-\u9fff])[\[【(（](\d{3,6})[\]】)）]")
_IN_BRACKETS = re.compile(rf"[【\[]\s*({_NAMED}|{_CALLED}|{_PLACED}|{_POSTED})\s*[】\]]\s*[:：]?", re.IGNORECASE)
LABEL = re.compile(
    rf"(?:(?<![A-Za-z])(?P<named>{_NAMED})|(?P<other>{_CALLED}|{_PLACED}|{_POSTED}))\s*[:：]\s*"
    rf"|(?<![^\s,，;；。])(?:(?P<named2>收货人|收件人|联系人|姓名)(?:[\s]+|(?=[\u3400-\u9fff]))"
    rf"|(?P<other2>所在地区|地区|收货地址|收件地址|详细地址|地址|联系电话|手机号码|手机号|手机|电话|邮编)(?:\s+|(?=$))"
    rf"|(?P<other3>收货地址|收件地址|详细地址|地址)(?=[\u3400-\u9fff]{{2}}))",
    re.IGNORECASE,
)


@dataclass
class Contacts:
    """What was taken out of a text, and the text without it."""

    rest: str
    phone: str = ""
    extension: str = ""
    postcode: str = ""
    other_numbers: tuple[str, ...] = ()


def take_contacts(text: str) -> Contacts:
    """Return the phone and the postcode of a text of plain digits, and what else is a number to call."""
    found = Contacts(text)
    if said := SAID_POSTCODE.search(found.rest):
        found.postcode = said.group(1)
        found.rest = _without(found.rest, said)
    if bracketed := _BRACKETED.search(found.rest):
        found.extension = bracketed.group(1)
        found.rest = _without(found.rest, bracketed)
    others: list[str] = []
    while mobile := MOBILE.search(found.rest):
        digits = re.sub(r"\D", "", mobile.group(1))
        if not found.phone:
            found.phone, found.extension = digits, mobile.group(2) or found.extension
        elif digits != found.phone:
            others.append(mobile.group(0).strip())
        found.rest = _without(found.rest, mobile)
    for pattern in (LANDLINE, FREE_CALL):
        while other := pattern.search(found.rest):
            others.append(other.group(0).strip())
            found.rest = _without(found.rest, other)
    if not found.postcode and (bare := BARE_POSTCODE.search(found.rest)):
        found.postcode = bare.group("code")
        found.rest = _without(found.rest, bare)
    found.other_numbers = tuple(others)
    return found


def _without(text: str, found: re.Match[str]) -> str:
    return f"{text[: found.start()].rstrip()}{CUT}{text[found.end() :].lstrip()}"


def take_labels(text: str) -> tuple[str, str]:
    """Return what stands behind a label of a person, "" for none, and the text without labels."""
    text = _IN_BRACKETS.sub(r"\1：", text)
    text = _SPACED.sub(lambda found: found[0].replace(" ", ""), text)
    name, rest, at = "", "", 0
    marks = list(LABEL.finditer(text))
    for mark, following in zip(marks, [*marks[1:], None][: len(marks)], strict=True):
        rest += text[at : mark.start()] + CUT
        end = following.start() if following else len(text)
        said = text[mark.end() : end]
        if (mark.group("named") or mark.group("named2")) and not name:
            name, said = _first_of(said)
        rest, at = rest + said, end
    return name, rest + text[at:]


def _first_of(text: str) -> tuple[str, str]:
    """Return the person that a text begins with, and what follows."""
    line = re.match(r"\s*([^\n,，;；、|/\t]*)", text)
    said = line.group(1).strip() if line else ""
    if said and not said.isascii():
        # Chinese names have no space in them.
        said = said.split()[0]
    if not said or len(said) > 40 or any(sign.isdigit() for sign in said):
        return "", text
    return said, CUT + text[text.index(said) + len(said) :]
