"""What is measured, what was promised, and how it is said: one JSON object a line, or a table."""

import json
import os
import platform
import statistics
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Figure:
    """One measurement. `ratio` is ours to what it is compared with; `target` a promise about `judged`."""

    name: str
    figure: float
    unit: str
    peer: str = ""
    peer_figure: float | None = None
    ratio: float | None = None
    target: str = ""
    met: bool | None = None
    runs: list[float] = field(default_factory=list)
    peer_runs: list[float] = field(default_factory=list)
    others: float | None = None

    def judge(self, *, at_least: float | None = None, at_most: float | None = None) -> "Figure":
        """Compare with the promise: the ratio where there is one, else the figure."""
        value = self.ratio if self.ratio is not None else self.figure
        unit = "×" if self.ratio is not None else ""
        if at_least is not None:
            self.target, self.met = f">= {at_least:g}{unit}", value >= at_least
        if at_most is not None:
            self.target, self.met = f"<= {at_most:g}{unit}", value <= at_most
        return self

    def line(self) -> str:
        """Return the JSON line, without what is empty."""
        return json.dumps({key: value for key, value in asdict(self).items() if value not in ("", None, [])})


def beside(name: str, unit: str, ours: list[float], peer: str, theirs: list[float], others: float) -> Figure:
    """Return the medians of two series of runs, taken in turn, and their ratio."""
    ours_median, peer_median = statistics.median(ours), statistics.median(theirs)
    return Figure(
        name=name,
        figure=_short(ours_median),
        unit=unit,
        peer=peer,
        peer_figure=_short(peer_median),
        ratio=_short(ours_median / peer_median),
        runs=[_short(one) for one in ours],
        peer_runs=[_short(one) for one in theirs],
        others=others,
    )


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def machine() -> str:
    """Say on what this was measured."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**30
    return f"{os.cpu_count()} cores, {memory} GB, Python {platform.python_version()}"


def table(figures: list[Figure], heading: str) -> str:
    """Return a Markdown section made from the figures."""
    lines = [
        f"## {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {heading}",
        "",
        "| figure | ours | compared with | theirs | ratio | promised | kept | others¹ |",
        "|---|--:|---|--:|--:|--:|:-:|--:|",
    ]
    for one in figures:
        kept = {True: "yes", False: "**no**", None: ""}[one.met]
        theirs = f"{one.peer_figure:g}" if one.peer_figure is not None else ""
        ratio = f"{one.ratio:g}×" if one.ratio is not None else ""
        others = f"{one.others:.0%}" if one.others is not None else ""
        lines.append(
            f"| {one.name} | {one.figure:g} {one.unit} | {one.peer} | {theirs} | {ratio} | {one.target} | {kept} | {others} |"
        )
    return "\n".join([*lines, "", "¹ share of the machine that others used just before the measurement.", ""])


def save(text: str, target: Path) -> None:
    """Put a section at the top of the document's results, below its introduction."""
    marker = "<!-- results -->\n"
    before, _, after = target.read_text().partition(marker)
    target.write_text(f"{before}{marker}\n{text}{after}")
