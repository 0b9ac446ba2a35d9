"""Offers and vouchers in the back office. Counters are moved by conditional updates, so a form never writes them back."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import SimpleListFilter, StackedInline, action, display
from django.db.models import Prefetch
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext, pgettext_lazy
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range
from oscar.apps.voucher.models import Voucher

from shop.core.back_office import Audited, CodeFilter, site
from shop.core.errors import DomainError
from shop.sales import dated_admin
from shop.sales.errors import TermsChanged
from shop.sales.forms.offers import BenefitForm, ConditionForm, FundingForm, OfferForm, VoucherForm
from shop.sales.models import OfferApproval, OfferConsent, OfferFunding
from shop.sales.offer_words import benefit_words, type_name
from shop.sales.operations.funding import renew_consent
from shop.sales.operations.offer_bounds import approve_offer, hold_if_deep, names_beside
from shop.sales.queries.approving import is_raised_within_word, sheets, waiting
from shop.sales.queries.funding import offers_using, standing_consents, terms_by_id
from shop.sales.queries.offer_states import with_states
from shop.sales.states import ConsentState, OfferState
from shop.sales.texts import quoted

# What the library calls its models, for our catalogue: its own has no Chinese under the language's code.
LIBRARY_NAMES = (
    gettext_noop("Conditional offer"),
    gettext_noop("Conditional offers"),
    gettext_noop("Condition"),
    gettext_noop("Conditions"),
    gettext_noop("Benefit"),
    gettext_noop("Benefits"),
    gettext_noop("Range"),
    gettext_noop("Ranges"),
    gettext_noop("Offer"),
    gettext_noop("Voucher"),
    gettext_noop("Vouchers"),
)


class ChangedFieldsOnly(Audited):
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
    """Who pays for the offer: the platform, or a supplier."""

    model = OfferFunding
    form = FundingForm
    can_delete = False


class AsksSuppliers(ChangedFieldsOnly):
    """Offers, their parts, and codes: who pays is asked anew when terms changed, what became deep is held."""

    def offers_of(self, obj: Any) -> list[int]:
        """Return the offers that `obj` is part of."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Note what the offers concerned say before the row is saved."""
        form.said_before = terms_by_id(self.offers_of(obj)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what hangs on the row, then ask the suppliers concerned, in the same transaction."""
        super().save_related(request, form, formsets, change)
        concerned = sorted(self.offers_of(form.instance), reverse=True)
        before = standing_consents(concerned)
        for offer_id in concerned:
            renew_consent(offer_id=offer_id, actor=request.user, at=timezone.now())
            self._hold(request, offer_id, form.said_before.get(offer_id))
        self._say_asked(request, before, standing_consents(concerned))

    def _say_asked(self, request: HttpRequest, before: dict[int, Any], now: dict[int, Any]) -> None:
        """Say which offers were in force, wait for their suppliers since this save, and what happens until then."""
        was = {pk: each.pk for pk, each in before.items() if each.state == ConsentState.GIVEN}
        asked = [pk for pk in was if pk in now and now[pk].pk != was[pk]]
        if asked:
            names = ConditionalOffer.objects.filter(pk__in=asked).order_by("pk").values_list("name", flat=True)
            said = ngettext(
                "%(offers)s is out of force for now: its terms changed, so its supplier is asked again. "
                "Until it agrees, it takes nothing off.",
                "%(offers)s are out of force for now: their terms changed, so their suppliers are asked again. "
                "Until they agree, they take nothing off.",
                len(asked),
            )
            self.message_user(request, said % {"offers": quoted(names)}, messages.WARNING)

    def _hold(self, request: HttpRequest, offer_id: int, before: dict[str, Any] | None) -> None:
        """Suspend what is deep now, alone or with others, and say so; say so too where a word covers what was raised."""
        at = timezone.now()
        waits = hold_if_deep(offer_id=offer_id, actor=request.user, at=at)
        if waits is None:
            if before is not None and is_raised_within_word(offer_id, before):
                said = _("%(offer)s stays open: this is within what was approved, so nobody has to approve it again.")
                name = ConditionalOffer.objects.values_list("name", flat=True).get(pk=offer_id)
                self.message_user(request, said % {"offer": quoted([name])}, messages.SUCCESS)
            return
        self.message_user(
            request,
            _("Suspended: so much off needs an end, a budget, and a second person who approves it in the list."),
            messages.WARNING,
        )
        if others := names_beside(offer_id=offer_id, at=at):
            said = _("%(offer)s takes so much off together with %(others)s.")
            names = {"offer": quoted([waits.offer.name]), "others": quoted(others)}
            self.message_user(request, said % names, messages.WARNING)


def _waits_for_second(offer: ConditionalOffer) -> str:
    """Say that an offer waits for a second person, and which others it takes so much off with."""
    others = names_beside(offer_id=offer.pk, at=timezone.now())
    if not others:
        return _("The platform: a second person has to approve")
    said = _("The platform: a second person has to approve it together with %(others)s")
    return said % {"others": quoted(others)}


class StateFilter(SimpleListFilter):
    """Offers by what holds for buyers."""

    title = ConditionalOffer._meta.get_field("status").verbose_name
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        """Return the states with their names."""
        return OfferState.choices

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        """Return the offers in the chosen state."""
        return queryset.filter(buyers_state=self.value()) if self.value() else queryset


class TypeFilter(CodeFilter):
    """Offers by whom they are for."""

    name_of = staticmethod(type_name)


class OfferAdmin(AsksSuppliers):
    """What is reduced, when, who pays for it, and whether it agreed."""

    form = OfferForm
    list_display = ("name", "kind", "state", "payer", "start_datetime", "end_datetime", "total_discount")
    list_filter = (("offer_type", TypeFilter), StateFilter)
    search_fields = ("name",)
    fields = (
        *("name", "description", "offer_type", "exclusive", "combinations", "status", "condition", "benefit"),
        *("priority", "start_datetime", "end_datetime", "max_global_applications", "max_user_applications"),
        *("max_basket_applications", "max_discount", "payer"),
    )
    readonly_fields = ("payer",)
    inlines = (FundingInline,)
    actions = ("approve_deep",)

    @action(description=_("Approve as the second person"), permissions=["change"])
    def approve_deep(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Show the terms of deep offers that wait; approve those whose terms come back as they were shown.

        Each is approved by its own rules; said is of each what stands against it.
        """
        offers = list(queryset.select_related("condition", "benefit").order_by("pk"))
        shown = dict(each.split("-", 1) for each in request.POST.getlist("seen") if "-" in each)
        unread = []
        for offer in offers:
            seen = shown.get(str(offer.pk))
            try:
                if seen is None:
                    waiting(offer, request.user)
                    unread.append(offer)
                    continue
                approve_offer(offer_id=offer.pk, seen=seen, actor=request.user, at=timezone.now())
            except TermsChanged as error:
                unread.append(offer)
                self.message_user(request, f"{offer.name}: {error.message}", messages.WARNING)
            except DomainError as error:
                self.message_user(request, f"{offer.name}: {error.message}", messages.ERROR)
            else:
                said = _("%(name)s: approved, it is open now.") % {"name": offer.name}
                self.message_user(request, said, messages.SUCCESS)
        return self._to_read(request, unread, is_changed=bool(shown)) if unread else None

    def _to_read(self, request: HttpRequest, unread: list[ConditionalOffer], *, is_changed: bool) -> HttpResponse:
        """Show the terms that somebody is about to approve."""
        rows = self.model.objects.filter(pk__in=[offer.pk for offer in unread]).select_related("condition", "benefit")
        facts = {
            **self.admin_site.each_context(request),
            "opts": self.model._meta,
            "title": _("Read the terms before you approve them"),
            "sheets": sheets(rows.order_by("pk"), timezone.now()),
        }
        return TemplateResponse(request, "admin/approve_offers.html", facts, status=409 if is_changed else 200)

    def get_queryset(self, request: HttpRequest) -> Any:
        """Return the offers with their payers."""
        consents = OfferConsent.objects.exclude(state=ConsentState.REPLACED)
        rows = with_states(super().get_queryset(request), timezone.now()).select_related("funding__supplier")
        waits = OfferApproval.objects.filter(approved_at__isnull=True)
        return rows.prefetch_related(
            Prefetch("consents", queryset=consents, to_attr="standing"),
            Prefetch("approvals", queryset=waits, to_attr="waiting"),
        )

    @display(description=pgettext_lazy("offer", "Type"), ordering="offer_type")
    def kind(self, obj: ConditionalOffer) -> str:
        """Say whom it is for."""
        return type_name(obj.offer_type)

    @display(description=ConditionalOffer._meta.get_field("status").verbose_name, ordering="buyers_state")
    def state(self, obj: Any) -> str:
        """Say what holds for buyers."""
        return str(OfferState(obj.buyers_state).label)

    @display(description=pgettext_lazy("offer", "Paid by"))
    def payer(self, obj: ConditionalOffer) -> str:
        """Say who pays, and what it answered."""
        funding = getattr(obj, "funding", None)
        if funding is None or funding.supplier is None:
            return _waits_for_second(obj) if getattr(obj, "waiting", []) else _("The platform")
        answers = {
            ConsentState.ASKED: _("asked, no answer yet"),
            ConsentState.GIVEN: pgettext_lazy("offer", "agreed"),
            ConsentState.DECLINED: pgettext_lazy("offer", "declined"),
            ConsentState.WITHDRAWN: pgettext_lazy("offer", "withdrew"),
        }
        said = [
            answers[ConsentState(each.state)] + (f" ({each.reason})" if each.reason else "")
            for each in getattr(obj, "standing", [])
        ]
        return f"{funding.supplier}: {', '.join(said)}"

    def offers_of(self, obj: ConditionalOffer) -> list[int]:
        """Return the offer itself."""
        return [obj.pk]


class ConditionAdmin(AsksSuppliers):
    """When an offer counts."""

    form = ConditionForm
    fields = ("range", "type", "value")

    def offers_of(self, obj: Condition) -> list[int]:
        """Return the offers with this condition."""
        return offers_using(part="condition", part_id=obj.pk)


class BenefitAdmin(AsksSuppliers):
    """What an offer gives."""

    form = BenefitForm
    list_display = ("said",)
    list_select_related = ("range",)
    fields = ("range", "type", "value", "max_affected_items")

    @display(description=pgettext_lazy("offer", "What it gives"))
    def said(self, obj: Benefit) -> str:
        """Say what it gives on which products."""
        return benefit_words(obj)

    def offers_of(self, obj: Benefit) -> list[int]:
        """Return the offers with this benefit."""
        return offers_using(part="benefit", part_id=obj.pk)


class RangeAdmin(AsksSuppliers):
    """Which products."""

    fields = ("name", "slug", "description", "is_public", "includes_all_products", "included_categories")
    # Made of the name.
    readonly_fields = ("slug",)
    filter_horizontal = ("included_categories",)

    def offers_of(self, obj: Range) -> list[int]:
        """Return the offers on this range."""
        return offers_using(range_ids=[obj.pk])


class VoucherAdmin(AsksSuppliers):
    """A code that turns offers on."""

    form = VoucherForm
    list_display = ("name", "code", "usage", "start_datetime", "end_datetime", "num_orders")
    search_fields = ("name", "code")
    fields = ("name", "code", "usage", "start_datetime", "end_datetime", "offers")
    filter_horizontal = ("offers",)

    def offers_of(self, obj: Voucher) -> list[int]:
        """Return the offers that the code turns on."""
        return list(obj.offers.values_list("pk", flat=True))


def register() -> None:
    """Put offers, vouchers, times to pay and carriers into the back office; called once when the apps are ready."""
    site.register(ConditionalOffer, OfferAdmin)
    site.register(Condition, ConditionAdmin)
    site.register(Benefit, BenefitAdmin)
    site.register(Range, RangeAdmin)
    site.register(Voucher, VoucherAdmin)
    dated_admin.register()
