"""Nudging, buying again, favourites, adoption of a guest's purchases."""

from datetime import timedelta

import pytest
from oscar.apps.wishlists.models import Line as WishLine

from catalog.models import Listing
from catalog.states import ListingState
from shop.sales.errors import WrongState
from shop.sales.models import Favourite, OrderFacts, Purchase
from shop.sales.operations.adopting import adopt_guest_purchases
from shop.sales.operations.baskets import open_basket
from shop.sales.operations.buy_again import buy_again
from shop.sales.operations.favourites import toggle_favourite
from shop.sales.operations.nudges import NudgedAlready, nudge
from shop.sales.visitors import token_hash
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import PHONE, buy, paid, ship

pytestmark = pytest.mark.django_db


def test_a_supplier_is_nudged_once_in_24_hours():
    order = paid((make_listing(stock=5), 1))
    nudge(order_id=order.pk, actor=None, at=AT)
    with pytest.raises(NudgedAlready):
        nudge(order_id=order.pk, actor=None, at=AT + timedelta(hours=23, minutes=59))
    nudge(order_id=order.pk, actor=None, at=AT + timedelta(hours=24))
    with pytest.raises(WrongState):
        nudge(order_id=ship(order).pk, actor=None, at=AT + timedelta(hours=60))


def test_buying_again_takes_what_is_still_sold_and_names_the_rest():
    supplier = make_supplier()
    pomelo = make_listing(stock=5, supplier=supplier)
    tea = make_listing("英红", stock=5, supplier=supplier, name_en="Yinghong")
    order = paid((pomelo, 2), (tea, 1))
    Listing.objects.filter(pk=tea.pk).update(state=ListingState.WITHDRAWN)
    basket = open_basket(user=make_user())
    repeated = buy_again(order_id=order.pk, basket=basket, at=AT)
    assert repeated.added == ["梅县金柚 2 个装"]
    assert [name for name, _reason in repeated.refused] == ["英红"]
    assert list(basket.lines.values_list("quantity", flat=True)) == [2]


def test_a_favourite_is_toggled_and_keeps_the_price_of_then():
    user, pomelo = make_user(), make_listing(price_fen=3280)
    assert toggle_favourite(user=user, listing_id=pomelo.pk, at=AT) is True
    assert Favourite.objects.get(user=user).price_fen == 3280
    assert toggle_favourite(user=user, listing_id=pomelo.pk, at=AT) is False
    assert (Favourite.objects.count(), WishLine.objects.count()) == (0, 0)
    assert toggle_favourite(user=user, listing_id=10**9, at=AT) is None


def test_a_verified_phone_adopts_what_this_browser_bought_with_it():
    purchase = buy((make_listing(stock=5), 1), token="c" * 43)
    typed = buy((make_listing(stock=5), 1), key="typed only", token="d" * 43)
    here = (token_hash("c" * 43),)
    stranger = make_user(phone=PHONE, phone_verified=False)
    assert adopt_guest_purchases(user=stranger, at=AT, token_hashes=here) == 0
    stranger.phone_verified = True
    assert adopt_guest_purchases(user=stranger, at=AT) == 0
    assert adopt_guest_purchases(user=stranger, at=AT, token_hashes=here) == 1
    assert adopt_guest_purchases(user=stranger, at=AT, token_hashes=here) == 0
    assert Purchase.objects.get(pk=purchase.pk).user == stranger
    assert OrderFacts.objects.get(purchase=purchase).order.user == stranger
    typed.refresh_from_db()
    assert typed.user is None


def test_somebody_elses_purchase_is_not_adopted():
    owner = make_user()
    buy((make_listing(stock=5), 1), user=owner)
    other = make_user(phone=PHONE, phone_verified=True)
    assert adopt_guest_purchases(user=other, at=AT, token_hashes=(token_hash("c" * 43), "")) == 0
