"""What packages add to campaign pages. Wired in `shop/config/wiring.py`; unwired, the block shows nothing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """How far a need is met, in the reader's language. `done` and `committed` are percentages, truncated."""

    title: str
    text: str
    figures: str
    url: str
    done: int
    committed: int = 0


ProgressOf = Callable[[Sequence[str]], dict[str, Progress]]


def _nobody(refs: Sequence[str]) -> dict[str, Progress]:
    return {}


_progress_of: ProgressOf = _nobody


def connect_progress(source: ProgressOf) -> None:
    """Have `source(refs)` answer for needs by their slug, in a fixed number of queries; unknown ones are absent."""
    global _progress_of  # noqa: PLW0603 (wired once, when the apps are ready)
    _progress_of = source


def progress_of(refs: Sequence[str]) -> dict[str, Progress]:
    """Return how far needs are met, by slug."""
    return _progress_of(refs) if refs else {}
