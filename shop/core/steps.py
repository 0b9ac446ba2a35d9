"""Steps of anything that moves: each has words for done, for now and for what is still ahead, so that none reads as done."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the reader's language. `done` once it happened (`time` says when), `now` while it is waited for."""

    done: str
    now: str
    ahead: str
    is_done: bool = False
    time: str = ""


def show_steps(steps: Sequence[Step]) -> list[dict[str, str]]:
    """Return {label, state, time} for {% steps %}: the first that is not done is now, others that are not are ahead."""
    waited = next((n for n, step in enumerate(steps) if not step.is_done), None)
    shown = []
    for n, step in enumerate(steps):
        state = "done" if step.is_done else "now" if n == waited else "todo"
        label = {"done": step.done, "now": step.now, "todo": step.ahead}[state]
        shown.append({"label": label, "state": state, "time": step.time if step.is_done else ""})
    return shown
