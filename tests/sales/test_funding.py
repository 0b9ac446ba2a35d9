"""Offers that a supplier pays for: named, asked, on its own lines only, and seen in its settlement."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

from shop.accounts.models import Message
from shop.core import ledger, outbox
from shop.core.models import AuditEntry
from shop.sales.errors import WrongState
from shop.sales.models import OfferConsent, OfferFunding, OrderFacts, Purchase
from shop.sales.offers import apply_discounts
from shop.sales.operations.discounts import CouponGone
from shop.sales.operations.funding import answer_consent, renew_consent, withdraw_consent
from shop.sales.operations.refunds import refund_order_part
from shop.sales.queries.seller import settlement
from tests.api.conftest import program_of
from tests.factories import AT, make_listing, make_supplier, make_user, spec_of
from tests.sales.offered import ENDS, asked_to_fund, lines_for, make_coupon, make_offer
from tests.sales.selling import lines_of, pay, receive, ship
from tests.sales.test_offers import placed

pytestmark = pytest.mark.django_db


def taken(*specs: Any) -> list[int]:
    lines = lines_for(*((spec, 1) for spec in specs))
    apply_discounts(lines, at=AT)
    return [line.discount_fen for line in lines]


def funded_order(supplier: Any, *, pieces: int = 1) -> OrderFacts:
    """Return a paid order of the supplier's, 122.00 less 15 %, with another supplier's in the same purchase."""
    own, other = (make_listing(price_fen=12_200, supplier=each, stock=50) for each in (supplier, make_supplier()))
    lines = lines_for((spec_of(own), pieces), (spec_of(other), 1))
    found = apply_discounts(lines, at=AT)
    purchase = placed(lines, found.applied, key=f"k{Purchase.objects.count()}")
    pay(purchase)
    return OrderFacts.objects.get(purchase=purchase, supplier=supplier)


def test_nothing_is_taken_off_before_the_supplier_agrees_and_after_it_withdraws() -> None:
    supplier = make_supplier()
    spec = spec_of(make_listing(price_fen=12_200, supplier=supplier))
    asked = asked_to_fund(supplier)
    seen = [taken(spec)]
    answer_consent(consent_id=asked.pk, agree=False, actor=None, at=AT)
    seen.append(taken(spec))
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    seen.append(taken(spec))
    withdraw_consent(consent_id=asked.pk, actor=None, at=AT)
    seen.append(taken(spec))
    assert seen == [[0], [0], [1830], [0]]
    actions = AuditEntry.objects.filter(object_kind="offer_consent").order_by("pk").values_list("action", flat=True)
    assert list(actions) == [
        "offer_consent_asked",
        "offer_consent_declined",
        "offer_consent_given",
        "offer_consent_withdrawn",
    ]


def test_only_the_payers_lines_are_reduced_and_counted() -> None:
    """PCT15 of one cooperative was spread over the lines of others."""
    supplier = make_supplier()
    own = spec_of(make_listing(price_fen=4000, supplier=supplier))
    other = spec_of(make_listing(price_fen=9000))
    answer_consent(consent_id=asked_to_fund(supplier).pk, agree=True, actor=None, at=AT)
    assert taken(own, other) == [0, 0]
    second = spec_of(make_listing(price_fen=1001, supplier=supplier))
    lines = lines_for((own, 1), (other, 1), (second, 1))
    apply_discounts(lines, at=AT)
    assert [line.discount_supplier_fen for line in lines] == [line.discount_fen for line in lines] == [600, 0, 150]


CHANGES: list[Callable[[ConditionalOffer], Any]] = [
    lambda offer: Benefit.objects.filter(pk=offer.benefit_id).update(value=30),
    lambda offer: Condition.objects.filter(pk=offer.condition_id).update(value=1),
    lambda offer: ConditionalOffer.objects.filter(pk=offer.pk).update(end_datetime=ENDS + timedelta(days=9)),
    lambda offer: ConditionalOffer.objects.filter(pk=offer.pk).update(max_discount=Decimal(900)),
    lambda offer: ConditionalOffer.objects.filter(pk=offer.pk).update(exclusive=False),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_offer_needs_a_new_consent(change: Callable[[ConditionalOffer], Any]) -> None:
    supplier = make_supplier()
    spec = spec_of(make_listing(price_fen=12_200, supplier=supplier))
    asked = asked_to_fund(supplier)
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    frozen = OfferConsent.objects.get(pk=asked.pk).terms
    change(asked.offer)
    # Even before anybody asks anew.
    assert taken(spec) == [0]
    anew = renew_consent(offer_id=asked.offer_id, actor=None, at=AT)
    assert (anew.version, anew.state) == (2, "asked")
    asked.refresh_from_db()
    assert (asked.state, asked.terms) == ("replaced", frozen)
    with pytest.raises(WrongState):
        answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    answer_consent(consent_id=anew.pk, agree=True, actor=None, at=AT)
    assert taken(spec)[0] > 0


def test_a_range_that_changes_is_asked_for_and_the_same_terms_are_not_asked_twice() -> None:
    supplier = make_supplier()
    spec = spec_of(make_listing(price_fen=12_200, supplier=supplier))
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 5), supplier=supplier, products=[spec.product_id])
    assert renew_consent(offer_id=offer.pk, actor=None, at=AT).version == 1
    Range.objects.get(pk=offer.benefit.range_id).add_product(make_listing(supplier=supplier).product)
    assert renew_consent(offer_id=offer.pk, actor=None, at=AT).version == 2
    assert taken(spec) == [0]


def test_consent_is_checked_again_when_the_order_is_placed() -> None:
    supplier = make_supplier()
    asked = asked_to_fund(supplier)
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    lines = lines_for((spec_of(make_listing(price_fen=12_200, supplier=supplier)), 1))
    found = apply_discounts(lines, at=AT)
    withdraw_consent(consent_id=asked.pk, actor=None, at=AT)
    with pytest.raises(CouponGone):
        placed(lines, found.applied, key="k")


def test_an_offer_never_costs_its_supplier_more_than_it_agreed_to() -> None:
    supplier = make_supplier()
    asked = asked_to_fund(supplier)
    answer_consent(consent_id=asked.pk, agree=True, actor=None, at=AT)
    off = [funded_order(supplier, pieces=2).discount_supplier_fen for _n in range(4)]
    assert off == [3660, 3660, 680, 0]
    asked.refresh_from_db()
    assert asked.spent_fen == asked.most_fen == 8000
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferConsent.objects.filter(pk=asked.pk).update(spent_fen=8001)


def test_the_settlement_shows_the_own_discount_line_by_line_and_the_books_balance() -> None:
    """It cost a cooperative 18.30 that its settlement didn't show."""
    member = make_user()
    supplier = make_supplier(member=member)
    asked = asked_to_fund(supplier)
    answer_consent(consent_id=asked.pk, agree=True, actor=member, at=AT)
    order = funded_order(supplier)
    assert (order.total_fen, order.discount_supplier_fen) == (10_370, 1830)
    shown = settlement(supplier.pk)
    [row] = shown.page.object_list
    assert (row["paid"], row["given"], row["held"], shown.given_fen) == (10_370, 1830, 10_370, 1830)
    assert [(each.amount_fen, each.consent_id) for each in shown.own] == [(1830, asked.pk)]
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/seller/settlement/").content.decode()
    assert "18.30" in text
    text = client.get(f"/seller/offers/{asked.pk}/").content.decode()
    assert "18.30" in text
    assert order.order.number in text
    assert not settlement(make_supplier().pk).page.object_list
    call_command("check_ledger")


def test_what_goes_back_to_the_buyer_takes_its_own_discount_with_it() -> None:
    supplier = make_supplier()
    answer_consent(consent_id=asked_to_fund(supplier).pk, agree=True, actor=None, at=AT)
    order = receive(ship(funded_order(supplier)))
    line = lines_of(order)[0]
    refund_order_part(
        order=order, amount_fen=5185, reason="damaged", key="half", actor=None, at=AT, lines={line.pk: 5185}
    )
    assert ledger.balance(f"offers:{supplier.pk}:given") == 915
    order.refresh_from_db()
    refund_order_part(
        order=order, amount_fen=5185, reason="damaged", key="rest", actor=None, at=AT, lines={line.pk: 5185}
    )
    assert ledger.balance(f"offers:{supplier.pk}:given") == 0
    call_command("check_ledger")


@pytest.mark.parametrize(
    ("answer", "state"), [("agree", "given"), ("decline", "declined"), ("withdraw", "asked"), ("nonsense", "asked")]
)
def test_a_supplier_answers_on_its_page(answer: str, state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    member = make_user()
    supplier = make_supplier(member=member)
    asked = asked_to_fund(supplier)
    outbox.drain(at=AT)
    assert [each.url for each in Message.objects.filter(user=member, kind="offer_asked")] == ["/seller/offers/"]
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    assert "80.00" in client.get("/seller/offers/").content.decode()
    client.post(f"/seller/offers/{asked.pk}/answer/", {"answer": answer, "reason": "卖不动"})
    asked.refresh_from_db()
    assert asked.state == state


def test_the_payer_is_named_and_only_where_a_supplier_pays() -> None:
    offer = make_offer()
    for facts in ({"funded_by": "supplier"}, {"funded_by": "platform", "supplier": make_supplier()}):
        with pytest.raises(IntegrityError, match="funding_names_supplier"), transaction.atomic():
            OfferFunding.objects.create(offer=offer, **facts)


def form_of(offer: ConditionalOffer, **changes: Any) -> dict[str, Any]:
    facts = {
        "name": offer.name, "offer_type": "Site", "exclusive": "on", "status": "Open", "priority": "0",
        "condition": offer.condition_id, "benefit": offer.benefit_id, "funding-TOTAL_FORMS": "1",
        "funding-INITIAL_FORMS": "0", "funding-0-offer": offer.pk, "funding-0-funded_by": "platform",
    }  # fmt: skip
    return facts | changes


def test_staff_name_the_supplier_and_it_is_asked(office: Client) -> None:
    supplier = make_supplier()
    offer = make_offer((Condition.VALUE, 0), (Benefit.FIXED, 5))
    address = f"/admin/offer/conditionaloffer/{offer.pk}/change/"
    by_supplier = {"funding-0-funded_by": "supplier", "funding-0-supplier": supplier.pk}
    refused = office.post(address, form_of(offer, **by_supplier))
    assert refused.status_code == 200
    assert set(refused.context["adminform"].form.errors) == {"max_discount", "end_datetime"}
    assert not OfferConsent.objects.exists()
    bound = {"max_discount": "50", "end_datetime_0": "2027-01-31", "end_datetime_1": "20:00:00"}
    assert office.post(address, form_of(offer, **by_supplier, **bound)).status_code == 302
    consent = OfferConsent.objects.get(offer=offer)
    assert (consent.supplier_id, consent.state, consent.most_fen) == (supplier.pk, "asked", 5000)
    assert supplier.name_zh in office.get("/admin/offer/conditionaloffer/").content.decode()
    # The amount is changed elsewhere: the supplier is asked anew.
    answer_consent(consent_id=consent.pk, agree=True, actor=None, at=AT)
    benefit = offer.benefit
    changed = {"range": benefit.range_id, "type": "Absolute", "value": "7", "max_affected_items": ""}
    assert office.post(f"/admin/offer/benefit/{benefit.pk}/change/", changed).status_code == 302
    states = OfferConsent.objects.filter(offer=offer).order_by("version").values_list("state", flat=True)
    assert list(states) == ["replaced", "asked"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"status": "paused"}, "status"),
        ({"status": "Consumed"}, "status"),
        ({"offer_type": "Session"}, "offer_type"),
        ({"max_discount": "0"}, "max_discount"),
        ({"max_discount": "-3"}, "max_discount"),
    ],
)
def test_staff_are_told_beside_the_field_what_is_no_offer(office: Client, change: dict[str, str], field: str) -> None:
    offer = make_offer((Condition.VALUE, 100))
    refused = office.post(f"/admin/offer/conditionaloffer/{offer.pk}/change/", form_of(offer, **change))
    assert refused.status_code == 200
    assert list(refused.context["adminform"].form.errors) == [field]


def test_staff_can_not_say_that_a_supplier_pays_without_naming_it(office: Client) -> None:
    offer = make_offer()
    bound = {"max_discount": "50", "end_datetime_0": "2027-01-31", "end_datetime_1": "20:00:00"}
    refused = office.post(
        f"/admin/offer/conditionaloffer/{offer.pk}/change/",
        form_of(offer, **bound, **{"funding-0-funded_by": "supplier"}),
    )
    assert refused.status_code == 200
    assert not OfferFunding.objects.exists()


def test_a_coupon_says_whose_goods_alone_it_counts_for(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    supplier, stranger = make_supplier(), make_supplier("连州东陂晓霜合作社")
    own, other = (spec_of(make_listing(price_fen=4000, supplier=each, stock=9)) for each in (supplier, stranger))
    coupon = make_coupon("XIANGQIN15", make_offer(supplier=supplier))
    said = "此优惠券仅限梅县松源青禾合作社的商品使用。"
    # For goods that it is for, for others, and where it takes nothing off yet.
    for spec in (own, other):
        assert apply_discounts(lines_for((spec, 1)), at=AT, coupon=coupon).coupon_scope == said
    platform = make_coupon("HEQIAO5", make_offer())
    assert apply_discounts(lines_for((own, 1)), at=AT, coupon=platform).coupon_scope == ""
    for spec in (own, other):
        client.post("/shop/basket/add/", {"specification": spec.specification_id, "quantity": 1})
    assert said in client.get("/shop/basket/?coupon=XIANGQIN15").content.decode()
    assert said in client.get("/shop/checkout/?coupon=XIANGQIN15").content.decode()


@pytest.mark.parametrize(
    ("changes", "code", "words", "said"),
    [
        ({}, "running", "You agreed", "您已同意"),
        ({"status": ConditionalOffer.SUSPENDED}, "suspended", "Suspended", "已暂停"),
        ({"status": ConditionalOffer.CONSUMED}, "used_up", "Used up", "已用完"),
    ],
)
def test_page_and_program_say_of_an_offer_what_holds_for_buyers(
    changes: dict[str, str], code: str, words: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    member = make_user()
    supplier = make_supplier(member=member)
    offer = make_offer(supplier=supplier)
    ConditionalOffer.objects.filter(pk=offer.pk).update(**changes)
    consent = offer.consents.get()
    program = program_of(member, "seller:read")
    one = program.get(f"/seller/offers/{consent.pk}").data
    (listed,) = program.get("/seller/offers").data["items"]
    assert one == listed
    assert (one["state"], one["state_words"], one["answer"]) == (code, words, "given")
    client = Client()
    client.force_login(member)
    for path in ("/seller/offers/", f"/seller/offers/{consent.pk}/"):
        page = client.get(path).content.decode()
        assert re.search(rf'class="badge[^>]*>\s*(?:<svg.*?</svg>)?\s*{said}', page, re.DOTALL), path
