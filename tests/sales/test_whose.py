"""What counts for whom: a stranger who types a phone uses up nothing of its owner's."""

import pytest

from catalog.models import Listing
from shop.accounts.models import User
from shop.accounts.operations.privacy import erase_person
from shop.sales.errors import OverLimit, PhoneUnproved
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


@pytest.mark.parametrize("who", ["guest", "account without a phone", "account that typed it"])
def test_what_is_limited_is_for_who_proved_a_phone_and_nobody_else_reads_its_history(scarce: Listing, who: str) -> None:
    user = {"guest": None, "account without a phone": make_user(), "account that typed it": make_user(phone=PHONE)}[who]
    said = []
    for key in ("before", "after"):
        with pytest.raises(PhoneUnproved) as refused:
            buy((scarce, 1), key=f"stranger {key}", user=user)
        said.append(str(refused.value.message))
        if key == "before":
            User.objects.filter(phone=PHONE).update(phone="+8613900000003")
            buy((scarce, 1), key="owner", user=make_user(phone=PHONE, phone_verified=True))
    assert said[0] == said[1]


def test_a_stranger_uses_up_nothing_of_the_phones_owner_who_has_it_once(scarce: Listing) -> None:
    stranger = make_user(phone="+8613900000001", phone_verified=True)
    # The owner's phone is typed as the recipient's.
    assert buy((scarce, 1), key="present", user=stranger).contact_phone == PHONE
    owner = make_user(phone=PHONE, phone_verified=True)
    assert buy((scarce, 1), key="owner", user=owner).user == owner
    for user in (owner, stranger):
        with pytest.raises(OverLimit):
            buy((scarce, 1), key=f"again {user.pk}", user=user)


def test_the_same_phone_has_it_once_whatever_account_it_is_of(scarce: Listing) -> None:
    first = make_user(phone=PHONE, phone_verified=True)
    buy((scarce, 1), key="first", user=first)
    User.objects.filter(pk=first.pk).update(phone="+8613900000002")
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="second", user=make_user(phone=PHONE, phone_verified=True))


def test_an_erased_strangers_purchase_uses_up_nothing_of_the_phones_owner() -> None:
    stranger, owner = make_user(), make_user(phone=PHONE, phone_verified=True)
    cancel_purchase(purchase=buy((make_listing(stock=5), 1), user=stranger), actor=None, at=AT)
    erase_person(user=stranger, at=AT)
    erased = Purchase.objects.get()
    assert list(Purchase.objects.filter(Whose.of(owner).purchases())) == []
    assert list(Purchase.objects.filter(Whose.of(None, PHONE).purchases())) == [erased]


def test_what_was_bought_as_a_guest_counts_once_it_is_kept(scarce: Listing) -> None:
    owner = make_user(phone=PHONE, phone_verified=True)
    Listing.objects.filter(pk=scarce.pk).update(purchase_limit=None)
    guests = buy((scarce, 1), key="guest", token="c" * 43)
    Listing.objects.filter(pk=scarce.pk).update(purchase_limit=1)
    adopt_purchase(actor=owner, number=guests.number, token_hashes=(guests.guest_token_hash,), at=AT)
    with pytest.raises(OverLimit):
        buy((scarce, 1), key="owner", user=owner)
