"""Who brings parcels: names, what their numbers look like, and from when to when one may be chosen."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from shop.core.models import DatedRow, dated_constraints

LONGEST_NUMBER = 40


class Carrier(DatedRow):
    """A carrier, and what its numbers look like in that time. Its code stands on parcels, so it never changes."""

    code = models.SlugField(
        _("Code"), max_length=20, help_text=_("Stands on parcels and in the API: lower-case letters and digits.")
    )
    name_zh = models.CharField(_("Name in Chinese"), max_length=40)
    name_en = models.CharField(_("Name in English"), max_length=40)
    number_pattern = models.CharField(
        _("What its numbers look like"),
        max_length=80,
        blank=True,
        help_text=_("Letters, digits, \\d for a digit, [A-Z], {12,13} for how many, | between kinds, (YT)? for what "
                    "may be missing. Empty: parcels go without a number."),
    )  # fmt: skip
    example = models.CharField(
        _("A number for example"), max_length=LONGEST_NUMBER, blank=True, help_text=_("Shown to who types one.")
    )
    position = models.PositiveSmallIntegerField(_("Place in lists"), default=100)

    class Meta:
        ordering = ["position", "code", "-valid_from"]
        verbose_name = _("carrier")
        verbose_name_plural = _("carriers")
        constraints = [
            *dated_constraints("carrier", "code"),
            models.CheckConstraint(
                condition=Q(number_pattern="", example="") | (~Q(number_pattern="") & ~Q(example="")),
                name="carrier_pattern_with_example",
                violation_error_message=_("A pattern needs an example, and an example a pattern."),
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh
