"""The demo's pictures, encoded by two processes at once, beside whatever else there is to do."""

import csv
import hashlib
import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict
from pathlib import Path

from django.db import connection, connections

from catalog.models import Picture
from catalog.operations.pictures import Encoded, encode_picture
from shop.demo.world import PICTURES

PROCESSES = 2
# The migrations, which one process does alone, go first.
NICER = 5

Progress = Callable[[int, int], object]

_begun: dict[Path, Future[Encoded]] = {}


def encode_ahead(folder: Path = PICTURES) -> None:
    """Begin to encode every picture in other processes; `load_pictures` takes what they made."""
    _begin([folder / row["file"] for row in _rows(folder)])


def load_pictures(*, folder: Path = PICTURES, progress: Progress | None = None) -> dict[str, Picture]:
    """Store every picture that the folder's pictures.csv names; return them by name. Those stored before are kept."""
    rows = {folder / row["file"]: row for row in _rows(folder)}
    hashes = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in rows}
    known = {picture.sha256: picture for picture in Picture.objects.filter(sha256__in=hashes.values()).order_by("-pk")}
    missing = [path for path in rows if hashes[path] not in known]
    made = []
    for done, (path, encoded) in enumerate(_encoded(missing), start=1):
        row = rows[path]
        facts = asdict(encoded) | {"ground": row["ground_hex"]}
        made.append(Picture(**facts, alt_zh=row["what_zh"], alt_en=row["what_en"]))
        if progress and done % 20 == 0:
            progress(done, len(missing))
    known |= {picture.sha256: picture for picture in Picture.objects.bulk_create(made)}
    return {path.stem: known[hashes[path]] for path in rows}


def _rows(folder: Path) -> list[dict[str, str]]:
    with (folder / "pictures.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _encoded(paths: Sequence[Path]) -> Iterator[tuple[Path, Encoded]]:
    # Tests, inside a transaction, have threads, which do not survive a fork.
    if connection.in_atomic_block:
        yield from ((path, _encode(path)) for path in paths)
        return
    _begin(paths)
    for path in paths:
        yield path, _begun.pop(path).result()


def _begin(paths: Sequence[Path]) -> None:
    new = [path for path in paths if path not in _begun]
    if not new:
        return
    connections.close_all()
    context = multiprocessing.get_context("fork")
    pool = ProcessPoolExecutor(PROCESSES, mp_context=context, initializer=os.nice, initargs=(NICER,))
    _begun.update({path: pool.submit(_encode, path) for path in new})
    pool.shutdown(wait=False)


def _encode(path: Path) -> Encoded:
    return encode_picture(path.read_bytes())
