"""States and kinds of what is traced."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LotState(TextChoices):
    """A lot is sent while it is open; a closed one is finished, a recalled one is not sent any more."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Sent out")
    RECALLED = "recalled", _("Recalled")


class BizStep(TextChoices):
    """What happened, in the words of GS1's core business vocabulary."""

    HARVEST = "commissioning", _("Harvested")
    PACKING = "packing", _("Sorted and packed")
    TEST = "inspecting", _("Tested")
    SHIPPING = "shipping", _("Sent")


class Basis(TextChoices):
    """What the promise of a 合格证 rests on."""

    OWN_CONTROL = "own_control", _("Own quality control")
    OWN_TEST = "own_test", _("Own test")
    COMMISSIONED = "commissioned", _("Commissioned test")


class Grade(TextChoices):
    """The grade that was packed."""

    FIRST = "first", _("First grade")
    SECOND = "second", _("Second grade")
    MIXED = "mixed", _("Ungraded")
