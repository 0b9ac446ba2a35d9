"""The order of what happens to a lot: harvest ≤ sorting ≤ test ≤ packing ≤ sending, and nothing in the future.

Sorting is recorded with the packing. A test that the lot needs comes before its packing; one that nobody required may
also come later (a sample that was kept back): it can hold and recall, but is no evidence for what was packed before.
"""

from dataclasses import dataclass
from datetime import datetime

from traceability.states import BizStep


@dataclass(frozen=True, slots=True)
class Known:
    """The moments of a lot that others must follow; None for what has not happened.

    `passed_at`: when the last of the required tests passed. `packed_at`: the first packing.
    """

    begun_at: datetime | None
    passed_at: datetime | None = None
    packed_at: datetime | None = None


def fault(step: str, occurred_at: datetime, known: Known, *, now: datetime) -> str:
    """Return what is wrong with a step at this moment: "future", "before_harvest", "before_test", "before_packing", "".

    Compared to the second, as events are kept.
    """
    when = occurred_at.replace(microsecond=0)
    if occurred_at > now:
        return "future"
    if known.begun_at is not None and when < known.begun_at.replace(microsecond=0):
        return "before_harvest"
    if step in (BizStep.PACKING, BizStep.SHIPPING) and known.passed_at is not None and when < known.passed_at:
        return "before_test"
    if step == BizStep.SHIPPING and known.packed_at is not None and when < known.packed_at:
        return "before_packing"
    return ""
