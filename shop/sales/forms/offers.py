"""Forms of the back office for offers and coupons: what is no offer is refused beside the field that says so."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.forms import ChoiceField, ModelChoiceField, ModelForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.core.fields import YuanField
from shop.sales.models import OfferFunding
from shop.sales.offer_parts import part_of
from shop.sales.offer_rules import Joining
from shop.sales.offer_words import STATUS_NAMES, TYPE_NAMES, benefit_words
from shop.sales.operations.offer_bounds import deep_together, is_deep_offer
from shop.sales.queries.funding import terms_now
from shop.sales.queries.joining import goods_of
from shop.sales.rules import clean_coupon, coupon_code_fits
from shop.sales.texts import quoted

# What an offer says beside its parts.
SAID = (
    *("name", "offer_type", "exclusive", "start_datetime", "end_datetime", "max_discount"),
    *("max_global_applications", "max_user_applications", "max_basket_applications"),
)


class FundingForm(ModelForm):
    """Who pays: the platform, or a supplier that is named."""

    def clean(self) -> dict[str, Any]:
        """Refuse a supplier's offer without the supplier, and a platform's with one."""
        data = super().clean() or {}
        by_supplier = data.get("funded_by") == OfferFunding.FundedBy.SUPPLIER
        if by_supplier and not data.get("supplier"):
            self.add_error("supplier", _("Say which supplier pays: it is asked before anything is taken off."))
        if not by_supplier and data.get("supplier"):
            self.add_error("supplier", _("The platform pays: leave this empty."))
        return data


class _Beside(ModelForm):
    """A form whose errors stand beside their fields."""

    def full_clean(self) -> None:
        """Clean, and leave out what the model says once more beside nothing."""
        super().full_clean()
        if len(self.errors) > 1:
            self.errors.pop(NON_FIELD_ERRORS, None)


class _Dated(_Beside):
    """Something that runs from one moment to another."""

    def clean(self) -> dict[str, Any]:
        """Refuse an end that is not after the start."""
        data = super().clean() or {}
        starts, ends = data.get("start_datetime"), data.get("end_datetime")
        if starts and ends and ends <= starts:
            self.add_error("end_datetime", _("It ends before it begins: choose a later end."))
        return data


class OfferForm(_Dated):
    """An offer. Its status is one of two; a third is the system's."""

    status = ChoiceField(
        choices=[(each, STATUS_NAMES[each]) for each in (ConditionalOffer.OPEN, ConditionalOffer.SUSPENDED)],
        initial=ConditionalOffer.OPEN,
        label=pgettext_lazy("offer", "Status"),
    )
    offer_type = ChoiceField(
        choices=list(TYPE_NAMES.items()),
        label=pgettext_lazy("offer", "Type"),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "combinations" in self.fields:
            # The library names it in its code, in English.
            self.fields["combinations"].label = _("May be used together with")
        benefit = self.fields.get("benefit")
        if isinstance(benefit, ModelChoiceField):
            # The library names an amount for each piece and one for the basket alike.
            benefit.queryset = Benefit.objects.select_related("range").order_by("pk")
            benefit.label_from_instance = benefit_words  # type: ignore[assignment,method-assign]  # how Django names a choice

    def clean(self) -> dict[str, Any]:
        """Ask for a bound and an end where a supplier is to pay, or the offer is deep; the payer's form is read beside."""
        data = super().clean()
        if self.data.get("funding-0-funded_by") == OfferFunding.FundedBy.SUPPLIER:
            if data.get("max_discount") is None and "max_discount" not in self.errors:
                self.add_error("max_discount", _("Say the most that it may cost the supplier."))
            if data.get("end_datetime") is None and "end_datetime" not in self.errors:
                self.add_error("end_datetime", _("Say when it ends: the supplier agrees until then."))
        elif data.get("status") == ConditionalOffer.OPEN:
            self._ask_for_bounds(data)
        for name in ("max_discount", "max_global_applications", "max_user_applications", "max_basket_applications"):
            if data.get(name) is not None and data[name] <= 0:
                self.add_error(name, _("Above zero, or empty."))
        return data

    def _ask_for_bounds(self, data: dict[str, Any]) -> None:
        """Ask for a budget and an end where the offer is deep, alone or with others that it may be used with."""
        condition, benefit = data.get("condition"), data.get("benefit")
        if condition is None or benefit is None or (data.get("max_discount") and data.get("end_datetime")):
            return
        now = timezone.now()
        others = [] if is_deep_offer(condition, benefit, now) else deep_together(self._joining(data), now)
        if not others and not is_deep_offer(condition, benefit, now):
            return
        names = {"offers": quoted(others)}
        if data.get("max_discount") is None and "max_discount" not in self.errors:
            said = (
                _("Together with %(offers)s it takes so much off: say the most that it may cost the platform.") % names
            )
            alone = _("So much off: say the most that it may cost the platform.")
            self.add_error("max_discount", said if others else alone)
        if data.get("end_datetime") is None and "end_datetime" not in self.errors:
            said = _("Together with %(offers)s it takes so much off: say when it ends.") % names
            self.add_error("end_datetime", said if others else _("So much off: say when it ends."))

    def _joining(self, data: dict[str, Any]) -> Joining:
        """Return the offer as it would be saved, as the rules see it."""
        kept = self.instance.pk
        coupons = self.instance.vouchers.values_list("pk", flat=True) if kept else ()
        is_coupons = data.get("offer_type") == ConditionalOffer.VOUCHER
        return Joining(
            pk=kept,
            part=part_of(data["condition"], data["benefit"]),
            is_exclusive=bool(data.get("exclusive")),
            named=frozenset(each.pk for each in data.get("combinations") or ()),
            coupons=frozenset(coupons) if is_coupons else None,
            goods=goods_of(data["condition"], data["benefit"]),
            starts=data.get("start_datetime"),
            ends=data.get("end_datetime"),
            terms=terms_now(self._typed(data)),
        )

    def _typed(self, data: dict[str, Any]) -> ConditionalOffer:
        """Return the offer with what was typed, unsaved; what the form does not show is as it was."""
        said = {name: data.get(name, getattr(self.instance, name)) for name in SAID}
        return ConditionalOffer(pk=self.instance.pk, condition=data["condition"], benefit=data["benefit"], **said)


class _OnRange(_Beside):
    """A part of an offer that looks at the products of a range."""

    # Oscar's own field reads numbers by a rule of its own.
    value = YuanField(
        label=Benefit._meta.get_field("value").verbose_name, required=False, max_digits=12, decimal_places=2
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the range."""
        data = super().clean() or {}
        if not data.get("range") and "range" not in self.errors:
            self.add_error("range", _("Say which products."))
        return data


class ConditionForm(_OnRange):
    """When an offer counts: the kinds that the shop knows."""

    type = ChoiceField(
        choices=[
            (Condition.VALUE, _("Goods worth so much")),
            (Condition.COUNT, _("So many pieces")),
            (Condition.COVERAGE, _("So many different products")),
        ],
        label=pgettext_lazy("offer", "Type"),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what any basket has, and a part of a piece."""
        data = super().clean()
        value = data.get("value")
        if "value" in self.errors:
            return data
        if value is None or value <= 0:
            self.add_error("value", _("Above zero."))
        elif data.get("type") in (Condition.COUNT, Condition.COVERAGE) and value != int(value):
            self.add_error("value", _("A whole number."))
        return data


class BenefitForm(_OnRange):
    """What an offer gives: the kinds that the shop knows."""

    type = ChoiceField(
        choices=[
            (Benefit.FIXED, _("An amount off")),
            (Benefit.PERCENTAGE, _("A percentage off")),
            (Benefit.FIXED_UNIT, _("An amount off each piece")),
            (Benefit.MULTIBUY, _("The cheapest piece free")),
        ],
        label=pgettext_lazy("offer", "Type"),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse what takes nothing off, or more than all of it."""
        data = super().clean()
        kind, value, pieces = data.get("type"), data.get("value"), data.get("max_affected_items")
        if kind == Benefit.MULTIBUY:
            for name, given in (("value", value), ("max_affected_items", pieces)):
                if given is not None:
                    self.add_error(name, _("Leave this empty: of each group one piece is free."))
            return data
        if "value" not in self.errors:
            if value is None or value <= 0:
                self.add_error("value", _("Above zero."))
            elif kind == Benefit.PERCENTAGE and value > 100:
                self.add_error("value", _("A percentage: 100 at most."))
        if pieces is not None and pieces < 1:
            self.add_error("max_affected_items", _("Above zero, or empty."))
        return data


class VoucherForm(_Dated):
    """A code that turns offers on, kept as it is read at the checkout."""

    def clean_code(self) -> str:
        """Return the code in the spelling that buyers' typing is read in. Raises where another coupon has it."""
        code = clean_coupon(self.cleaned_data["code"])
        if not code:
            self.add_error("code", _("Type letters or digits."))
        elif not coupon_code_fits(code):
            self.add_error("code", _("Only letters A to Z, digits, and dashes between them; 40 at most."))
        elif Voucher.objects.filter(code__iexact=code).exclude(pk=self.instance.pk).exists():
            self.add_error("code", _("Another coupon has this code."))
        return code
