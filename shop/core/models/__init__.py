"""What every package stands on: divisions, the ledger, the outbox, the audit trail, first answers, limits."""

from .answers import FirstAnswer
from .audit import AuditEntry
from .dated import DatedRow, dated_constraints
from .ledger import Account, Transfer
from .limits import Limit
from .outbox import OutboxEntry
from .regions import AssistancePairing, Division
from .sealed_rows import SealedQuerySet, SealedRow, SealedWrite, new_salt
from .sealing import SealedFacts

__all__ = [
    "Account",
    "AssistancePairing",
    "AuditEntry",
    "DatedRow",
    "Division",
    "FirstAnswer",
    "Limit",
    "OutboxEntry",
    "SealedFacts",
    "SealedQuerySet",
    "SealedRow",
    "SealedWrite",
    "Transfer",
    "dated_constraints",
    "new_salt",
]
