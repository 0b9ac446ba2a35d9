"""The lines to viewers: bytes written once, straight into the server's transport; the too slow are sent away."""

import asyncio
import json
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from livestream.lines import LAGGING_BYTES, LAGGING_FRAMES, FarViewer, Frame, NearViewer, server_behind, viewer_of
from livestream.rules import last_of


async def until(holds: Any) -> None:
    """Wait for what no event tells."""
    while not holds():  # noqa: ASYNC110 (neither uvicorn nor a transport has an event for it)
        await asyncio.sleep(0.01)


async def read_all(line: Any) -> None:
    while True:
        await line.recv()


def served(story: Any, ready: Any) -> None:
    """Serve viewers as production does, and run a story with the server's address; `ready` gets each viewer."""

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        ready(viewer_of({"server_behind": server_behind(send)}, send, "en"))
        while (await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": "answer"})

    async def whole() -> None:
        options = {"ws": "websockets-sansio", "ws_per_message_deflate": False, "lifespan": "off", "log_level": "error"}
        server = uvicorn.Server(uvicorn.Config(application, host="127.0.0.1", port=0, **options))
        task = asyncio.create_task(server.serve())
        async with asyncio.timeout(10):
            await until(lambda: server.started)
            port = server.servers[0].sockets[0].getsockname()[1]
            await story(f"ws://127.0.0.1:{port}/")
            server.should_exit = True
            await task

    asyncio.run(whole())


def test_a_browser_reads_what_is_written_past_the_server_between_its_own_frames() -> None:
    """Of every size that a frame's head knows: a library's client takes no wrong byte."""
    viewers: list[Any] = []
    texts = ["柚" * size for size in (0, 1, 41, 42, 5_000, 30_000)]

    async def story(address: str) -> None:
        async with connect(address) as line:
            await line.send("?")
            assert await line.recv() == "answer"
            assert isinstance(viewers[0], NearViewer)
            for text in texts:
                viewers[0].offer(Frame({"text": text}))
            await line.send("?")
            assert [json.loads(await line.recv())["text"] for _ in texts] == texts
            assert await line.recv() == "answer"
        await until(viewers[0].server.transport.is_closing)
        viewers[0].offer(Frame({"text": "too late"}))

    served(story, viewers.append)


def test_who_does_not_read_is_cut_off_and_the_others_go_on() -> None:
    viewers: list[Any] = []

    async def story(address: str) -> None:
        # It reads nothing: what the kernel takes is not in the transport's buffer.
        slow = await connect(address, max_queue=1)
        quick = await connect(address)
        frame = Frame({"text": "柚" * 20_000})
        for _ in range(1_000):
            viewers[0].offer(frame)
            if viewers[0].server.transport.is_closing():
                break
        assert viewers[0].server.transport.is_closing()
        assert viewers[0].server.transport.get_write_buffer_size() <= LAGGING_BYTES + len(frame.wire)
        viewers[1].offer(frame)
        assert await quick.recv() == frame.text
        with pytest.raises(ConnectionClosed):
            await read_all(slow)
        await quick.close()

    served(story, viewers.append)


def test_behind_another_server_frames_wait_in_a_short_queue() -> None:
    async def story() -> None:
        sent: list[dict[str, Any]] = []
        gate = asyncio.Event()

        async def send(message: dict[str, Any]) -> None:
            await gate.wait()
            sent.append(message)

        viewer = viewer_of({}, send, "en")
        assert isinstance(viewer, FarViewer)
        await asyncio.sleep(0)
        for number in range(LAGGING_FRAMES + 1):
            viewer.offer(Frame({"n": number}))
        gate.set()
        await asyncio.sleep(0.01)
        assert [message["type"] for message in sent][-1] == "websocket.close"
        assert len(sent) <= 2
        viewer.stop()

    asyncio.run(story())


@pytest.mark.parametrize(
    ("lines", "most", "left"),
    [
        ("", 3, ""),
        ("abc", 3, "abc"),
        ("abcde", 3, "cde"),
        ("Abcde", 3, "Ade"),
        ("ABCDE", 3, "CDE"),
        ("aBcDeF", 4, "BDeF"),
    ],
)
def test_of_many_lines_the_last_are_shown_and_the_hosts_first(lines: str, most: int, left: str) -> None:
    assert "".join(last_of(lines, most, first=str.isupper)) == left
