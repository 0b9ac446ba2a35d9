"""Who received a delivery, in the reader's language: the unit's pages and paper, and its supplier's page, say the same."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from procurement.models import GoodsAcceptance
from procurement.states import ReceiverKind


@dataclass(frozen=True)
class ReceiverShown:
    """Who received a delivery; `what` they are where they are none of the unit's people."""

    name: str
    what: str

    def __str__(self) -> str:
        return _("%(name)s (%(what)s)") % {"name": self.name, "what": self.what} if self.what else self.name


def receivers_shown(row: GoodsAcceptance) -> tuple[ReceiverShown, ...]:
    """Return who received a delivery, the first and the second."""
    kinds: dict[str, str] = {
        ReceiverKind.MEMBER: "",
        ReceiverKind.OUTSIDE: _("witness from outside the unit"),
    }
    second = kinds.get(row.second_kind, _("no account of the unit"))
    # Whoever has no account in the unit is somebody of whom an account says so.
    first = "" if row.receiver_account_id is not None else _("no account of the unit")
    named = ((row.receiver_name, first), (row.second_name, second))
    return tuple(ReceiverShown(name, what) for name, what in named if name)
