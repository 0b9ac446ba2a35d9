"""What comes up a socket: good frames are taken, all others answered with a code, and the socket lives."""

import asyncio
import json
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livestream import sockets
from livestream.frames import LONGEST_FRAME, MOST_REF, BadFrame, Said, read_frame

BAD = [
    (b"\x00\x01", "not_text", None),
    ("x" * (LONGEST_FRAME + 1), "frame_too_long", None),
    ("", "not_json", None),
    ("[" * 60_000, "not_json", None),
    ('{"chat": ' + "[" * 30_000, "not_json", None),
    ('{"chat": "够", "ref": NaN}', "not_json", None),
    ('{"chat": "够", "ref": -Infinity}', "not_json", None),
    ('{"chat": NaN, "ref": 1}', "not_json", None),
    ('{"chat": "够", "chat": "不够", "ref": 1}', "not_json", None),
    ('["chat"]', "not_json", None),
    ('{"chat": "够", "ref": "\\ud800"}', "bad_ref", None),
    ('{"chat": "够", "ref": "\\u0000"}', "bad_ref", None),
    ('{"chat": "够", "ref": [1]}', "bad_ref", None),
    ('{"chat": "够", "ref": {"a": {"b": 1}}}', "bad_ref", None),
    ('{"chat": "够", "ref": true}', "bad_ref", None),
    ('{"chat": "够", "ref": 1.5}', "bad_ref", None),
    ('{"chat": "够", "ref": 1e999}', "bad_ref", None),
    (json.dumps({"chat": "够", "ref": MOST_REF + 1}), "bad_ref", None),
    (json.dumps({"chat": "够", "ref": "r" * 65}), "bad_ref", None),
    ('{"chat": "够", "ref": 1' + "0" * 5_000 + "}", "not_json", None),
    ('{"chat": "够", "ref": 3, "admin": 1}', "unknown_field", 3),
    ('{"ref": 4}', "bad_chat", 4),
    ('{"chat": ["够"], "ref": 5}', "bad_chat", 5),
    ('{"chat": 7, "ref": "a"}', "bad_chat", "a"),
    ('{"chat": null, "ref": 6}', "bad_chat", 6),
    ('{"chat": "\\udc00", "ref": 7}', "bad_chat", 7),
    ('{"chat": "a\\u0000", "ref": 8}', "bad_chat", 8),
]


@pytest.mark.parametrize(("frame", "code", "ref"), BAD, ids=[f"{n}-{code}" for n, (_, code, _) in enumerate(BAD)])
def test_a_bad_frame_is_refused_by_its_form(frame: str | bytes, code: str, ref: object) -> None:
    with pytest.raises(BadFrame) as refused:
        read_frame(frame if isinstance(frame, str) else None)
    assert (refused.value.code, refused.value.ref) == (code, ref)


@pytest.mark.parametrize("ref", [None, 0, -MOST_REF, MOST_REF, "", "a" * 64, "𠮷👩\u200d🌾"])
def test_a_good_frame_is_read_as_it_is(ref: object) -> None:
    assert read_frame(json.dumps({"chat": "够 {五} [斤]", "ref": ref})) == Said("够 {五} [斤]", cast("Any", ref))


class Taking:
    """A tail that takes everything."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def write(self, session_key: str, text: str, language: str) -> dict[str, Any]:
        """Note it."""
        self.taken.append(text)
        return {"accepted": 1}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=[]), max_size=80),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FRAMES = (
    st.fixed_dictionaries({"chat": VALUES, "ref": VALUES}).map(json.dumps)
    | st.dictionaries(st.sampled_from(["chat", "ref", "x"]), VALUES).map(json.dumps)
    | VALUES.map(json.dumps)
    | st.text(max_size=100)
    | st.none()
)


@given(st.lists(FRAMES, max_size=8))
def test_whatever_comes_is_answered_once_in_strict_json(frames: list[str | None]) -> None:
    tail, sent = Taking(), list[str]()

    async def send(message: dict[str, Any]) -> None:
        assert message["type"] == "websocket.send"
        sent.append(message["text"].encode().decode())

    async def whole() -> None:
        for frame in frames:
            assert not await sockets._hear(cast("Any", tail), "", frame, "en", send)

    asyncio.run(whole())
    assert len(sent) == len(frames)
    for text in sent:
        answer = json.loads(text, parse_constant=pytest.fail)
        assert ("accepted" in answer) != ("refused" in answer)
    assert all(type(text) is str and text.encode() is not None for text in tail.taken)
