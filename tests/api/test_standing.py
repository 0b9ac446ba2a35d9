"""What a person lost, its programs lost at once: closed accounts, withdrawn roles, answers given before."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from shop.accounts.models import Membership, User
from shop.accounts.operations.tokens import issue_token, revoke_all
from tests.factories import AT, make_division, make_listing, make_supplier, make_user
from tests.sales.selling import paid, ship

from .conftest import program_of
from .test_shape import ADDRESS

pytestmark = pytest.mark.django_db

ENDS: dict[str, Callable[[User], object]] = {
    "closed": lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
    "revoked": lambda user: revoke_all(user=user, at=timezone.now()),
    "expired": lambda user: user.access_tokens.update(expires_at=timezone.now()),
}


@pytest.mark.parametrize("name", ENDS)
def test_a_token_is_refused_at_once(name: str) -> None:
    user = make_user()
    program = program_of(user)
    assert program.get("/me").status_code == 200
    ENDS[name](user)
    answers = [program.get("/me"), program.post("/addresses", {}, key="one"), program.get("/seller/orders")]
    assert [(each.status_code, each.data["code"]) for each in answers] == [(401, "token_invalid")] * 3


def test_a_member_no_more_reads_nothing_and_is_not_told_an_earlier_answer_again() -> None:
    member = make_user()
    supplier = make_supplier(member=member)
    listing = make_listing(supplier=supplier, stock=9)
    order = paid((listing, 1))
    program = program_of(member)
    path, parcel = f"/seller/orders/{order.order.number}/parcels", {"carrier": "sf", "tracking_no": "SF1234567890123"}
    sent = program.post(path, parcel, key="s1")
    assert (sent.status_code, sent.data["ship_to"]["street"]) == (201, "龙口西路 8 号 1202")
    assert program.post(path, parcel, key="s1").data == sent.data
    Membership.objects.filter(user=member).delete()
    again = program.post(path, parcel, key="s1")
    assert (again.status_code, again.data["code"]) == (403, "standing_changed")
    assert program.get(f"/seller/orders/{order.order.number}").status_code == 403


def test_who_got_a_role_since_is_told_again() -> None:
    make_division()
    user = make_user()
    program = program_of(user)
    first = program.post("/addresses", ADDRESS, key="k")
    make_supplier(member=user)
    again = program.post("/addresses", ADDRESS, key="k")
    assert (again.status_code, again.data, again.headers["Idempotent-Replayed"]) == (201, first.data, "true")


def test_a_token_gives_no_more_than_the_person_has_now() -> None:
    member = make_user()
    supplier = make_supplier(member=member)
    _token, secret = issue_token(actor=User.objects.get(pk=member.pk), at=AT, label="t", scopes=None, days=365)
    assert secret
    program = program_of(member)
    assert program.get("/seller/today").status_code == 200
    supplier.organisation.__class__.objects.update(is_active=False)
    assert program.get("/seller/today").status_code == 403


def test_the_supplier_sees_the_whole_phone_while_it_packs_only() -> None:
    member = make_user()
    order = paid((make_listing(supplier=make_supplier(member=member), stock=9), 1))
    program = program_of(member)
    path = f"/seller/orders/{order.order.number}"
    assert program.get(path).data["ship_to"]["phone"] == "13800002046"
    ship(order)
    shown = program.get(path)
    assert shown.data["ship_to"]["phone"] == "138****2046"
    assert "13800002046" not in shown.content.decode()
