"""The demo's pictures, encoded by two processes at once."""

import csv
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from django.db import connection, connections

from catalog.models import Picture
from catalog.operations.pictures import load_picture_file
from shop.demo.world import PICTURES

PROCESSES = 2

Progress = Callable[[int, int], object]


def load_pictures(*, folder: Path = PICTURES, progress: Progress | None = None) -> dict[str, Picture]:
    """Store every picture that the folder's pictures.csv names; return them by name. Those stored before are kept.

    Outside a transaction two processes share the encoding; inside one (tests) only this process sees its own rows.
    """
    with (folder / "pictures.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    jobs = [(str(folder / row["file"]), row["what_zh"], row["what_en"]) for row in rows]
    stored: dict[str, int] = {}
    if connection.in_atomic_block:
        for job in jobs:
            stored.update([_store(job)])
    else:
        connections.close_all()
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(PROCESSES, mp_context=context) as pool:
            for done, result in enumerate(pool.map(_store, jobs, chunksize=4), start=1):
                stored.update([result])
                if progress and done % 20 == 0:
                    progress(done, len(jobs))
    pictures = Picture.objects.in_bulk(stored.values())
    changed = []
    for row in rows:
        picture = pictures[stored[Path(row["file"]).stem]]
        if picture.ground != row["ground_hex"]:
            picture.ground = row["ground_hex"]
            changed.append(picture)
    Picture.objects.bulk_update(changed, ["ground"])
    return {name: pictures[pk] for name, pk in stored.items()}


def _store(job: tuple[str, str, str]) -> tuple[str, int]:
    path, alt_zh, alt_en = job
    return Path(path).stem, load_picture_file(Path(path), alt_zh=alt_zh, alt_en=alt_en).pk
