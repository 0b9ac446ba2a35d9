"""Which tests are required of which goods, in the back office. Lots, tests and certificates have no form: events hold them."""

from shop.core.back_office import DatedAdmin, DatedForm, site
from traceability.models import HarvestTerm, KeepingLimit, TestRequirement


class TestRequirementForm(DatedForm):
    """A test of a category."""

    __test__ = False
    of_one_kind = ("category", "item")


class TestRequirementAdmin(DatedAdmin):
    """A rule with its document and its days. Lots keep what was required on the day of their harvest."""

    __test__ = False
    form = TestRequirementForm
    list_display = ("item", "category", "document", "valid_from", "valid_until")
    list_select_related = ("category",)
    ordering = ("-valid_from", "item")


class KeepingLimitForm(DatedForm):
    """A limit of a category, or of all goods."""

    of_one_kind = ("category",)


class KeepingLimitAdmin(DatedAdmin):
    """How long goods may be stored and keep: what is recorded with other days is refused."""

    form = KeepingLimitForm
    list_display = ("__str__", "category", "valid_from", "valid_until")
    list_select_related = ("category",)
    ordering = ("-valid_from", "category")


class HarvestTermAdmin(DatedAdmin):
    """How long goods may stay on sale without their harvest recorded."""

    list_display = ("__str__", "days", "valid_from", "valid_until")
    ordering = ("-valid_from",)


def register() -> None:
    """Have the back office administer the rules. Called when the hooks are wired."""
    site.register(TestRequirement, TestRequirementAdmin)
    site.register(KeepingLimit, KeepingLimitAdmin)
    site.register(HarvestTerm, HarvestTermAdmin)
