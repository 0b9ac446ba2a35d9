"""Numbers and lists of the shop with dates in the back office: times of after-sales, weights, carriers and the like."""

from typing import Any

from django.contrib.admin import display
from django.http import HttpRequest

from shop.core.back_office import DatedAdmin, DatedForm, site
from shop.sales.forms.carriers import CarrierForm
from shop.sales.models import AfterSaleTerms, Carrier, LateInterest, OfferBounds, PayTime, WeightTerms
from shop.sales.queries.carriers import forget_carriers
from shop.sales.texts import in_reader_language


class TermsForm(DatedForm):
    """Terms in force since a day, until later ones begin, with the document or decision they stand on."""

    days = ("since", None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "source" in self.fields:
            self.fields["source"].required = True


class _DatedTermsAdmin(DatedAdmin):
    """Terms in force since a day. What is in force, or was, is replaced by a later row."""

    form = TermsForm


class AfterSaleTermsAdmin(_DatedTermsAdmin):
    """How long each step of an after-sales case may take."""

    list_display = ("since", "answer_hours", "offer_hours", "appeal_hours", "decide_hours", "send_back_hours")


class WeightTermsAdmin(_DatedTermsAdmin):
    """Between which percents of what pieces should weigh a weight is believed."""

    list_display = (
        *("since", "least_percent", "most_percent"),
        *("packed_least_percent", "packed_likely_percent", "packed_most_percent", "source"),
    )


class PayTimeForm(DatedForm):
    """A time of one kind of pool."""

    of_one_kind = ("kind",)


class PayTimeAdmin(DatedAdmin):
    """How long scarce goods wait for their money. A new rule is a new row with its first day."""

    form = PayTimeForm

    list_display = ("kind", "online_minutes", "transfer_minutes", "valid_from", "valid_until", "document")
    list_filter = ("kind",)
    fields = ("kind", "online_minutes", "transfer_minutes", "document", "valid_from", "valid_until", "reason")


class LateInterestAdmin(DatedAdmin):
    """What suppliers may claim for late payment: shown to them, charged to nobody."""

    list_display = ("valid_from", "valid_until", "daily_bp", "document")


class OfferBoundsAdmin(DatedAdmin):
    """From how many percent off an offer of the platform's needs an end, a budget and a second person."""

    list_display = ("valid_from", "valid_until", "deep_percent", "document")


class CarrierAdmin(DatedAdmin):
    """Who may bring parcels. One that is chosen no longer gets its last day; parcels keep their carrier."""

    form = CarrierForm
    # Its names are not among them: parcels of that time were brought under them, so another name is a row of its own.
    words = ("position",)
    list_display = ("name", "position", "valid_from", "valid_until", "document")
    fields = (
        *("code", "name_zh", "name_en", "number_pattern", "example", "position"),
        *("document", "valid_from", "valid_until", "is_renamed", "reason"),
    )

    @display(description=Carrier._meta.verbose_name, ordering="name_zh")
    def name(self, obj: Carrier) -> str:
        """Return what it is called in the reader's language."""
        return in_reader_language(obj.name_zh, obj.name_en)

    def save_model(self, request: HttpRequest, obj: Carrier, form: Any, change: bool) -> None:
        """Save the row; who reads next reads it."""
        super().save_model(request, obj, form, change)
        forget_carriers()


def register() -> None:
    """Put them into the back office."""
    site.register(AfterSaleTerms, AfterSaleTermsAdmin)
    site.register(PayTime, PayTimeAdmin)
    site.register(LateInterest, LateInterestAdmin)
    site.register(WeightTerms, WeightTermsAdmin)
    site.register(OfferBounds, OfferBoundsAdmin)
    site.register(Carrier, CarrierAdmin)
