"""The facts of units that are sealed when they are written: of their papers, and of the accounts that they pay from."""

from typing import Any

from procurement.models import (
    AcceptanceLine,
    AcceptancePhoto,
    GoodsAcceptance,
    RequestDecision,
    RequestVersion,
    UnitPayer,
)
from shop.core.sealed import facts_of

ACCEPTANCE, VERSION, DECISION, PAYER = "acceptance", "request_version", "request_decision", "unit_payer"
_ACCEPTANCE = (
    *("pk", "order_id", "sequence", "unit_id", "kind", "receiver_name", "receiver_account_id", "second_name"),
    *("second_account_id", "second_kind", "short_fen", "note", "actor_id", "at"),
)
_LINE = ("acceptance_id", "line_id", "sent", "accepted", "weighed_grams", "short_fen", "weight_fen")
_VERSION = ("pk", "request_id", "version", "lines", "facts", "total_fen", "at")
_DECISION = ("pk", "request_id", "version", "step", "approved", "reason", "total_fen", "actor_id", "at")
_PAYER = ("pk", "unit_id", "name", "bank", "account", "added_by_id", "added_at")
Sealed = dict[int, dict[str, Any]]


def acceptance_facts(**which: Any) -> Sealed:
    """Return, by id, what acceptances say, with their lines and photos. Three queries."""
    found: Sealed = {
        row["pk"]: row | {"lines": [], "photos": []}
        for row in GoodsAcceptance.objects.filter(**which).order_by("pk").values(*_ACCEPTANCE)
    }
    of = {f"acceptance__{name}": value for name, value in which.items()}
    for pk, *said in AcceptanceLine.objects.filter(**of).order_by("line_id").values_list(*_LINE):
        found[pk]["lines"].append(said)
    photos = AcceptancePhoto.objects.filter(**of).order_by("picture_id").values_list("acceptance_id", "picture_id")
    for pk, picture in photos:
        found[pk]["photos"].append(picture)
    return found


def version_facts(**which: Any) -> Sealed:
    """Return, by id, what versions of requests say. One query."""
    return {row["pk"]: row for row in RequestVersion.objects.filter(**which).order_by("pk").values(*_VERSION)}


def decision_facts(**which: Any) -> Sealed:
    """Return, by id, what was decided on requests. One query."""
    return {row["pk"]: row for row in RequestDecision.objects.filter(**which).order_by("pk").values(*_DECISION)}


def payer_facts(row: UnitPayer) -> Sealed:
    """Return what is sealed of an account that a unit pays from, just registered. No query."""
    return {row.pk: facts_of(row, _PAYER)}


def all_payer_facts() -> Sealed:
    """Return, by id, whose accounts units registered. One query."""
    return {row["pk"]: row for row in UnitPayer.objects.order_by("pk").values(*_PAYER)}


def all_facts() -> dict[str, Sealed]:
    """Return everything that is sealed here, by kind and id. Six queries."""
    return {
        ACCEPTANCE: acceptance_facts(),
        VERSION: version_facts(),
        DECISION: decision_facts(),
        PAYER: all_payer_facts(),
    }
