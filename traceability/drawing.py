"""The map of a base: drawn here, from its coordinates; no third party's tiles. Hills and river are only a sketch."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from traceability.models import Plot, ProductionBase

WIDTH, HEIGHT = 358, 164
MU_M2 = 2000 / 3
METRES_PER_MICRO = 0.11132
METRES_PER_PIXEL = 6


@dataclass(frozen=True)
class Field:
    """A plot on the map: its outline and where its name stands."""

    plot: Plot
    points: str
    x: int
    y: int
    is_own: bool


@dataclass(frozen=True)
class Map:
    """What the template draws. `bar` is the length of 500 m in pixels."""

    width: int
    height: int
    hills: list[str]
    river: str
    road: str
    trees: list[tuple[int, int, int]]
    fields: list[Field]
    pin: tuple[int, int]
    bar: int


def draw(base: ProductionBase, plots: Sequence[Plot], own: Plot | None) -> Map:
    """Return the map with `own` plot in its middle (else the base), at 6 m a pixel."""
    dice = Random(f"{base.latitude}:{base.longitude}")
    middle = own or base
    fields = []
    for plot in plots:
        x, y = _place(middle, plot)
        if -40 < x < WIDTH + 40 and -40 < y < HEIGHT + 40:
            fields.append(Field(plot, _outline(plot, x, y), x, y, own is not None and plot.pk == own.pk))
    base_line = dice.randint(88, 120)
    return Map(
        width=WIDTH,
        height=HEIGHT,
        hills=[_wave(dice, 46 + step * 34, 14, closed=True) for step in range(3)],
        river=_wave(dice, base_line, 16),
        road=f"M{dice.randint(20, 60)} {HEIGHT} C 90 90, 210 {dice.randint(40, 70)}, {WIDTH} {dice.randint(18, 40)}",
        trees=[(dice.randint(14, WIDTH - 14), dice.randint(22, HEIGHT - 20), dice.randint(4, 7)) for _ in range(7)],
        fields=fields,
        pin=_place(middle, middle),
        bar=round(500 / METRES_PER_PIXEL),
    )


def _place(middle: Plot | ProductionBase, spot: Plot | ProductionBase) -> tuple[int, int]:
    narrowing = math.cos(math.radians(middle.latitude / 1_000_000))
    east = (spot.longitude - middle.longitude) * METRES_PER_MICRO * narrowing / METRES_PER_PIXEL
    north = (spot.latitude - middle.latitude) * METRES_PER_MICRO / METRES_PER_PIXEL
    return round(WIDTH * 0.42 + east), round(HEIGHT * 0.52 - north)


def _outline(plot: Plot, x: int, y: int) -> str:
    """Return an uneven outline of the plot's true area (30 亩 where it is not known)."""
    dice = Random(f"plot:{plot.pk}")
    radius = math.sqrt((plot.area_tenth_mu or 300) / 10 * MU_M2 / math.pi) / METRES_PER_PIXEL
    points = []
    for step in range(12):
        far = radius * dice.uniform(0.86, 1.14)
        angle = step * math.pi / 6
        points.append(f"{x + far * 1.25 * math.cos(angle):.0f},{y + far * 0.8 * math.sin(angle):.0f}")
    return " ".join(points)


def _wave(dice: Random, level: int, swing: int, *, closed: bool = False) -> str:
    ys = [level + dice.randint(-swing, swing) for _ in range(5)]
    path = f"M0 {ys[0]} C 60 {ys[1]}, 110 {ys[1]}, {WIDTH // 2} {ys[2]} S 300 {ys[3]}, {WIDTH} {ys[4]}"
    return f"{path} V{HEIGHT} H0 Z" if closed else path
