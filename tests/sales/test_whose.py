"""What counts for whom: a stranger who types a phone uses up nothing of its owner's."""

import pytest

from catalog.models import Listing
from shop.accounts.operations.privacy import erase_person
from shop.sales.errors import OverLimit
from shop.sales.models import Purchase
from shop.sales.operations.adopting import adopt_purchase
from shop.sales.operations.closing import cancel_purchase
from shop.sales.whose import Whose
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import PHONE, buy

pytestmark = pytest.mark.django_db


@pytest.fixture
def scarce() -> Listing:
    """Goods of which each buyer may have one."""
    listing = make_listing(stock=50)
    Listing.objects.filter(pk=listing.pk).update(purchase_limit=1)
    return listing


def test_a_strangers_guest_purchase_uses_up_nothing_of_the_phones_owner(scarce: Listing) -> None:
    owner = make_user(phone=PHONE, phone_verified=True)
    buy((scarce, 1), key="stranger")
    assert buy((scarce, 1), key="owner", user=owner).user == owner
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="again", user=owner)


def test_a_strangers_account_with_the_phone_uses_up_nothing_of_its_owner(scarce: Listing) -> None:
    stranger, owner = make_user(), make_user(phone=PHONE, phone_verified=True)
    buy((scarce, 1), key="stranger", user=stranger)
    cancelled = buy((make_listing(stock=5), 1), key="open", user=stranger)
    cancel_purchase(purchase=cancelled, actor=None, at=AT)
    assert buy((scarce, 1), key="owner", user=owner).user == owner


def test_an_erased_strangers_purchase_uses_up_nothing_of_the_phones_owner() -> None:
    stranger, owner = make_user(), make_user(phone=PHONE, phone_verified=True)
    cancel_purchase(purchase=buy((make_listing(stock=5), 1), user=stranger), actor=None, at=AT)
    erase_person(user=stranger, at=AT)
    erased = Purchase.objects.get()
    assert list(Purchase.objects.filter(Whose.of(owner).purchases())) == []
    assert list(Purchase.objects.filter(Whose.of(None, PHONE).purchases())) == [erased]


def test_a_guest_counts_everything_that_is_known_of_its_phone(scarce: Listing) -> None:
    buy((scarce, 1), key="owner", user=make_user(phone=PHONE, phone_verified=True))
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="guest")


def test_a_guest_purchase_that_is_known_to_be_the_owners_counts(scarce: Listing) -> None:
    owner = make_user(phone=PHONE, phone_verified=True)
    guests = buy((scarce, 1), key="guest", token="c" * 43)
    adopt_purchase(actor=owner, number=guests.number, token_hashes=(guests.guest_token_hash,), at=AT)
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="owner", user=owner)


def test_who_proved_no_phone_is_counted_by_the_one_it_is_reached_by(scarce: Listing) -> None:
    buy((scarce, 1), key="guest")
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="account", user=make_user())
