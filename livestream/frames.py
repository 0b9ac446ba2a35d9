"""What comes up a socket, judged by its form before anything else sees it. Pure.

A frame is {"chat": text, "ref": whole number or short text, or none}, in strict JSON: no NaN, no name twice, no
character that nothing can store, nothing nested. What is anything else is refused with a code; the socket lives on.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

LONGEST_FRAME = 64_000
LONGEST_REF = 64
# What a browser's number can hold exactly.
MOST_REF = 2**53 - 1
FIELDS = frozenset({"chat", "ref"})
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

Ref = str | int | None


@dataclass(frozen=True, slots=True)
class Said:
    """A frame that can be taken."""

    chat: str
    ref: Ref


class BadFrame(Exception):
    """A frame that can't be taken. `code`: not_text, frame_too_long, not_json, unknown_field, bad_ref, bad_chat."""

    def __init__(self, code: str, ref: Ref = None) -> None:
        super().__init__(code)
        self.code = code
        self.ref = ref


def read_frame(text: str | None) -> Said:
    """Return what a frame says; None is one of bytes. Raises BadFrame, with the frame's `ref` where it has a good one."""
    if text is None:
        raise BadFrame("not_text")
    if len(text) > LONGEST_FRAME:
        raise BadFrame("frame_too_long")
    try:
        given = json.loads(text, parse_constant=_refuse, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise BadFrame("not_json") from None
    if not isinstance(given, dict):
        raise BadFrame("not_json")
    ref = given.get("ref")
    if not _is_ref(ref):
        raise BadFrame("bad_ref")
    if not FIELDS.issuperset(given):
        raise BadFrame("unknown_field", ref)
    chat = given.get("chat")
    if not isinstance(chat, str) or _UNSTORABLE.search(chat):
        raise BadFrame("bad_chat", ref)
    return Said(chat, ref)


def _is_ref(ref: Any) -> bool:
    if isinstance(ref, str):
        return len(ref) <= LONGEST_REF and not _UNSTORABLE.search(ref)
    return ref is None or (isinstance(ref, int) and not isinstance(ref, bool) and abs(ref) <= MOST_REF)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name twice")
    return found
