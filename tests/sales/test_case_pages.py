"""The platform's desk, the buyer's and the supplier's pages of a case; photos for those concerned only."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.core import signing
from django.test import Client

from shop.accounts.operations.groups import give_role
from shop.accounts.roles import PLATFORM_REVIEWER
from shop.core import private_files
from shop.sales.models import AfterSale, AfterSalePicture
from shop.sales.operations.aftersales import decide_after_sale, open_after_sale
from shop.sales.operations.arbitration import ask_platform
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


class World:
    def __init__(self):
        self.buyer, self.member, self.reviewer = make_user(), make_user(), make_user(name="何审")
        give_role(user=self.reviewer, role=PLATFORM_REVIEWER, actor=None, at=AT)
        goods = make_listing(stock=50, price_fen=3280, supplier=make_supplier(member=self.member), is_fresh=False)
        self.order = receive(ship(paid((goods, 2), user=self.buyer)))
        self.number = self.order.order.number
        self.case = open_after_sale(
            line_id=lines_of(self.order)[0].pk, kind="damaged", quantity=1, amount_fen=3280, reason="压坏了",
            uploads=[photo()], actor=self.buyer, at=AT,
        )  # fmt: skip

    def refuse(self):
        decide_after_sale(
            case_id=self.case.pk, approve=False, answer="运前完好", uploads=[photo()], actor=self.member, at=AT
        )

    def client(self, who):
        client = Client()
        if who is not None:
            client.force_login(who)
        return client


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(hours=1))
    return World()


def test_buyer_asks_and_the_reviewer_decides_on_the_pages(world):
    world.refuse()
    mine = world.client(world.buyer)
    page = mine.get(f"/account/orders/{world.number}/").content.decode()
    assert 'data-testid="ask-platform"' in page
    url = f"/account/orders/{world.number}/case/{world.case.pk}"
    refused = mine.post(f"{url}/ask-platform/", {"words": ""})
    assert (refused.status_code, "请简单说说为什么不同意。" in refused.content.decode()) == (422, True)
    assert mine.post(f"{url}/ask-platform/", {"words": "照片看得见"}).status_code == 302
    desk = world.client(world.reviewer)
    queue = desk.get("/review/after-sales/").content.decode()
    assert queue.count('data-testid="platform-case"') == 1
    page = desk.get(f"/review/after-sales/{world.case.pk}/").content.decode()
    for words in ("压坏了", "照片看得见", "运前完好", "坏果包赔，凭照片退款"):
        assert words in page
    assert len(set(re.findall(r'"(/files/[^"]+)"', page))) == 2
    post = {"verdict": "refund", "amount": "40", "reason": "属实"}
    assert desk.post(f"/review/after-sales/{world.case.pk}/", post).status_code == 422
    assert desk.post(f"/review/after-sales/{world.case.pk}/", post | {"amount": "30"}).status_code == 302
    assert desk.post(f"/review/after-sales/{world.case.pk}/", post | {"amount": "30"}).status_code in (409, 422)
    assert "何审" in desk.get(f"/review/after-sales/{world.case.pk}/").content.decode()
    for who, page in (
        (world.buyer, f"/account/orders/{world.number}/"),
        (world.member, f"/seller/after-sales/{world.case.pk}/"),
    ):
        text = world.client(who).get(page).content.decode()
        assert ("属实" in text, "平台裁定" in text, "30.00" in text) == (True, True, True)


def test_only_platform_reviewers_have_the_desk(world):
    for who, status in ((None, 302), (world.buyer, 403), (world.member, 403), (world.reviewer, 200)):
        assert world.client(who).get("/review/after-sales/").status_code == status
    assert world.client(world.reviewer).get(f"/review/after-sales/{world.case.pk}/").status_code == 404


def test_the_waiting_ones_come_first_at_the_desk(world):
    world.refuse()
    ask_platform(case_id=world.case.pk, words="请看", actor=world.buyer, at=AT)
    second = AfterSale.objects.get(pk=world.case.pk)
    goods = make_listing(stock=5, price_fen=3280)
    order = receive(ship(paid((goods, 1), key="k2"), number="SF9999999999999"))
    second = open_after_sale(
        line_id=lines_of(order)[0].pk, kind="refund_only", quantity=1, amount_fen=100, reason="小", actor=None, at=AT
    )
    AfterSale.objects.filter(pk=second.pk).update(state="arbitration", asked_at=AT - timedelta(days=1))
    page = world.client(world.reviewer).get("/review/after-sales/")
    assert [row["case"].pk for row in page.context["rows"]] == [second.pk, world.case.pk]


def addresses(world):
    text = world.client(world.buyer).get(f"/account/orders/{world.number}/").content.decode()
    return sorted(set(re.findall(r'"(/files/[^"]+)"', text)))


def test_photos_of_a_case_are_for_those_concerned_only(world):
    url = addresses(world)[0]
    shown = world.client(world.buyer).get(url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/webp")
    assert {"private", "no-store"} <= set(shown["Cache-Control"].split(", "))
    assert b"WEBP" in b"".join(shown.streaming_content)
    assert world.client(world.member).get(url).status_code == 200
    # The platform sees them once it is asked.
    assert world.client(world.reviewer).get(url).status_code == 404
    for stranger in (None, make_user()):
        assert world.client(stranger).get(url).status_code == 404
    AfterSale.objects.update(asked_at=AT)
    assert world.client(world.reviewer).get(url).status_code == 200


def test_a_photos_address_expires_and_is_never_forged(world, monkeypatch):
    url = addresses(world)[0]
    mine = world.client(world.buyer)
    assert mine.get(url[:-3] + "abc").status_code == 404
    other = signing.dumps(["case", AfterSalePicture.objects.get().pk, 240], salt="another")
    assert mine.get(f"/files/{other}").status_code == 404
    monkeypatch.setattr(private_files, "SECONDS", -1)
    assert mine.get(url).status_code == 404


def test_photos_of_a_case_have_no_public_address(world):
    key = AfterSalePicture.objects.get().picture.key
    assert (settings.PRIVATE_ROOT / f"{key}-240.webp").is_file()
    assert not (settings.MEDIA_ROOT / f"{key}-240.webp").exists()
    for root in ("media", "private", "files"):
        assert Client().get(f"/{root}/{key}-240.webp").status_code == 404
