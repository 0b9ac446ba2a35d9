"""What the other users' pages and orders cost beside the shop's own."""

import json
from collections.abc import Iterator

from tests.benchmarks import ours
from tests.benchmarks.figures import Figure, beside
from tests.benchmarks.load import busy_with_others

DOORS = (
    ("gift", "shop", "a gift of three goods"),
    ("prepaid", "shop", "a unit's order of three goods, paid first"),
    ("postpaid", "shop", "a unit's order of three goods, paid after acceptance"),
    ("dropped", "one", "an order from a live drop"),
)
PEERS = {"shop": "a shopper's order of three goods", "one": "a shopper's order of one"}


def doors(seed: ours.Seed, *, rounds: int) -> Iterator[Figure]:
    """Yield what an order through each door takes beside a shopper's, committed, from prices to the last row."""
    specs = [str(one) for one in seed.facts["specs"][:3]]
    others = busy_with_others()
    found = json.loads(ours.run(seed.env, "-m", "tests.benchmarks.site.doors", str(rounds), *specs).splitlines()[-1])
    for door, peer, name in DOORS:
        mine, theirs = ([1000 * one for one in found[each]["seconds"]] for each in (door, peer))
        figure = beside(name, "ms", mine, PEERS[peer], theirs, others)
        # Hundreds of single orders say no more than their medians.
        figure.runs, figure.peer_runs = [], []
        yield figure.judge(at_most=1.5)


def showcase(seed: ours.Seed) -> dict[str, str]:
    """Return the addresses of the other users' pages, and a session of a unit's buyer."""
    found: dict[str, str] = json.loads(ours.run(seed.env, "-m", "tests.benchmarks.site.showcase").splitlines()[-1])
    return found
