"""Events as their rows say them: reading many of them costs a third of what it does as models."""

from datetime import datetime
from typing import NamedTuple


class Written(NamedTuple):
    """One row of the chain. Fields are named as the columns, in the order of COLUMNS."""

    supplier_id: int
    lot_id: int
    seq: int
    step: str
    occurred_at: datetime
    body: str
    previous_hash: str
    hash: str


COLUMNS = Written._fields
