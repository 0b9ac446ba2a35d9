from decimal import Decimal

import pytest
from django.test import Client
from oscar.apps.offer.models import Benefit, Condition

from shop.accounts import roles
from shop.accounts.operations.groups import give_role
from shop.core import ledger
from shop.sales.operations.aftersales import open_after_sale
from shop.sales.operations.reviews import moderate_review, submit_review
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.offered import asked_to_fund, make_offer
from tests.sales.selling import lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world():
    """Two suppliers, each with a member and one of everything."""
    made = []
    for n in range(2):
        member = make_user()
        listing = make_listing(stock=50, supplier=make_supplier(member=member))
        waiting = paid((listing, 3), key=f"w{n}")
        order = receive(ship(paid((listing, 2), key=f"o{n}"), number=f"SF100000000000{n}"))
        line = lines_of(order)[0]
        case = open_after_sale(
            line_id=line.pk, kind="refund_only", quantity=1, amount_fen=500, reason="小", actor=None, at=AT
        )
        review = submit_review(line_id=line.pk, stars=5, text="甜", uploads=[photo()], actor=None, at=AT)
        moderate_review(review_id=review.pk, approve=True, actor=member, at=AT)
        made.append({
            "client": signed_in(member), "supplier": listing.supplier, "listing": listing, "waiting": waiting,
            "number": waiting.order.number, "case_id": case.pk, "review_id": review.pk,
            "consent_id": asked_to_fund(listing.supplier).pk,
            "specification_id": listing.specifications.get().pk, "line": lines_of(waiting)[0].pk,
        })  # fmt: skip
    return made


PAGES = [
    "",
    "orders/",
    "orders/?state=shipped",
    "orders/?state=",
    "after-sales/",
    "goods/",
    "settlement/",
    "offers/",
    "reviews/",
    "me/",
]


@pytest.mark.parametrize("language", ["", "/en"])
def test_each_page_shows_only_ones_own(world, language):
    own, other = world
    for page in PAGES:
        response = own["client"].get(f"{language}/seller/{page}")
        assert response.status_code == 200, page
        text = response.content.decode()
        for theirs in (other["number"], other["supplier"].name_en, f"/after-sales/{other['case_id']}/"):
            assert theirs not in text, page


OWNED = [
    ("get", "orders/{number}/"),
    ("post", "orders/{number}/ship/"),
    ("post", "orders/{number}/cancel/"),
    ("get", "after-sales/{case_id}/"),
    ("post", "after-sales/{case_id}/"),
    ("get", "goods/{specification_id}/stock/"),
    ("post", "goods/{specification_id}/stock/change/"),
    ("post", "goods/{specification_id}/stock/count/"),
    ("get", "offers/{consent_id}/"),
    ("post", "offers/{consent_id}/answer/"),
    ("post", "reviews/{review_id}/reply/"),
]


@pytest.mark.parametrize(("method", "path"), OWNED)
def test_what_is_anothers_is_not_there(world, method, path):
    for own, other in (world, world[::-1]):
        assert getattr(own["client"], method)(f"/seller/{path.format(**other)}").status_code == 404
        assert getattr(own["client"], method)(f"/seller/{path.format(**own)}").status_code in (200, 302, 422)


def test_every_route_of_the_console_is_tried_with_two_suppliers():
    from shop.sales.seller_urls import urlpatterns  # reason: the list under test

    kept = {str(each.pattern) for each in urlpatterns if "<" in str(each.pattern)}
    tried = {path.split("{")[0] for _method, path in OWNED}
    assert {path.split("<")[0] for path in kept} == tried


def test_others_are_sent_away():
    assert Client().get("/seller/")["Location"] == "/account/login/?next=/seller/"
    assert signed_in(make_user()).get("/seller/").status_code == 403


def send(own, **changes):
    form = {"carrier": "sf", "tracking_no": "SF1234567890123", f"pieces-{own['line']}": "3"}
    return own["client"].post(f"/seller/orders/{own['number']}/ship/", {**form, **changes})


def test_sending_twice_is_sending_once(world):
    own = world[0]
    assert [send(own).status_code for _ in range(2)] == [302, 302]
    own["waiting"].refresh_from_db()
    assert (own["waiting"].state, own["waiting"].shipments.count()) == ("shipped", 1)


def test_what_is_wrong_is_said_beside_its_field_and_input_kept(world):
    own = world[0]
    response = send(own, tracking_no="12 34")
    assert response.status_code == 422
    assert 'value="12 34"' in response.content.decode()
    assert send(own, **{f"pieces-{own['line']}": "4"}).status_code == 422
    assert send(own, carrier="pigeon").status_code == 422
    own["waiting"].refresh_from_db()
    assert own["waiting"].shipments.count() == 0


def test_what_is_refused_stands_first_and_leads_to_its_field(world):
    own = world[0]
    page = send(own, **{"tracking_no": "12 34", f"pieces-{own['line']}": "4"}).content.decode()
    summary = page.index('data-testid="error-summary"')
    assert page.index('class="console-head"') < summary < page.index('data-testid="ship-to"')
    assert page.index('href="#id_tracking_no"') < page.index('id="id_tracking_no"')
    assert 'href="#id_carrier"' not in page
    unnamed = own["client"].post(f"/seller/orders/{own['number']}/ship/", {"tracking_no": "SF1234567890123"})
    page = unnamed.content.decode()
    assert 'href="#id_carrier"' in page
    assert 'id="id_carrier" tabindex="-1"' in page
    url = f"/seller/goods/{own['specification_id']}/stock/count/"
    stock = own["client"].post(url, {"counted": "-1", "version": "0"}).content.decode()
    assert 'href="#id_counted"' in stock
    assert "“-1”不是整件数" in stock
    assert 'data-testid="error-summary"' not in own["client"].get("/seller/goods/").content.decode()


def test_what_was_done_is_said_below_the_head(world):
    own = world[0]
    form = {"way": "in", "pieces": "12", "reason": "harvest"}
    answer = own["client"].post(f"/seller/goods/{own['specification_id']}/stock/change/", form, follow=True)
    page = answer.content.decode()
    assert page.count('data-testid="messages-flash"') == 1
    assert page.index('class="console-head"') < page.index("messages-flash") < page.index('data-testid="shelf"')


def test_what_ran_out_is_given_back(world):
    own = world[0]
    form = {"lines": [own["line"]], "reason": "out_of_stock"}
    assert own["client"].post(f"/seller/orders/{own['number']}/cancel/", form).status_code == 302
    own["waiting"].refresh_from_db()
    assert (own["waiting"].state, own["waiting"].refunded_fen) == ("cancelled", 9840)


def test_a_case_is_decided_and_more_than_asked_is_refused(world):
    own = world[0]
    url = f"/seller/after-sales/{own['case_id']}/"
    assert own["client"].post(url, {"decision": "approve", "amount": "5.01"}).status_code == 422
    assert own["client"].post(url, {"decision": "refuse"}).status_code == 422
    assert own["client"].post(url, {"decision": "approve", "amount": "5.00"}).status_code == 302
    assert own["client"].post(url, {"decision": "approve", "amount": "5.00"}).status_code == 409


def test_the_settlement_adds_up_to_the_ledger(world):
    own = world[0]
    pk = own["supplier"].pk
    settled = own["client"].get("/seller/settlement/").context["books"]
    rows = settled.page.object_list
    assert sum(row["held"] for row in rows) == settled.held_fen == ledger.balance(f"supplier:{pk}:held") == 9840
    assert (
        sum(row["payable"] for row in rows) == settled.payable_fen == ledger.balance(f"supplier:{pk}:payable") == 6560
    )


def test_a_review_is_answered(world):
    own = world[0]
    url = f"/seller/reviews/{own['review_id']}/reply/"
    assert own["client"].post(url, {"reply": ""}).status_code == 422
    assert own["client"].post(url, {"reply": "谢谢"}).status_code == 302
    assert "谢谢" in own["client"].get("/seller/reviews/").content.decode()


@pytest.mark.parametrize("page", ["", "orders/", "after-sales/", "goods/", "settlement/", "reviews/"])
def test_pages_cost_the_same_for_thirty_orders(page, django_assert_max_num_queries):
    member = make_user()
    supplier = make_supplier(member=member)
    for n in range(30):
        paid((make_listing(stock=50, supplier=supplier), 1), key=f"k{n}")
    client = signed_in(member)
    with django_assert_max_num_queries(17):
        assert client.get(f"/seller/{page}").status_code == 200


def test_reviews_are_looked_at_by_reviewers_only():
    review = submit_review(
        line_id=lines_of(receive(ship(paid((make_listing(stock=5), 1)))))[0].pk, stars=5, text="甜", actor=None, at=AT
    )
    url = f"/review/reviews/{review.pk}/"
    assert signed_in(make_user()).get("/review/").status_code == 403
    assert signed_in(make_user()).post(url, {"decision": "approve"}).status_code == 403
    reviewer = make_user()
    give_role(user=reviewer, role=roles.PLATFORM_REVIEWER, actor=None, at=AT)
    client = signed_in(reviewer)
    assert "甜" in client.get("/review/").content.decode()
    assert client.post(url, {"decision": "refuse"}).status_code == 422
    assert client.post(url, {"decision": "approve"}).status_code == 302
    assert client.post(url, {"decision": "approve"}).status_code == 409
    assert "甜" in client.get("/review/?decided=1").content.decode()


def test_today_shows_every_question_of_consent_with_its_amount(world):
    client, supplier = world[0]["client"], world[0]["supplier"]
    offers = [
        make_offer((Condition.VALUE, 50), (Benefit.FIXED, 5), supplier=supplier, agreed=False, max_discount=most)
        for most in (Decimal(1500), Decimal(20_000), Decimal(80), Decimal(70))
    ]
    page = client.get("/seller/").content.decode()
    for offer in offers:
        assert f"/seller/offers/{offer.consents.get().pk}/" in page
    assert ("¥1,500.00" in page, "¥20,000.00" in page) == (True, True)
