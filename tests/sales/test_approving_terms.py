"""A second person approves the terms that were read: the list leads to them, and other terms are read again."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

from shop.accounts.operations import groups
from shop.core.models import AuditEntry
from shop.sales.errors import TermsChanged
from shop.sales.models import OfferApproval
from shop.sales.operations.offer_bounds import approve_offer, hold_if_deep
from tests.factories import make_user
from tests.sales.offered import make_offer, seen_now
from tests.sales.test_deep_offers import LIST, colleague, state

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _groups() -> None:
    groups.ensure_groups()


def waiting_offer(**facts: Any) -> ConditionalOffer:
    """Return an offer of 60 % that waits, with a cap of 500 元."""
    bounds = {"max_discount": Decimal(500), "end_datetime": timezone.now() + timedelta(days=9), "exclusive": True}
    offer = make_offer((Condition.VALUE, 100), (Benefit.PERCENTAGE, 60), **(bounds | facts))
    assert hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now()) is not None
    return offer


def chosen(*offers: ConditionalOffer) -> dict[str, Any]:
    return {"action": "approve_deep", "_selected_action": [offer.pk for offer in offers]}


def raise_cap(offer: ConditionalOffer, yuan: int) -> None:
    ConditionalOffer.objects.filter(pk=offer.pk).update(max_discount=Decimal(yuan))
    hold_if_deep(offer_id=offer.pk, actor=None, at=timezone.now())


def seen_on(page: Any) -> list[str]:
    return re.findall(r'name="seen" value="([^"]+)"', page.content.decode())


def test_the_action_shows_the_terms_and_approves_nothing_without_them() -> None:
    offer, staff = waiting_offer(max_user_applications=2, name="秋收"), colleague()
    page = staff.post(LIST, chosen(offer))
    text = page.content.decode()
    held = f"{Range.objects.get().name}（全部商品）"
    ends = timezone.localtime(offer.end_datetime)
    for said in (
        "秋收",
        "减 60%",
        "满 ¥100.00",
        held,
        "¥500.00",
        "每位买家 2 次",
        "所有买家",
        "平台",
        f"{ends:%H:%M}",
    ):
        assert said in text, said
    assert (page.status_code, state(offer)) == (200, "Suspended")
    assert OfferApproval.objects.filter(approved_at__isnull=False).count() == 0
    assert staff.post(LIST, chosen(offer) | {"seen": seen_on(page)}).status_code == 302
    assert state(offer) == "Open"


def test_terms_that_were_changed_meanwhile_are_read_again_before_they_run() -> None:
    offer, staff = waiting_offer(), colleague()
    before = staff.post(LIST, chosen(offer))
    raise_cap(offer, 9000)
    after = staff.post(LIST, chosen(offer) | {"seen": seen_on(before)})
    text = after.content.decode()
    assert (after.status_code, "¥9,000.00" in text, "期间" in text, state(offer)) == (409, True, True, "Suspended")
    assert staff.post(LIST, chosen(offer) | {"seen": seen_on(after)}).status_code == 302
    assert (state(offer), OfferApproval.objects.get().terms["offer"]["most_fen"]) == ("Open", 900_000)
    assert AuditEntry.objects.filter(action="deep_offer_approved").count() == 1


@pytest.mark.parametrize("seen", ["", "x", "没有", "0" * 64])
def test_no_fingerprint_and_anothers_approve_nothing(seen: str) -> None:
    offer, staff = waiting_offer(), colleague()
    answer = staff.post(LIST, chosen(offer) | {"seen": f"{offer.pk}-{seen}"})
    assert (answer.status_code, state(offer)) == (409, "Suspended")
    with pytest.raises(TermsChanged) as refused:
        approve_offer(offer_id=offer.pk, seen=seen, actor=make_user(), at=timezone.now())
    assert (refused.value.code, refused.value.status) == ("terms_changed", 409)
    assert state(offer) == "Suspended"


def test_an_offer_that_opened_beside_it_meanwhile_is_read_too() -> None:
    offer = waiting_offer(exclusive=False, name="一")
    seen = seen_now(offer.pk, timezone.now())
    make_offer((Condition.VALUE, 10), (Benefit.PERCENTAGE, 20), exclusive=False, name="后来开的")
    staff = colleague()
    page = staff.post(LIST, chosen(offer) | {"seen": f"{offer.pk}-{seen}"})
    assert (page.status_code, "后来开的" in page.content.decode(), state(offer)) == (409, True, "Suspended")


def test_two_that_run_together_are_approved_from_one_page(django_assert_max_num_queries: Any) -> None:
    offers = [waiting_offer(exclusive=False, name=f"第{n}个") for n in range(2)]
    staff = colleague()
    with django_assert_max_num_queries(60):
        page = staff.post(LIST, chosen(*offers))
    assert page.content.decode().count("<summary>第0个</summary>") == 1
    assert staff.post(LIST, chosen(*offers) | {"seen": seen_on(page)}).status_code == 302
    assert [state(offer) for offer in offers] == ["Open", "Open"]


def test_what_can_not_be_approved_is_said_at_once_and_shows_no_page(office: Client) -> None:
    answer = office.post(LIST, chosen(make_offer()), follow=True)
    assert (answer.redirect_chain != [], "seen" in answer.content.decode().split("</table>")[-1]) == (True, False)
