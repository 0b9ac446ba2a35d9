"""Offers, vouchers and the times of after-sales in the back office. Counters are moved by conditional updates, so a form never writes them back."""

from typing import Any

from django.contrib.admin import ModelAdmin, StackedInline
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.core.back_office import site
from shop.sales.models import AfterSaleTerms, OfferFunding


class ChangedFieldsOnly(ModelAdmin):
    """Writes the fields that were changed in the form, and no other: nobody's count is set back."""

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:
        """Save a new row whole, an old one by its changed fields."""
        if not change:
            obj.save()
            return
        own = {field.name for field in obj._meta.concrete_fields}
        changed = sorted(own & set(form.changed_data))
        if changed:
            obj.save(update_fields=changed)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: past orders point to it; it ends by its end date."""
        return False


class FundingInline(StackedInline):
    """Who pays for the offer: the platform, or the supplier."""

    model = OfferFunding
    can_delete = False


class OfferAdmin(ChangedFieldsOnly):
    """What is reduced, when, and who pays for it."""

    list_display = ("name", "offer_type", "status", "start_datetime", "end_datetime", "total_discount")
    list_filter = ("offer_type", "status")
    search_fields = ("name",)
    fields = (
        *("name", "description", "offer_type", "exclusive", "status", "condition", "benefit", "priority"),
        *("start_datetime", "end_datetime", "max_global_applications", "max_user_applications"),
        *("max_basket_applications", "max_discount"),
    )
    inlines = (FundingInline,)


class ConditionAdmin(ChangedFieldsOnly):
    """When an offer counts."""

    fields = ("range", "type", "value")


class BenefitAdmin(ChangedFieldsOnly):
    """What an offer gives."""

    fields = ("range", "type", "value", "max_affected_items")


class RangeAdmin(ChangedFieldsOnly):
    """Which products."""

    fields = ("name", "slug", "description", "is_public", "includes_all_products", "included_categories")
    filter_horizontal = ("included_categories",)


class VoucherAdmin(ChangedFieldsOnly):
    """A code that turns offers on."""

    list_display = ("name", "code", "usage", "start_datetime", "end_datetime", "num_orders")
    search_fields = ("name", "code")
    fields = ("name", "code", "usage", "start_datetime", "end_datetime", "offers")
    filter_horizontal = ("offers",)


class AfterSaleTermsAdmin(ModelAdmin):
    """How long each step of an after-sales case may take. What is in force, or was, is replaced by a later row."""

    list_display = ("since", "answer_hours", "offer_hours", "appeal_hours", "decide_hours", "send_back_hours")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what has not begun yet."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.since > timezone.localdate())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody: cases were timed by it."""
        return False


def register() -> None:
    """Put offers, vouchers and times into the back office; called once when the apps are ready."""
    site.register(ConditionalOffer, OfferAdmin)
    site.register(Condition, ConditionAdmin)
    site.register(Benefit, BenefitAdmin)
    site.register(Range, RangeAdmin)
    site.register(Voucher, VoucherAdmin)
    site.register(AfterSaleTerms, AfterSaleTermsAdmin)
