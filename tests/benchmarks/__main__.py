"""`make bench`: measures ours beside the peer in one run and prints one JSON object per line."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.benchmarks import browser, demo, live, load, ours, peer, services, users
from tests.benchmarks.figures import Figure, beside, machine, save, table

OSCAR = "django-oscar 4.2.1"
BARE = "bare Django view"
NOBODY: dict[str, str] = {}


class Bench:
    """One run: its sizes, and what it found."""

    def __init__(self, options: argparse.Namespace) -> None:
        """Take the options."""
        self.options = options
        self.figures: list[Figure] = []

    def say(self, figure: Figure) -> None:
        """Print a figure as soon as it is known."""
        self.figures.append(figure)
        print(figure.line(), flush=True)

    def wants(self, name: str) -> bool:
        """Whether a part was asked for."""
        return not self.options.only or name in self.options.only.split(",")

    def run(self) -> None:
        """Measure all parts that were asked for."""
        if any(self.wants(part) for part in ("peer", "warm", "queries", "memory")):
            self._shop()
        if any(self.wants(part) for part in ("doors", "pages4", "live")):
            self._users()
        if self.wants("scale"):
            self._scale()
        if "demo" in self.options.parts:
            for figure in demo.starts():
                self.say(figure)
        if {"lighthouse", "html"} & set(self.options.parts):
            self._browser()

    def _shop(self) -> None:
        size = self.options.size
        note(f"our site with {size} products (seeded once)")
        seed = ours.seeded(size, fresh=self.options.fresh)
        with ExitStack() as stack:
            site = stack.enter_context(ours.serving(seed))
            if self.wants("queries"):
                self._queries(site, seed)
            if self.wants("warm"):
                bare = services.serving("tests.benchmarks.site.bare:application", python=sys.executable, env={})
                self._warm(site, stack.enter_context(bare), seed)
            if self.wants("peer"):
                note(f"the peer with {size} products (installed and seeded once; the index takes minutes)")
                peer.build(size)
                self._peer(site, stack.enter_context(peer.serving(size)), seed)
            if self.wants("memory"):
                figure = Figure("worker's resident memory, after all of it", services.memory_of_workers(site.pid), "MB")
                self.say(figure.judge(at_most=200))

    def _users(self) -> None:
        """Measure what issue 4 promises the other users beside the shop's own figures."""
        seed = ours.seeded(self.options.size, fresh=self.options.fresh)
        if self.wants("doors"):
            note("orders through each door")
            self._each(users.doors(seed, rounds=10 * self.options.repeat))
        if self.wants("pages4"):
            with ours.serving(seed) as site:
                self._pages(site, seed)
        if self.wants("live"):
            note("a live room with a thousand viewers")
            self._each(live.figures(seed, seconds=max(10, 4 * self.options.seconds)))

    def _pages(self, site: services.Server, seed: ours.Seed) -> None:
        facts = users.showcase(seed)
        queries = ours.queries(site.url, seed, facts["campaign"])
        self.say(Figure("queries of a campaign page with five rails, signed in", queries, "queries").judge(at_most=12))
        product = self._rates(site.url + seed.facts["products"][0], seed.signed_in, "basket/add/")
        buyer = {"Cookie": f"sessionid={facts['buyer']}; hq_me=1"}
        pages = [
            ("a parcel's trace page", facts["trace"], NOBODY, 'data-testid="verified"'),
            ("a unit's home", facts["unit"], buyer, 'data-testid="fulfilment-rate"'),
        ]
        for name, path, headers, expect in pages:
            one = self._rates(site.url + path, headers, expect)
            mine, theirs, others = self._in_turn(one, product, times=2)
            figure = beside(name, "pages/s", mine, "our product page, signed in", theirs, others)
            # What it costs is the inverse of how many there are in a second.
            figure.ratio = round(1 / (figure.ratio or 1), 3)
            self.say(figure.judge(at_most=2))

    def _rates(self, url: str, headers: dict[str, str], expect: str) -> Callable[[], float]:
        """Return a function that measures a page once; looks at the page first, and warms it."""
        alone, _answer = load.look(url, headers=headers, expect=expect)
        return lambda: load.pages_per_second(url, headers=headers, alone=alone, seconds=self.options.seconds)

    def _in_turn(
        self, one: Callable[[], float], other: Callable[[], float], times: int = 1
    ) -> tuple[list[float], list[float], float]:
        """Measure two things in turn, so that a noisy minute hits both; `times` as often as the others."""
        others = load.busy_with_others()
        mine, theirs = [], []
        for _ in range(times * self.options.repeat):
            theirs.append(other())
            mine.append(one())
        return mine, theirs, others

    def _peer(self, site: services.Server, oscar: services.Server, seed: ours.Seed) -> None:
        theirs = {"Cookie": peer.sign_in(oscar.url)}
        pages = [
            (
                "category page, signed in, uncached",
                seed.facts["category"],
                "data-add",
                peer.CATEGORY,
                "product_pod",
                60,
            ),
            ("product page, signed in", seed.facts["products"][0], "basket/add/", peer.product(7), "/basket/add/", 1.5),
        ]
        for name, path, expect, their_path, their_expect, promised in pages:
            one = self._rates(site.url + path, seed.signed_in, expect)
            other = self._rates(oscar.url + their_path, theirs, their_expect)
            mine, others_runs, others = self._in_turn(one, other)
            self.say(beside(name, "pages/s", mine, OSCAR, others_runs, others).judge(at_least=promised))
        add, buy = ours.journeys(seed)
        flows = [
            ("add to basket from an empty browser", add, peer.add, 60, 4),
            ("guest checkout from an empty browser", buy, peer.buy, 30, 5),
        ]
        for name, mine_flow, their_flow, buyers, promised in flows:
            one = self._buyers(site, mine_flow, buyers)
            other = self._buyers(oscar, their_flow, buyers // 2)
            mine, others_runs, others = self._in_turn(one, other)
            self.say(beside(name, "buyers/s", mine, OSCAR, others_runs, others).judge(at_least=promised))

    def _buyers(self, server: services.Server, journey: load.Buyer, buyers: int) -> Callable[[], float]:
        load.buyers_per_second(server.url, journey, buyers=6)
        return lambda: load.buyers_per_second(server.url, journey, buyers=buyers)

    def _warm(self, site: services.Server, bare: services.Server, seed: ours.Seed) -> None:
        other = self._rates(f"{bare.url}/", NOBODY, "ok")
        pages = {"home": "/", "category": seed.facts["category"], "product": seed.facts["products"][0]}
        for name, path in pages.items():
            one = self._rates(site.url + path, NOBODY, "</html>")
            mine, theirs, others = self._in_turn(one, other)
            figure = beside(f"{name} page, anonymous, warm", "pages/s", mine, BARE, theirs, others)
            self.say(figure.judge(at_least=1))

    def _queries(self, site: services.Server, seed: ours.Seed) -> None:
        category = ours.queries(site.url, seed, seed.facts["category"])
        self.say(Figure("queries of a category page, signed in", category, "queries").judge(at_most=7))
        product = ours.queries(site.url, seed, seed.facts["products"][0])
        self.say(Figure("queries of a product page, signed in", product, "queries").judge(at_most=8))
        basket, place = ours.queries_to_place(site.url, seed)
        self.say(Figure("queries of a basket with three lines, signed in", basket, "queries").judge(at_most=10))
        self.say(Figure("queries of placing three lines", ours.queries_of_place(seed), "queries").judge(at_most=14))
        self.say(Figure("queries of the whole request that places three lines", place, "queries").judge(at_most=14))

    def _scale(self) -> None:
        small, large = (int(size) for size in self.options.sizes.split(","))
        note(f"our site with {small} and {large} products (seeded once; the large one takes minutes)")
        with ExitStack() as stack:
            costs = []
            for size in (small, large):
                seed = ours.seeded(size, fresh=self.options.fresh)
                site = stack.enter_context(ours.serving(seed))
                rate = self._rates(site.url + seed.facts["category"], seed.signed_in, "data-add")
                costs.append(self._cost(site, rate))
            with_large, with_small, others = self._in_turn(costs[1], costs[0])
            name = f"category page at {large} products beside {small}, processor of server and database"
            self.say(beside(name, "ms", with_large, "ours", with_small, others).judge(at_most=1.2))

    def _cost(self, site: services.Server, rate: Callable[[], float]) -> Callable[[], float]:
        """Return a function that measures what a page takes of the processor, in ms.

        A fifth more is what is looked for: how many pages there are in a second differs by more from run to run.
        """
        pids = (site.pid, services.postgres_pid())

        def cost() -> float:
            used, begun = services.cpu_of(*pids), time.perf_counter()
            each = rate()
            pages = each * (time.perf_counter() - begun)
            return 1000 * (services.cpu_of(*pids) - used) / pages

        return cost

    def _browser(self) -> None:
        seed = ours.seeded(self.options.size, fresh=False)
        with ours.serving(seed) as site:
            pages = {
                "home": "/",
                "category": seed.facts["category"],
                "product": seed.facts["products"][0],
                "village": seed.facts["village"],
            }
            if "lighthouse" in self.options.parts:
                self._each(browser.lighthouse(site.url, pages))
            if "html" in self.options.parts:
                self._each(browser.html_errors(site.url, pages))

    def _each(self, figures: Iterator[Figure]) -> None:
        for figure in figures:
            self.say(figure)


def note(text: str) -> None:
    """Say on the error stream what takes time: the figures stay alone on the other."""
    print(f"… {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Run; return 1 when a promise was not kept."""
    parser = argparse.ArgumentParser(prog="make bench ARGS=…", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="demo|lighthouse|html", help="measure these too")
    parser.add_argument(
        "--only",
        default="",
        help="of peer, warm, queries, memory, doors, pages4, live, scale; 'none' for the parts alone",
    )
    parser.add_argument("--size", type=int, default=10_000, help="products, ours and the peer's")
    parser.add_argument("--sizes", default="1000,100000", help="two sizes of ours to compare")
    parser.add_argument("--seconds", type=float, default=3, help="of each run of a page")
    parser.add_argument("--repeat", type=int, default=3, help="runs, of which the median counts")
    parser.add_argument("--fresh", action="store_true", help="seed ours again")
    parser.add_argument("--save", type=Path, help="put the table into this document, e.g. docs/benchmarks.md")
    options = parser.parse_args()
    if set(options.parts) - {"demo", "lighthouse", "html"}:
        parser.error("parts are demo, lighthouse, html")
    bench = Bench(options)
    try:
        bench.run()
    except services.MissingError as missing:
        print(missing, file=sys.stderr)
        return 2
    finally:
        services.stop_services()
        if options.save and bench.figures:
            save(table(bench.figures, machine()), options.save)
    return 1 if any(figure.met is False for figure in bench.figures) else 0


sys.exit(main())
