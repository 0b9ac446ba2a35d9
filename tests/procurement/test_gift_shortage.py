"""A beneficiary says what of a gift is missing or damaged: the donor gets that money back, the supplier reads why."""

import base64
from datetime import timedelta

import pytest

from procurement.models import PledgeReceipt, ReceiptLink
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from procurement.queries.given import gift_state
from shop.accounts.models import Message
from shop.core import outbox
from shop.core.errors import InvalidInput
from shop.sales.errors import TooMuch, WrongState
from shop.sales.operations.receipts import receive_overdue
from tests.api.conftest import Program, program_of
from tests.factories import AT, make_supplier, make_user
from tests.sales.selling import lines_of, pay, photo, ship

from .giving import as_, books_agree, gift, listing, need, order_of, stages

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]
__all__ = ["listing", "need"]


@pytest.fixture
def sent(need, listing):
    """Return a gift of four pieces at ¥30 that is on its way, and its order."""
    pledge = gift(need, listing)
    pay(pledge.purchase)
    return pledge, ship(order_of(pledge))


def confirm(order, accepted, fault=None):
    (line,) = lines_of(order)
    fault = ("" if accepted == 4 else "两箱压坏了") if fault is None else fault
    arrived = Arrived("谢谢", {line.pk: accepted}, fault)
    return confirm_by_link(token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=arrived, at=AT)


@pytest.mark.parametrize(
    ("accepted", "state", "confirmed", "back"),
    [(4, "confirmed", 12_000, 0), (3, "confirmed", 9_000, 3_000), (0, "given_back", 0, 12_000)],
)
def test_what_did_not_arrive_well_goes_back_and_is_no_part_of_the_gift(need, sent, accepted, state, confirmed, back):
    pledge, order = sent
    receipt = confirm(order, accepted)
    order.refresh_from_db()
    assert (order.state, order.refunded_fen, order.left_fen) == ("completed", back, confirmed)
    assert stages(need) == [0, 0, 0, confirmed, back]
    assert (gift_state(pledge), receipt.fault) == (state, "两箱压坏了" if back else "")
    assert books_agree()


def test_supplier_and_donor_read_what_was_wrong(need, sent, listing):
    pledge, order = sent
    member = make_user()
    make_supplier(member=member)
    listing.supplier.organisation.memberships.create(user=member, role="owner")
    confirm(order, 3)
    outbox.drain(at=AT)
    told = {each.user_id: each for each in Message.objects.filter(kind="gift_short")}
    assert set(told) == {member.pk, pledge.donor_id}
    assert (told[member.pk].url, told[pledge.donor_id].url) == (
        f"/seller/orders/{order.order.number}/", f"/account/orders/{order.order.number}/",
    )  # fmt: skip
    assert told[member.pk].params["reason"] == "两箱压坏了"
    assert as_(member).get("/account/messages/").content.decode().count("两箱压坏了") == 1


@pytest.mark.parametrize(
    ("accepted", "fault", "refused", "field"),
    [
        (3, "", InvalidInput, "fault"),
        (4, "压坏了", InvalidInput, "accepted"),
        (5, "多了", TooMuch, "accepted-"),
        (-1, "少了", InvalidInput, "accepted-"),
    ],
)
def test_what_can_not_be_is_refused_and_the_link_still_works(need, sent, accepted, fault, refused, field):
    _pledge, order = sent
    with pytest.raises(refused) as error:
        confirm(order, accepted, fault)
    assert error.value.field.startswith(field)
    assert (PledgeReceipt.objects.count(), ReceiptLink.objects.filter(used_at=None).count()) == (0, 1)
    assert stages(need) == [0, 0, 12_000, 0, 0]


def test_what_counts_as_received_is_confirmed_whole_or_left_to_the_donor(need, sent):
    _pledge, order = sent
    assert receive_overdue(at=AT + timedelta(days=60)) == 1
    order.refresh_from_db()
    with pytest.raises(WrongState):
        confirm(order, 3)
    token = make_link(order_id=order.pk, at=AT)
    page = Holder(token).page()
    assert 'data-testid="report-short"' not in page.content.decode()
    confirm_by_link(token=token, photo=photo(), arrived=Arrived(), at=AT)
    assert stages(need) == [0, 0, 0, 12_000, 0]


class Holder:
    """Who opens a link without an account."""

    def __init__(self, token):
        self.client = as_(make_user())
        self.client.logout()
        self.url = self.client.get(f"/pledges/receipt/{token}/").url

    def page(self):
        return self.client.get(self.url)

    def post(self, **sent):
        return self.client.post(self.url, {"photo": photo()} | sent)


def test_the_page_keeps_what_was_typed_and_says_what_is_wrong_beside_its_field(need, sent):
    _pledge, order = sent
    (line,) = lines_of(order)
    holder = Holder(make_link(order_id=order.pk, at=AT))
    page = holder.page().content.decode()
    assert 'class="fold" data-testid="report-short"' in page
    refused = holder.post(**{f"accepted-{line.pk}": "3", "message": "谢谢你们"})
    text = refused.content.decode()
    assert (refused.status_code, "请写明少了什么或坏了什么" in text, "谢谢你们" in text) == (422, True, True)
    assert f'name="accepted-{line.pk}" value="3"' in text
    too_many = holder.post(**{f"accepted-{line.pk}": "5", "fault": "多了"})
    assert (too_many.status_code, "只发出了 4 件" in too_many.content.decode()) == (422, True)
    empty = holder.post(**{f"accepted-{line.pk}": "", "fault": "压坏了"})
    assert (empty.status_code, "请写明收好了几件" in empty.content.decode()) == (422, True)
    unread = holder.post(**{f"accepted-{line.pk}": "三箱半", "fault": "少"})
    assert (unread.status_code, PledgeReceipt.objects.count()) == (422, 0)
    assert 'class="fold" open data-testid="report-short"' in unread.content.decode()
    assert holder.post(**{f"accepted-{line.pk}": "３", "fault": "少一件"}).status_code == 200
    assert stages(need) == [0, 0, 0, 9_000, 3_000]


def test_a_program_reports_by_the_link_as_the_page_does(need, sent):
    _pledge, order = sent
    token = make_link(order_id=order.pk, at=AT)
    anyone = Program()
    (line,) = anyone.get(f"/receipts/{token}").data["lines"]
    body = {
        "photo": base64.b64encode(photo().read()).decode(),
        "accepted": [{"line_id": line["line_id"], "quantity": 3}],
    }
    refused = anyone.post(f"/receipts/{token}", body)
    assert (refused.status_code, refused.data["errors"][0]["field"]) == (422, "fault")
    assert anyone.post(f"/receipts/{token}", body | {"fault": "crushed"}).status_code < 300
    assert stages(need) == [0, 0, 0, 9_000, 3_000]


def test_a_receipt_that_names_a_line_twice_is_refused_and_its_link_still_works(need, listing):
    pledge = gift(need, listing)
    pay(pledge.purchase)
    order = ship(order_of(pledge))
    (line,) = lines_of(order)
    token = make_link(order_id=order.pk, at=AT)
    twice = [{"line_id": line.pk, "quantity": 2}, {"line_id": line.pk, "quantity": 4}]
    body = {"photo": base64.b64encode(photo().read()).decode(), "fault": "压坏两件", "accepted": twice}
    refused = Program().post(f"/receipts/{token}", body)
    assert (refused.status_code, refused.data["errors"][0]["code"]) == (422, "named_twice")
    assert refused.data["errors"][0]["field"] == "accepted"
    assert not PledgeReceipt.objects.exists()
    assert Program().post(f"/receipts/{token}", body | {"accepted": twice[:1]}).status_code == 204
    order.refresh_from_db()
    assert (PledgeReceipt.objects.get().words, order.refunded_fen > 0) == ("", True)


def test_the_donor_reads_on_the_page_of_gifts_what_was_wrong(sent):
    pledge, order = sent
    confirm(order, 3)
    page = as_(pledge.donor).get("/pledges/mine/").content.decode()
    assert 'data-testid="gift-fault"' in page
    assert "两箱压坏了" in page


@pytest.mark.parametrize(("accepted", "back", "title"), [(3, "30.00", "没有全部完好送到"), (0, "120.00", "全部拒收")])
def test_donor_and_supplier_read_on_the_order_what_was_wrong_and_what_to_do(sent, listing, accepted, back, title):
    pledge, order = sent
    confirm(order, accepted)
    member = make_user()
    listing.supplier.organisation.memberships.create(user=member, role="owner")
    number = order.order.number
    donors = as_(pledge.donor).get(f"/account/orders/{number}/").content.decode()
    assert ("两箱压坏了" in donors, title in donors) == (True, True)
    assert f"¥{back} 按原支付方式退回，您无需操作" in donors
    assert f'data-testid="accepted-pieces">{accepted} / 4<' in donors
    suppliers = as_(member).get(f"/seller/orders/{number}/").content.decode()
    assert ("两箱压坏了" in suppliers, f"¥{back} 退还买家" in suppliers) == (True, True)
    assert ("请不要补发" if accepted else "货物怎么处理，请与买方商定") in suppliers


def test_programs_of_donor_and_supplier_read_what_was_wrong(sent, listing):
    pledge, order = sent
    confirm(order, 3)
    member = make_user()
    listing.supplier.organisation.memberships.create(user=member, role="owner")
    number, (line,) = order.order.number, lines_of(order)
    for user, path in ((pledge.donor, f"/orders/{number}"), (member, f"/seller/orders/{number}")):
        (found,) = program_of(user).get(path).data["accepted"]
        assert (found["note"], found["not_charged"]) == ("两箱压坏了", "30.00")
        assert found["lines"] == [{"line_id": line.pk, "sent": 4, "accepted": 3}]
        assert found["next_step"]


def test_a_gift_that_arrived_whole_says_who_received_it_and_asks_for_nothing(sent):
    pledge, order = sent
    confirm(order, 4)
    page = as_(pledge.donor).get(f"/account/orders/{order.order.number}/").content.decode()
    assert ('data-short="0"' in page, "accepted-next" in page, "refusal-reason" in page) == (True, False, False)
