"""What every package stands on: divisions, the ledger, the outbox, the audit trail, first answers, limits."""

from .answers import FirstAnswer
from .audit import AuditEntry
from .ledger import Account, Transfer
from .limits import Limit
from .outbox import OutboxEntry
from .regions import AssistancePairing, Division
from .sealing import SealedFacts

__all__ = [
    "Account",
    "AssistancePairing",
    "AuditEntry",
    "Division",
    "FirstAnswer",
    "Limit",
    "OutboxEntry",
    "SealedFacts",
    "Transfer",
]
