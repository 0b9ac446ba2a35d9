"""What a 合格证 must say to be one."""

import re
from datetime import date

_MOBILE = re.compile(r"(\+?86)?1[3-9]\d{9}")
_LANDLINE = re.compile(r"(\+?86)?0\d{9,11}")
_SERVICE = re.compile(r"400\d{7}")
_JOINTS = re.compile(r"[\s\-‐-―()（）]+")
LEAST_PLACE = 4


def is_contact(text: str) -> bool:
    """Tell whether this is a number that a buyer can ring: a mobile, a landline with its area code, or a 400 number."""
    plain = _JOINTS.sub("", text)
    return any(kind.fullmatch(plain) for kind in (_MOBILE, _LANDLINE, _SERVICE))


def missing(*, producer: str, origin: str, contact: str) -> list[str]:
    """Return the fields without which no certificate may be issued: "producer", "place", "contact"."""
    found = []
    if len(producer.strip()) < 2:
        found.append("producer")
    if len(origin.strip()) < LEAST_PLACE:
        found.append("place")
    if not is_contact(contact):
        found.append("contact")
    return found


def number(day: date, lot_id: int, packing: int) -> str:
    """Return a certificate's number: its day, the lot, and which packing of the lot it is of."""
    return f"HGZ{day:%Y%m%d}{lot_id:06d}{packing:02d}"
