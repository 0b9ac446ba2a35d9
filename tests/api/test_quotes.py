"""A quote says why it can't be ordered so, beside what is to be changed; a special price that is none is no price."""

import pytest
from django.utils import timezone

from catalog.models import Listing
from tests.api.conftest import program_of
from tests.api.test_buying import ADDRESS
from tests.factories import make_division, make_freight, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import drop_of, make_session, put

pytestmark = pytest.mark.django_db


def sold(**facts: int) -> int:
    """Return the specification of a product that is sent everywhere."""
    make_division()
    supplier = make_supplier()
    make_freight(supplier)
    return spec_of(make_listing(supplier=supplier, **facts)).specification_id


def test_a_quote_beyond_a_limit_says_why_beside_the_quantity() -> None:
    spec = sold(stock=50)
    Listing.objects.update(purchase_limit=2)
    me = program_of(make_user(phone="+8613800002046", phone_verified=True))
    asked = {"buy": {"specification_id": spec, "quantity": 3}, "address": ADDRESS}
    quote = me.post("/checkout/quote", asked).data
    assert quote["can_order"] is False
    assert quote["refusals"] == [
        {
            "field": "buy.quantity",
            "code": "over_limit",
            "message": "Each buyer may have 2 pieces.",
            "specification_id": spec,
        }
    ]
    asked["buy"] = {"specification_id": spec, "quantity": 2}
    quote = me.post("/checkout/quote", asked).data
    assert (quote["can_order"], quote["refusals"]) == (True, [])


def test_a_quote_of_what_is_not_there_says_so() -> None:
    sold()
    me = program_of(make_user())
    quote = me.post("/checkout/quote", {"buy": {"specification_id": 999_999, "quantity": 1}}).data
    assert (quote["can_order"], [(each["field"], each["code"]) for each in quote["refusals"]]) == (
        False,
        [("buy.specification_id", "nothing_to_buy")],
    )


@pytest.mark.parametrize("deal", ["drop:999", "nothing", "drop:1_0"])
def test_an_unknown_deal_is_refused_by_quote_and_purchase(deal: str) -> None:
    spec = sold()
    me = program_of(make_user())
    asked = {"buy": {"specification_id": spec, "quantity": 1}, "address": ADDRESS, "deal": deal}
    for answer in (me.post("/checkout/quote", asked), me.post("/purchases", asked, key="k1")):
        assert (answer.status_code, answer.data["code"]) == (422, "no_such_deal")
        assert [each["field"] for each in answer.data["errors"]] == ["deal"]


@pytest.mark.parametrize(("own", "quantity", "said"), [(10, 70, 5), (10, 6, 5), (3, 6, 3), (None, 6, 5)])
def test_a_quote_of_a_drop_says_the_one_limit_that_holds_in_line_and_refusal(own, quantity, said) -> None:
    make_division()
    session, host = make_session()
    make_freight(session.room.supplier)
    listing = make_listing(supplier=session.room.supplier, stock=90, price_fen=3280)
    drop = drop_of(session, put(session, listing, host), host, pieces=80, per_buyer=5, at=timezone.now())
    Listing.objects.update(purchase_limit=own)
    me = program_of(make_user(phone="+8613800002046", phone_verified=True))
    buy = {"specification_id": spec_of(listing).specification_id, "quantity": quantity}
    quote = me.post("/checkout/quote", {"buy": buy, "deal": f"drop:{drop.pk}", "address": ADDRESS}).data
    (line,), (refusal,) = quote["lines"], quote["refusals"]
    assert quote["can_order"] is False
    assert line["problem"]["message"] == refusal["message"] == f"Each buyer may have {said} pieces."
    assert line["problem"]["code"] == refusal["code"] == "over_limit"
