"""States and kinds of what is traced."""

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class LotState(TextChoices):
    """What stands in the way of a lot's goods, if anything. What each state allows: DISPOSITIONS."""

    AWAITING = "awaiting", _("Waits for its test")
    OPEN = "open", pgettext_lazy("lot", "Open")
    HELD = "held", _("Held: test failed")
    CLOSED = "closed", _("Sent out")
    RECALLED = "recalled", _("Recalled")
    DISPOSED = "disposed", _("Disposed of")


@dataclass(frozen=True, slots=True)
class Disposition:
    """What may be done with a lot in one state. `moves` are the states that may follow.

    A test can be recorded in every state: what was found must never depend on whether it is convenient.
    `can_certify`: its 合格证 still stand, and are printed.
    """

    moves: frozenset[str]
    can_pack: bool = False
    can_send: bool = False
    can_dispose: bool = False
    can_certify: bool = False


DISPOSITIONS: dict[str, Disposition] = {
    LotState.AWAITING: Disposition(
        frozenset({LotState.OPEN, LotState.HELD, LotState.RECALLED, LotState.DISPOSED}), can_dispose=True
    ),
    LotState.OPEN: Disposition(
        frozenset({LotState.CLOSED, LotState.HELD, LotState.RECALLED}), can_pack=True, can_send=True, can_certify=True
    ),
    LotState.HELD: Disposition(
        frozenset({LotState.OPEN, LotState.AWAITING, LotState.RECALLED, LotState.DISPOSED}), can_dispose=True
    ),
    LotState.CLOSED: Disposition(frozenset({LotState.HELD, LotState.RECALLED}), can_certify=True),
    LotState.RECALLED: Disposition(frozenset({LotState.DISPOSED}), can_dispose=True),
    LotState.DISPOSED: Disposition(frozenset()),
}


class RestOfLot(TextChoices):
    """What became of the pieces on the shelf that are a finished lot's rest, or seem to be."""

    GONE = "gone", _("They are gone: take them off the shelf")
    OTHER = "other", _("What stands there is of another harvest: leave it")


# What must not be eaten or sold, whatever else is recorded of it.
STOPPED = (LotState.DISPOSED, LotState.RECALLED, LotState.HELD)

# Lots with packed goods that would be sent if nothing stood against them.
SUSPENDED = (LotState.HELD, LotState.RECALLED, LotState.AWAITING)


class LotKind(TextChoices):
    """How a lot came to be: harvested, or mixed (or packed anew) from other lots."""

    HARVEST = "harvest", _("Harvest")
    MIX = "mix", _("Mixed or packed anew")


class BizStep(TextChoices):
    """What happened, in the words of GS1's core business vocabulary."""

    HARVEST = "commissioning", _("Harvested")
    MIXING = "transforming", _("Mixed or packed anew")
    PACKING = "packing", _("Sorted and packed")
    TEST = "inspecting", _("Tested")
    SHIPPING = "shipping", _("Sent")
    DISPOSAL = "destroying", _("Disposed of")


BEGINNINGS = (BizStep.HARVEST, BizStep.MIXING)


class TestKind(TextChoices):
    """Who tested: the producer itself, or a laboratory that it asked, which wrote a report with a number."""

    __test__ = False

    OWN = "own", _("Own test")
    COMMISSIONED = "commissioned", _("Commissioned test")


class Basis(TextChoices):
    """What the promise of a 合格证 rests on. Derived from what was recorded, never chosen."""

    OWN_CONTROL = "own_control", _("Own quality control")
    OWN_TEST = "own_test", _("Own test")
    COMMISSIONED = "commissioned", _("Commissioned test")
    COLLECTED = "collected", _("Producers' certificates taken and kept")


class PaperForm(TextChoices):
    """The two forms of the 合格证 since 1 February 2026."""

    PRODUCER = "one", _("Form one: producer")
    PACKER = "two", _("Form two: buyer or packer")


class Grade(TextChoices):
    """The grade that was packed."""

    FIRST = "first", _("First grade")
    SECOND = "second", _("Second grade")
    MIXED = "mixed", _("Ungraded")
