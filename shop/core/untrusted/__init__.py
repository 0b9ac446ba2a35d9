"""Reading files of strangers: spreadsheets, CSV, pictures. The one way in for every page, API and back office.

A file is read in a child process (`child.py`) that has limits on memory, processor time and what it answers. A bomb
ends the child, never the server, and the reader gets a refusal in words.
"""

import contextlib
import json
import subprocess
import sys
import sysconfig
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from shop.core.errors import DomainError
from shop.core.untrusted.readers import turn_of_person

CHILD = Path(__file__).with_name("child.py")
MEGABYTE = 1024 * 1024
MEMORY = 320 * MEGABYTE
# Children of one process at the same time: together they stay below what a small server has.
_turns = threading.BoundedSemaphore(2)
PATIENCE_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use: address space, processor and wall time, bytes of its answer."""

    memory: int = MEMORY
    cpu_seconds: int = 4
    wall_seconds: int = 12
    answer: int = 24 * MEGABYTE


class Unreadable(DomainError):
    """A file that can't be read. `reason` says why, for who words it: too_large, too_many, damaged, kind."""

    code = "unreadable_file"
    status = 422

    def __init__(self, reason: str, *, position: int = 0, **details: Any) -> None:
        super().__init__(_("This file can't be read."), **details)
        self.reason = reason
        self.position = position


class TooBusy(DomainError):
    """Many files are being read at the moment."""

    code = "too_busy"
    status = 503


def read_in_child(
    job: str, files: Sequence[bytes], *, limits: Limits | None = None, **options: Any
) -> tuple[dict[str, Any], list[bytes]]:
    """Have a child do `job` ("table", "office", "pictures") with `files`; return its facts and the files it made.

    Raises Unreadable for what it refuses or dies of, TooBusy when no child is free for long, TooManyFiles
    when the request's person has one read already or had too many within a minute.
    """
    limits = limits or Limits()
    head: dict[str, Any] = {"job": job, "sizes": [len(each) for each in files], "options": options}
    head |= {"memory": limits.memory, "cpu": limits.cpu_seconds}
    with turn_of_person():
        if not _turns.acquire(timeout=PATIENCE_SECONDS):
            raise TooBusy(_("Many files are being read at the moment. Please try again in a minute."))
        try:
            answer = _run(_packed(head, files), limits)
        finally:
            _turns.release()
    facts, made = _unpacked(answer)
    if "refused" in facts:
        raise Unreadable(facts["refused"], position=facts.get("position", 0))
    return facts, made


def _run(question: bytes, limits: Limits) -> bytes:
    paths = sysconfig.get_path("purelib"), sysconfig.get_path("platlib")
    # Isolated and without site-packages' start-up files; nothing of our environment, so no secret, goes along.
    command = [sys.executable, "-I", "-S", "-X", "utf8", str(CHILD), *dict.fromkeys(paths)]
    child = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}, close_fds=True
    )
    timer = threading.Timer(limits.wall_seconds, child.kill)
    timer.start()
    try:
        writer = threading.Thread(target=_feed, args=(child, question), daemon=True)
        writer.start()
        assert child.stdout is not None  # reason: it is a pipe, see above
        answer = child.stdout.read(limits.answer + 1)
        if len(answer) > limits.answer:
            child.kill()
            raise Unreadable("too_large")
        if child.wait() != 0:
            raise Unreadable("too_large")
        writer.join()
        return answer
    finally:
        timer.cancel()
        child.kill()
        child.wait()
        if child.stdout is not None:
            child.stdout.close()


def _feed(child: subprocess.Popen[bytes], question: bytes) -> None:
    assert child.stdin is not None  # reason: it is a pipe
    # It may end before it has read everything: what it says then is its answer.
    with contextlib.suppress(OSError):
        child.stdin.write(question)
    with contextlib.suppress(OSError):
        child.stdin.close()


def _packed(head: dict[str, Any], files: Sequence[bytes]) -> bytes:
    text = json.dumps(head).encode()
    return b"".join([len(text).to_bytes(4, "big"), text, *files])


def _unpacked(answer: bytes) -> tuple[dict[str, Any], list[bytes]]:
    length = int.from_bytes(answer[:4], "big")
    facts = json.loads(answer[4 : 4 + length])
    made, start = [], 4 + length
    for size in facts.pop("sizes", []):
        made.append(answer[start : start + size])
        start += size
    return facts, made


def read_table(data: bytes, *, max_rows: int, max_columns: int) -> list[list[Any]]:
    """Return the cells of the first sheet of an XLSX file, or of a CSV: texts, numbers, None.

    Raises Unreadable: `too_large` for bombs, `damaged` for what is neither, `too_many` for more than `max_rows` rows.
    """
    return read_sheets(data, max_rows=max_rows, max_columns=max_columns, most_sheets=1)[0][0].rows


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a file: its name ("" for a CSV) and its cells."""

    name: str
    rows: list[list[Any]]


def read_sheets(data: bytes, *, max_rows: int, max_columns: int, most_sheets: int) -> tuple[list[Sheet], list[str]]:
    """Return the first sheets of an XLSX file, or a CSV as one, and the names of those that were not read.

    Raises Unreadable as `read_table` does; `max_rows` is what each sheet may have.
    """
    facts, _made = read_in_child(
        "table", [data], limits=Limits(cpu_seconds=2, wall_seconds=5), max_rows=max_rows, max_columns=max_columns,
        most_sheets=most_sheets,
    )  # fmt: skip
    sheets = [Sheet(each["name"], each["rows"]) for each in facts["sheets"]]
    return sheets, facts["names"][len(sheets) :]
