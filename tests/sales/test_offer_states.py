"""The offers' list says what holds for buyers, filters by it, and prices agree with it; a save says what it takes out."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

from shop.sales.models import OfferApproval, OfferConsent
from shop.sales.offers import apply_discounts
from shop.sales.operations.funding import answer_consent, renew_consent, withdraw_consent
from shop.sales.operations.offer_bounds import hold_if_deep
from shop.sales.queries.offer_states import with_states
from shop.sales.states import OfferState
from tests.factories import make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import approve_read, lines_for, make_offer
from tests.sales.test_deep_offers import LIST, state
from tests.sales.test_funding import form_of

pytestmark = pytest.mark.django_db
NOW = timezone.now().replace(microsecond=0)
DAY = timedelta(days=1)


def _plain(**facts: Any) -> ConditionalOffer:
    return make_offer((Condition.VALUE, 1), (Benefit.FIXED_UNIT, 1), **facts)


def _answered(how: str) -> tuple[ConditionalOffer, Any]:
    supplier = make_supplier()
    offer = _plain(supplier=supplier, agreed=False, end_datetime=NOW + 30 * DAY)
    pk = OfferConsent.objects.get(offer=offer).pk
    if how in ("given", "withdrawn", "spent"):
        answer_consent(consent_id=pk, agree=True, actor=None, at=NOW)
    if how == "declined":
        answer_consent(consent_id=pk, agree=False, actor=None, at=NOW)
    if how == "withdrawn":
        withdraw_consent(consent_id=pk, actor=None, at=NOW)
    if how == "spent":
        OfferConsent.objects.filter(pk=pk).update(spent_fen=OfferConsent.objects.get(pk=pk).most_fen)
    return offer, supplier


def _in_state(wanted: str) -> tuple[ConditionalOffer, Any]:
    """Return an offer in a state, and the supplier whose goods it is on (None for any)."""
    if wanted in ("asked", "declined", "withdrawn", "given", "spent"):
        return _answered(wanted)
    facts: dict[str, dict[str, Any]] = {
        "over": {"end_datetime": NOW - DAY},
        "early": {"start_datetime": NOW + DAY},
        "suspended": {"status": "Suspended"},
        "budget": {"max_discount": Decimal(5), "total_discount": Decimal(5)},
        "uses": {"max_global_applications": 3, "num_applications": 3},
    }
    offer = _plain(**facts.get(wanted, {}))
    if wanted == "consumed":
        # Past the library's own save, which reckons this status anew.
        ConditionalOffer.objects.filter(pk=offer.pk).update(status="Consumed")
    if wanted == "waits_second":
        Benefit.objects.filter(pk=offer.benefit_id).update(type=Benefit.PERCENTAGE, value=90)
        assert hold_if_deep(offer_id=offer.pk, actor=None, at=NOW) is not None
    return offer, None


STATES = {
    "running": OfferState.RUNNING, "given": OfferState.RUNNING, "asked": OfferState.ASKED,
    "declined": OfferState.DECLINED, "withdrawn": OfferState.WITHDRAWN, "spent": OfferState.USED_UP,
    "over": OfferState.OVER, "early": OfferState.EARLY, "suspended": OfferState.SUSPENDED,
    "consumed": OfferState.USED_UP, "budget": OfferState.USED_UP, "uses": OfferState.USED_UP,
    "waits_second": OfferState.WAITS_SECOND,
}  # fmt: skip


@pytest.mark.parametrize("case", STATES)
def test_the_list_says_what_holds_for_buyers_and_prices_agree(case: str, office: Client) -> None:
    offer, supplier = _in_state(case)
    found = with_states(ConditionalOffer.objects.filter(pk=offer.pk), NOW).get().buyers_state
    assert found == STATES[case]
    spec = spec_of(make_listing(price_fen=10_000, **({"supplier": supplier} if supplier else {})))
    runs = bool(apply_discounts(lines_for((spec, 1)), at=NOW).applied)
    assert runs is (found == OfferState.RUNNING)
    said = f'field-state">{OfferState(found).label}<'
    assert said in office.get(LIST).content.decode()
    for each in OfferState:
        assert (said in office.get(LIST, {"state": each.value}).content.decode()) is (each == found)


def test_another_suppliers_consent_lets_nothing_run() -> None:
    offer, _supplier = _answered("given")
    offer.funding.supplier = make_supplier()
    offer.funding.save()
    assert with_states(ConditionalOffer.objects.all(), NOW).get().buyers_state == OfferState.ASKED


def _range_form(range_: Range, **changes: Any) -> dict[str, Any]:
    facts = {"name": range_.name, "description": "", "is_public": "", "includes_all_products": "on"}
    return facts | changes


def test_renaming_a_range_or_an_offer_leaves_a_consent_in_force(office: Client) -> None:
    offer, supplier = _answered("given")
    range_ = Range.objects.get(pk=offer.benefit.range_id)
    page = office.post(f"/admin/offer/range/{range_.pk}/change/", _range_form(range_, name="新名字"), follow=True)
    assert (Range.objects.get(pk=range_.pk).name, "暂不生效" in page.content.decode()) == ("新名字", False)
    assert [each.state for each in OfferConsent.objects.filter(offer=offer)] == ["given"]
    ConditionalOffer.objects.filter(pk=offer.pk).update(name="别的名字")
    assert renew_consent(offer_id=offer.pk, actor=None, at=NOW).state == "given"
    spec = spec_of(make_listing(price_fen=10_000, supplier=supplier))
    assert len(apply_discounts(lines_for((spec, 1)), at=NOW).applied) == 1


def test_a_supplier_that_is_asked_may_answer_after_a_rename() -> None:
    offer, _supplier = _answered("asked")
    Range.objects.update(name="新名字")
    answer_consent(consent_id=OfferConsent.objects.get(offer=offer).pk, agree=True, actor=None, at=NOW)
    assert OfferConsent.objects.get(offer=offer).state == "given"


def test_a_rename_leaves_who_set_the_terms_and_what_waits() -> None:
    setter, other = make_user(), make_user()
    offer, _none = _in_state("waits_second")
    facts = {"max_discount": Decimal(50), "end_datetime": NOW + DAY}
    ConditionalOffer.objects.filter(pk=offer.pk).update(**facts)
    hold_if_deep(offer_id=offer.pk, actor=setter, at=NOW)
    Range.objects.update(name="新名字")
    hold_if_deep(offer_id=offer.pk, actor=other, at=NOW)
    assert OfferApproval.objects.get().asked_by_id == setter.pk
    approve_read(offer_id=offer.pk, actor=other, at=NOW)
    assert state(offer) == "Open"


def test_a_save_that_takes_offers_out_of_force_says_which_and_until_when(office: Client) -> None:
    offers = [_answered("given")[0] for _n in range(2)]
    range_ = Range.objects.get(pk=offers[0].benefit.range_id)
    Benefit.objects.update(range=range_)
    for offer in offers:
        asked = renew_consent(offer_id=offer.pk, actor=None, at=NOW)
        if asked.state == "asked":
            answer_consent(consent_id=asked.pk, agree=True, actor=None, at=NOW)
    form = _range_form(range_, includes_all_products="")
    page = office.post(f"/admin/offer/range/{range_.pk}/change/", form, follow=True).content.decode()
    said = f"“{offers[1].name}”“{offers[0].name}”暂不生效"
    assert (said in page or f"“{offers[0].name}”“{offers[1].name}”暂不生效" in page) is True
    assert "供应商" in page
    assert sorted(OfferConsent.objects.exclude(state="replaced").values_list("state", flat=True)) == ["asked"] * 2
    # Saved once more as it is, nothing is asked.
    page = office.post(f"/admin/offer/range/{range_.pk}/change/", form, follow=True).content.decode()
    assert "暂不生效" not in page


def test_a_cap_raised_within_what_was_approved_says_so(office: Client) -> None:
    offer = make_offer((Condition.VALUE, 1), (Benefit.PERCENTAGE, 60))
    address = f"{LIST}{offer.pk}/change/"
    ends = {"end_datetime_0": "2027-01-31", "end_datetime_1": "20:00:00"}

    def save(cap: str) -> tuple[str, bool]:
        text = office.post(address, form_of(offer, max_discount=cap, **ends), follow=True).content.decode()
        return state(offer), "已审核的范围" in text

    assert save("500") == ("Suspended", False)
    approve_read(offer_id=offer.pk, actor=make_user(), at=timezone.now())
    assert [save(cap) for cap in ("400", "450", "450", "500")] == [
        ("Open", False), ("Open", True), ("Open", False), ("Open", True),
    ]  # fmt: skip
    assert save("501") == ("Suspended", False)
