"""What real use found, replayed as its users did it; the books and the chains are checked after each replay."""

import json
import os
import subprocess
import sys
from pathlib import Path

from django.conf import settings

from tests.drill.conftest import Say
from tests.drill.replaying import ITEMS


def test_books_and_chains_hold_after_each_replay(tmp_path: Path, say: Say) -> None:
    written = tmp_path / "replays.json"
    files = sorted({test.partition("::")[0] for tests in ITEMS.values() for test in tests})
    command = [sys.executable, "-m", "pytest", "-p", "tests.drill.replaying", *files]
    command += ["--override-ini", "addopts=-q -p no:cacheprovider"]
    environment = {**os.environ, "REPLAYS_TO": str(written)}
    run = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    assert written.exists(), run.stdout[-4000:] + run.stderr[-4000:]
    found = json.loads(written.read_text())
    for item, each in found.items():
        say(
            f"item {item}: {each['replays']} replays; check_ledger after each, {each['transfers']} transfers in all;"
            f" verify_chains after each, {each['events']} events in all;"
            f" {'; '.join(each['failed']) or 'all hold'}"
        )
    # An item of which nothing was booked would prove nothing.
    assert all(each["transfers"] and not each["failed"] for each in found.values())
    assert all(each["events"] for item, each in found.items() if item.startswith(("4", "6", "8", "9")))
    assert run.returncode == 0, run.stdout[-4000:]
