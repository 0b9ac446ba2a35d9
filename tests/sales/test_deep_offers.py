"""A deep offer of the platform's needs an end, a budget and a second person; a code is letters, digits and dashes."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer
from oscar.apps.voucher.models import Voucher

from shop.accounts.operations import groups
from shop.accounts.roles import CAMPAIGN_STAFF
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import OfferApproval, OfferBounds
from shop.sales.offer_rules import part_off
from shop.sales.offers import find_coupon
from shop.sales.operations.offer_bounds import hold_if_deep
from shop.sales.reducing import Gives, Needs
from shop.sales.rules import coupon_code_fits
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import approve_read, make_coupon, make_offer, seen_now
from tests.sales.test_funding import form_of
from tests.sales.test_offer_forms import errors_of, voucher_form

pytestmark = pytest.mark.django_db
LIST = "/admin/offer/conditionaloffer/"


def colleague() -> Client:
    staff = make_user()
    groups.give_role(user=staff, role=CAMPAIGN_STAFF, actor=None, at=AT)
    client = Client()
    client.force_login(staff, backend="django.contrib.auth.backends.ModelBackend")
    return client


def free(**facts: Any) -> ConditionalOffer:
    """100 % off, from one 分."""
    return make_offer((Condition.VALUE, "0.01"), (Benefit.PERCENTAGE, 100), **facts)


def bounded(**facts: Any) -> ConditionalOffer:
    return free(max_discount=Decimal(500), end_datetime=timezone.now() + timedelta(days=9), **facts)


def state(offer: ConditionalOffer) -> str:
    return ConditionalOffer.objects.values_list("status", flat=True).get(pk=offer.pk)


@pytest.mark.parametrize(
    ("gives", "value", "needs", "threshold", "deep"),
    [
        (Gives.PERCENT, 10_000, Needs.VALUE, 1, True),
        (Gives.PERCENT, 5_000, Needs.PIECES, 1, True),
        (Gives.PERCENT, 4_999, Needs.VALUE, 1, False),
        (Gives.FIXED, 1_000, Needs.VALUE, 10_000, False),
        (Gives.FIXED, 5_000, Needs.VALUE, 10_000, True),
        (Gives.FIXED, 1, Needs.VALUE, 0, True),
        (Gives.FIXED, 1, Needs.PIECES, 3, True),
        (Gives.PER_PIECE, 1, Needs.VALUE, 10_000, True),
        (Gives.CHEAPEST, 0, Needs.PIECES, 3, False),
        (Gives.CHEAPEST, 0, Needs.PIECES, 2, True),
        (Gives.CHEAPEST, 0, Needs.VALUE, 10_000, True),
    ],
)
def test_an_offer_is_deep_by_what_it_may_take_off(
    gives: Any, value: int, needs: Any, threshold: int, deep: bool
) -> None:
    part = part_off(gives=gives, value=value, needs=needs, threshold=threshold)
    assert (part >= Fraction(1, 2)) is deep


def test_a_deep_offer_without_end_and_budget_is_refused_beside_its_fields(office: Client) -> None:
    offer = free()
    found = errors_of(office.post(f"{LIST}{offer.pk}/change/", form_of(offer)))
    assert set(found) == {"max_discount", "end_datetime"}


def test_a_deep_offer_is_suspended_until_a_second_person_approves_it(office: Client) -> None:
    offer, form = free(), {"max_discount": "500", "end_datetime_0": "2027-01-31", "end_datetime_1": "20:00:00"}
    assert office.post(f"{LIST}{offer.pk}/change/", form_of(offer, **form)).status_code == 302
    assert (state(offer), OfferApproval.objects.get().approved_at) == ("Suspended", None)
    act = {"action": "approve_deep", "_selected_action": [offer.pk]}
    page = office.post(LIST, act, follow=True).content.decode()
    assert ("须由另一人审核" in page, state(offer)) == (True, "Suspended")
    act["seen"] = f"{offer.pk}-{seen_now(offer.pk, timezone.now())}"
    assert "启用" in colleague().post(LIST, act, follow=True).content.decode()
    assert state(offer) == "Open"
    # What was approved stays open when it is saved as it is; other terms wait again.
    offer.refresh_from_db()
    assert office.post(f"{LIST}{offer.pk}/change/", form_of(offer, **form)).status_code == 302
    assert state(offer) == "Open"
    assert (
        office.post(f"{LIST}{offer.pk}/change/", form_of(offer, **(form | {"max_discount": "5000"}))).status_code == 302
    )
    assert state(offer) == "Suspended"
    assert AuditEntry.objects.filter(action="deep_offer_approved").count() == 1


def test_a_part_made_deep_suspends_the_offers_with_it(office: Client) -> None:
    offer = make_offer((Condition.VALUE, 100), (Benefit.PERCENTAGE, 10))
    facts = {"range": offer.benefit.range_id, "type": "Percentage", "value": "100", "max_affected_items": ""}
    assert office.post(f"/admin/offer/benefit/{offer.benefit_id}/change/", facts).status_code == 302
    assert state(offer) == "Suspended"
    with pytest.raises(WrongState) as refused:
        approve_read(offer_id=offer.pk, actor=make_user(), at=AT)
    assert refused.value.code == "offer_unbounded"


def test_nobody_approves_their_own_terms_nor_what_does_not_wait() -> None:
    offer, actor = bounded(), make_user()
    hold_if_deep(offer_id=offer.pk, actor=actor, at=AT)
    with pytest.raises(NotAllowed):
        approve_read(offer_id=offer.pk, actor=actor, at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferApproval.objects.update(approved_by_id=actor.pk, approved_at=AT)
    other = make_user()
    approve_read(offer_id=offer.pk, actor=other, at=AT)
    with pytest.raises(WrongState) as refused:
        approve_read(offer_id=offer.pk, actor=other, at=AT)
    assert refused.value.code == "approved_already"
    with pytest.raises(WrongState) as refused:
        approve_read(offer_id=make_offer().pk, actor=other, at=AT)
    assert refused.value.code == "nothing_waits"


def test_a_shallow_offer_and_a_suppliers_own_wait_for_nobody() -> None:
    shallow = make_offer((Condition.VALUE, 100), (Benefit.FIXED, 10))
    own = free(supplier=make_supplier())
    for offer in (shallow, own):
        assert hold_if_deep(offer_id=offer.pk, actor=None, at=AT) is None
        assert state(offer) == "Open"


def test_the_bound_is_data_with_dates() -> None:
    offer = make_offer((Condition.VALUE, 100), (Benefit.FIXED, 10))
    OfferBounds.objects.update(deep_percent=10)
    assert hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now()) is not None
    OfferBounds.objects.all().delete()
    # Without a row any offer is deep: nothing runs by oversight.
    tiny = make_offer((Condition.VALUE, 100), (Benefit.FIXED, 1))
    assert hold_if_deep(offer_id=tiny.pk, actor=None, at=timezone.now()) is not None


@pytest.mark.parametrize(
    ("code", "fits"),
    [("HEQIAO10", True), ("A-B", True), ("A", True), ("=HYPERLINK(1)", False), ("-A", False), ("A-", False),
     ("+1", False), ("@SUM", False), ("优惠", False), ("A_B", False), ("A" * 41, False), ("", False)],
)  # fmt: skip
def test_a_code_is_letters_digits_and_dashes(code: str, fits: bool) -> None:
    assert coupon_code_fits(code) is fits


@pytest.mark.parametrize("code", ["=HYPERLINK(1)", "＝ＣＭＤ", "TEN%", "优惠"])
def test_what_a_table_would_run_is_no_code_in_the_back_office(office: Client, code: str) -> None:
    assert set(errors_of(office.post("/admin/voucher/voucher/add/", voucher_form(code)))) == {"code"}
    assert not Voucher.objects.exists()


def test_a_code_that_is_none_is_unknown_at_the_checkout_and_by_api() -> None:
    make_coupon("=HYPERLINK(1)", make_offer())
    with pytest.raises(InvalidInput) as refused:
        find_coupon("＝HYPERLINK(1)", at=AT)
    assert (refused.value.code, refused.value.field) == ("coupon_unknown", "coupon")
    api = program_of(make_user())
    api.post("/basket", {"specification_id": spec_of(make_listing()).specification_id, "quantity": 1})
    address = {"name": "周敏", "phone": "138 0000 2046", "division": "440106", "street": "龙口西路 8 号"}
    answer = api.post("/checkout/quote", {"address": address, "coupon": "=HYPERLINK(1)"}).data
    assert (answer["coupon_error"] != "", answer["discount"]) == (True, "0.00")
