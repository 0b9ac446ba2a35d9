"""What was promised of goods' dates, in the reader's language."""

from django.utils.translation import gettext as _

from shop.core.times import full_day
from traceability.rules.fefo import Dates


def promise_words(promised: Dates | None) -> str:
    """Return "Harvested 2026-11-18 or later, best before 2027-01-17 or later"; "" where nothing was promised."""
    if promised is None or (promised.harvested_on is None and promised.best_before is None):
        return ""
    words = {"harvested": full_day(promised.harvested_on), "until": full_day(promised.best_before)}
    if promised.best_before is None:
        return _("Harvested %(harvested)s or later") % words
    if promised.harvested_on is None:
        return _("Best before %(until)s or later") % words
    return _("Harvested %(harvested)s or later, best before %(until)s or later") % words
