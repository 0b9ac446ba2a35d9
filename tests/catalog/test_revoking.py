"""A certificate is revoked by a reviewer, with a reason: nothing shows it or is sold under it any more; that can be taken back."""

import pytest
from django.test import Client
from django.utils import timezone

from catalog.cardpress import shown
from catalog.errors import OrdersUnder, OwnGoods, UnknownCertificate, WrongStep
from catalog.models import Certificate, CertifiedYear, ListingCard
from catalog.operations.cards import rebuild_cards
from catalog.operations.output import CertificateExpired
from catalog.operations.revoking import restore_certificate, revoke_certificate
from catalog.queries.certificate_review import certificates_to_review, lapsed_of
from livestream.queries.rooms import tray_rows
from shop.accounts.models import Membership, Message
from shop.core import outbox
from shop.core.errors import InvalidInput, NotAllowed
from shop.core.models import AuditEntry
from shop.core.projections import run_all
from shop.core.times import full_moment
from shop.sales.models import OrderFacts
from shop.sales.operations.placing import Buyer, PlaceLine, ShipTo, place
from tests.api.conftest import program_of
from tests.catalog.listing import make_county_reviewer, make_reviewer
from tests.factories import AT, make_certificate, make_listing, make_supplier, make_user, spec_of
from tests.livestream.rooms import make_room, make_session, put
from tests.sales.selling import buy, lines_of, paid, ship

pytestmark = pytest.mark.django_db
REASON = "抽检不合格，发证机构已撤证"


@pytest.fixture
def member():
    return make_user()


@pytest.fixture
def listing(member):
    return make_listing(supplier=make_supplier(member=member), stock=50, price_fen=1000)


@pytest.fixture
def certificate(listing):
    found = make_certificate(listing, yearly_output_grams=10**9)
    rebuild_cards(at=AT)
    return found


def page_of(user, path: str) -> str:
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


def revoke(certificate: Certificate, **how: object) -> Certificate:
    facts = {"reason": REASON, "actor": make_reviewer(), "at": AT, "confirm": True, **how}
    return revoke_certificate(certificate_id=certificate.pk, **facts)


def test_revoking_takes_badge_and_buttons_off_everywhere_and_nothing_is_sold_under_it(certificate, listing):
    spec = spec_of(listing)
    before = shown([ListingCard.objects.get().html_zh], AT.date())[0]
    assert ("绿色食品" in before, "card-add" in before) == (True, True)
    revoke(certificate)
    outbox.drain(at=timezone.now())
    card = ListingCard.objects.get()
    after = shown([card.html_zh], AT.date())[0]
    assert ("绿色食品" in after, "card-add" in after, card.certified, card.in_stock) == (False, False, False, False)
    page = Client().get(f"/shop/p/{listing.slug}/").content.decode()
    assert "它所依据的认证已被撤销" in page
    assert ('data-testid="buy-now"' in page, 'data-testid="certificate-row"' in page) == (False, False)
    answer = Client().post(
        "/shop/basket/add/",
        {"specification": spec.specification_id, "quantity": 1},
        headers={"x-requested-with": "fetch"},
    )
    assert "它的认证已被撤销" in answer.content.decode()
    with pytest.raises(CertificateExpired):
        buy((listing, 1))
    public = Client().get(f"/shop/certificates/{certificate.number}/").content.decode()
    assert (REASON in public, full_moment(AT) in public, "已撤销" in public) == (True, True, True)
    assert OrderFacts.objects.count() == 0


def test_an_order_begun_before_the_revocation_is_refused_when_it_draws(certificate, listing):
    spec = spec_of(listing)
    revoke(certificate)
    assert not spec.certificate_revoked
    with pytest.raises(CertificateExpired):
        place(
            actor=None, at=AT, lines=[PlaceLine(spec, 1, spec.price_fen)], buyer=Buyer(phone="+8613800002046"),
            ship_to=ShipTo("周敏", "+8613800002046", "440106", "龙口西路 8 号"), key="k",
        )  # fmt: skip
    assert CertifiedYear.objects.order_by("year")[0].account.balance == 10**9


def test_paid_orders_that_wait_are_named_and_confirmed_and_stay(certificate, listing):
    order = paid((listing, 4))
    ship(order, {lines_of(order)[0].pk: 1})
    with pytest.raises(OrdersUnder) as refused:
        revoke(certificate, confirm=False)
    assert refused.value.details == {
        "orders": 1, "pieces": 3, "numbers": [order.order.number], "unpaid": 0, "products": 1,
    }  # fmt: skip
    assert order.order.number in str(refused.value.message)
    assert not Certificate.objects.get().is_revoked
    revoke(certificate, confirm=True)
    order.refresh_from_db()
    assert (Certificate.objects.get().is_revoked, order.state) == (True, "to_ship")
    ship(order, {lines_of(order)[0].pk: 3}, number="SF1234567890124", asked=True)
    assert [found for _name, found in run_all() if found] == []


def test_one_without_yearly_output_loses_its_badge_and_its_products_are_sold(listing):
    certificate = make_certificate(listing)
    order = paid((listing, 2))
    with pytest.raises(OrdersUnder) as refused:
        revoke(certificate, confirm=False)
    assert refused.value.details["numbers"] == [order.order.number]
    revoke(certificate, confirm=True)
    assert spec_of(listing).available == 48
    assert 'data-testid="certificate-row"' not in Client().get(f"/shop/p/{listing.slug}/").content.decode()


def test_a_revocation_is_signed_told_and_taken_back(certificate, listing, member):
    reviewer = make_reviewer()
    found = revoke(certificate, actor=reviewer)
    assert (found.is_revoked, found.revoked_at, found.revoked_reason) == (True, AT, REASON)
    with pytest.raises(WrongStep):
        revoke(certificate)
    restore_certificate(certificate_id=certificate.pk, reason="编号看错了", actor=reviewer, at=AT)
    found.refresh_from_db()
    assert (found.is_revoked, found.revoked_at, found.revoked_reason) == (False, None, "")
    with pytest.raises(WrongStep):
        restore_certificate(certificate_id=certificate.pk, reason="编号看错了", actor=reviewer, at=AT)
    trail = AuditEntry.objects.filter(object_kind="certificate", action__startswith="certificate_re").order_by("pk")
    assert [(row.action, row.actor_id, row.data.get("reason")) for row in trail if "reason" in row.data] == [
        ("certificate_revoked", reviewer.pk, REASON), ("certificate_restored", reviewer.pk, "编号看错了"),
    ]  # fmt: skip
    outbox.drain(at=timezone.now())
    told = Message.objects.filter(kind__startswith="certificate_").order_by("pk")
    assert [(row.kind, row.user_id, row.params["reason"], row.url) for row in told] == [
        ("certificate_revoked", member.pk, REASON, "/seller/goods/"),
        ("certificate_restored", member.pk, "编号看错了", "/seller/goods/"),
    ]  # fmt: skip
    assert f"绿色食品 {certificate.number} 已被撤销" in page_of(member, "/account/messages/")
    card = ListingCard.objects.get()
    assert (card.certified, card.in_stock, spec_of(listing).available) == (True, True, 50)
    buy((listing, 1))


def test_the_suppliers_console_says_what_was_revoked_and_the_next_step(certificate, listing, member):
    assert lapsed_of(listing.supplier_id, timezone.localdate()) == []
    revoke(certificate)
    goods = page_of(member, "/seller/goods/")
    assert 'data-testid="lapsed-certificate" data-revoked="1"' in goods
    assert (REASON in goods, "换一张认证，或改为不带认证，再提交审核" in goods) == (True, True)
    assert f"绿色食品 {certificate.number} 已被撤销" in page_of(member, "/seller/")


@pytest.mark.parametrize("reason", ["", "  ", "长" * 201])
def test_a_reason_is_needed_and_bounded(certificate, reason):
    with pytest.raises(InvalidInput) as refused:
        revoke(certificate, reason=reason)
    assert refused.value.field == "reason"


def test_only_reviewers_of_its_county_and_no_member_of_its_holder_decide(certificate, member):
    with pytest.raises(NotAllowed):
        revoke(certificate, actor=member)
    for stranger in (make_county_reviewer("510100"), make_county_reviewer("")):
        with pytest.raises(UnknownCertificate):
            revoke(certificate, actor=stranger)
    own = make_reviewer()
    Membership.objects.create(user=own, organisation=certificate.holder.organisation, role=Membership.Role.MEMBER)
    with pytest.raises(OwnGoods):
        revoke(certificate, actor=own)
    assert revoke(certificate, actor=make_county_reviewer(certificate.holder.county_id)).is_revoked


class TestPages:
    def test_the_form_asks_once_more_names_orders_and_revokes(self, certificate, listing):
        order = paid((listing, 2))
        client = Client()
        client.force_login(make_reviewer())
        path = f"/review/certificates/{certificate.number}/"
        assert certificate.number in client.get("/review/certificates/").content.decode()
        assert order.order.number in client.get(path).content.decode()
        empty = client.post(f"{path}revoke/", {"reason": " "})
        assert (empty.status_code, "请写明原因" in empty.content.decode()) == (422, True)
        asks = client.post(f"{path}revoke/", {"reason": REASON})
        html = asks.content.decode()
        assert (asks.status_code, 'data-testid="asks"' in html, REASON in html) == (200, True, True)
        assert not Certificate.objects.get().is_revoked
        other = client.post(f"{path}revoke/", {"reason": REASON, "confirmed": "1", "orders": "0"})
        assert (other.status_code, 'data-testid="asks"' in other.content.decode()) == (409, True)
        done = client.post(f"{path}revoke/", {"reason": REASON, "confirmed": "1", "orders": "1"}, follow=True)
        assert "已撤销，并已通知供应商" in done.content.decode()
        assert certificate.number in client.get("/review/certificates/?revoked=1").content.decode()
        again = client.post(f"{path}revoke/", {"reason": REASON, "confirmed": "1", "orders": "0"})
        assert (again.status_code, "已经撤销过了" in again.content.decode()) == (409, True)
        client.post(f"{path}restore/", {"reason": "编号看错了", "confirmed": "1"})
        assert not Certificate.objects.get().is_revoked
        assert "编号看错了" in client.get(path).content.decode()

    def test_strangers_find_no_door(self, certificate, member):
        path = f"/review/certificates/{certificate.number}/"
        for user, status in ((member, 403), (make_county_reviewer("510100"), 404)):
            client = Client()
            client.force_login(user)
            assert client.get(path).status_code == status
            for step in ("revoke/", "restore/"):
                assert client.post(path + step, {"reason": REASON, "confirmed": "1"}).status_code == status
        assert Client().post(f"{path}revoke/", {"reason": REASON, "confirmed": "1"}).status_code == 302
        assert not Certificate.objects.get().is_revoked


def test_what_is_on_sale_or_not_paid_yet_is_said_before_a_certificate_goes(certificate, listing):
    with pytest.raises(OrdersUnder) as refused:
        revoke(certificate, confirm=False)
    assert refused.value.details == {"orders": 0, "pieces": 0, "numbers": [], "unpaid": 0, "products": 1}
    assert str(refused.value.message) == "此后有 1 个商品不能购买。请确认后继续。"
    buy((listing, 2))
    with pytest.raises(OrdersUnder) as refused:
        revoke(certificate, confirm=False)
    assert (refused.value.details["orders"], refused.value.details["unpaid"]) == (0, 1)
    client = Client()
    client.force_login(make_reviewer())
    path = f"/review/certificates/{certificate.number}/"
    old = client.post(f"{path}revoke/", {"reason": REASON, "confirmed": "1", "orders": "0", "unpaid": "0"})
    assert (old.status_code, 'name="unpaid" value="1"' in old.content.decode()) == (409, True)
    assert not Certificate.objects.get().is_revoked


class TestInterface:
    def test_a_reviewer_revokes_and_takes_back_by_it(self, certificate, listing, monkeypatch):
        order = paid((listing, 2))
        api = program_of(make_reviewer(), "review:read", "review:write", language="zh-hans")
        assert [row["number"] for row in api.get("/review/certificates?query=LB").data["items"]] == [certificate.number]
        path = f"/review/certificates/{certificate.number}"
        found = api.get(path).data
        assert (found["orders_waiting"]["numbers"], found["products"][0]["is_barred"]) == ([order.order.number], True)
        refused = api.post(f"{path}/revocation", {"reason": REASON}, key="a")
        assert (refused.status_code, refused.data["code"]) == (409, "orders_under_certificate")
        done = api.post(f"{path}/revocation", {"reason": REASON, "confirm": True}, key="b").data
        assert (done["is_revoked"], done["revoked_reason"], done["is_valid"]) == (True, REASON, False)
        public = api.get(f"/certificates/{certificate.number}").data
        assert (public["is_revoked"], public["revoked_reason"]) == (True, REASON)
        again = api.post(f"{path}/revocation", {"reason": REASON, "confirm": True}, key="c")
        assert (again.status_code, again.data["code"]) == (409, "wrong_step")
        back = api.post(f"{path}/restoration", {"reason": "编号看错了"}, key="d").data
        assert (back["is_revoked"], [row["is_revoked"] for row in back["decisions"]]) == (False, [False, True])

    def test_others_find_nothing(self, certificate, member):
        path = f"/review/certificates/{certificate.number}"
        county = program_of(make_county_reviewer("510100"))
        assert county.get(path).status_code == 404
        assert county.post(f"{path}/revocation", {"reason": REASON, "confirm": True}, key="a").status_code == 404
        assert program_of(member).post(f"{path}/revocation", {"reason": REASON}, key="a").status_code == 403
        assert not Certificate.objects.get().is_revoked


def test_what_cannot_be_sold_is_said_so_on_every_door_and_not_counted_as_on_sale(certificate, listing, member):
    reviewer = make_reviewer()
    session, host = make_session(make_room(listing.supplier), host=member)
    put(session, listing, host)
    words = "Can&#x27;t be sold: its certificate does not hold"
    assert words not in page_of(member, "/en/seller/goods/")
    assert certificates_to_review(None)[0].live_count == 1
    assert not tray_rows(session)[0].is_barred
    revoke(certificate, actor=reviewer)
    goods = page_of(member, "/en/seller/goods/")
    assert (words in goods or words.replace("&#x27;", "'") in goods, 'data-state="barred"' in goods) == (True, True)
    row = program_of(member, "seller:read").get("/seller/goods").data["items"][0]
    assert row["state"] == "barred"
    assert certificates_to_review(None)[0].live_count == 0
    shown_row = tray_rows(session)[0]
    assert (shown_row.is_barred, shown_row.can_buy) == (True, False)
