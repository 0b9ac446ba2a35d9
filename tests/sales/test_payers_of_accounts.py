"""Who may pay for an account that has no name: finance is asked, as it is for a named one."""

import pytest

from shop.core.errors import InvalidInput
from shop.sales.operations.payments import start_payment
from shop.sales.operations.transfers import match_transfer
from shop.sales.queries.transfers import expected_payers, transfers
from tests.factories import AT, make_listing, make_user
from tests.sales.selling import buy

pytestmark = pytest.mark.django_db


def test_a_payer_of_an_account_without_a_name_is_asked_about_once() -> None:
    user = make_user(name="", phone="+8619955510309", phone_verified=True)
    first = start_payment(purchase=buy((make_listing(price_fen=30_00), 1), user=user), gateway_name="transfer", at=AT)[
        0
    ]
    assert transfers().object_list[0].account == "199****0309"
    facts = {"payment_id": first.pk, "received_fen": 30_00, "actor": None, "at": AT}
    with pytest.raises(InvalidInput) as refused:
        match_transfer(payer="沈三", **facts)
    assert (refused.value.code, refused.value.field) == ("payer_differs", "why")
    match_transfer(payer="沈三", why="回单与手机号一致", **facts)
    again = buy((make_listing(price_fen=30_00), 1), user=user, key="k2")
    second = start_payment(purchase=again, gateway_name="transfer", at=AT)[0]
    assert expected_payers(second) == ["沈三"]
    match_transfer(payment_id=second.pk, received_fen=30_00, payer="沈三", actor=None, at=AT)


def test_a_guest_s_transfer_is_taken_from_anybody_who_names_the_code() -> None:
    payment = start_payment(purchase=buy((make_listing(price_fen=30_00), 1)), gateway_name="transfer", at=AT)[0]
    assert transfers().object_list[0].account == ""
    match_transfer(payment_id=payment.pk, received_fen=30_00, payer="沈三", actor=None, at=AT)
