"""Which tests are required of which goods, in the back office. Lots, tests and certificates have no form: events hold them."""

from typing import Any

from django.http import HttpRequest

from shop.core.back_office import Audited, site
from traceability.models import KeepingLimit, TestRequirement


class TestRequirementAdmin(Audited):
    """A rule with its document and its days. Lots keep what was required on the day of their harvest."""

    __test__ = False
    list_display = ("item", "category", "document", "valid_from", "valid_until")
    list_select_related = ("category",)
    ordering = ("-valid_from", "item")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a rule that was in force ends by its last day."""
        return False


class KeepingLimitAdmin(Audited):
    """How long goods may be stored and keep: what is recorded with other days is refused."""

    list_display = ("__str__", "category", "valid_from", "valid_until")
    list_select_related = ("category",)
    ordering = ("-valid_from", "category")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: a limit that was in force ends by its last day."""
        return False


def register() -> None:
    """Have the back office administer the rules. Called when the hooks are wired."""
    site.register(TestRequirement, TestRequirementAdmin)
    site.register(KeepingLimit, KeepingLimitAdmin)
