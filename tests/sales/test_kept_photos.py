"""Photos of a form that was refused stay with it, for that form only, and for a day."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.operations import kept_photos
from catalog.operations.kept_photos import forget_kept_photos, keep_photos
from procurement.models import AcceptancePhoto
from shop.core.private_files import private_storage
from shop.sales.models import AfterSale, AfterSalePicture
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.procurement.conftest import office, that_day  # noqa: F401  reason: fixtures
from tests.procurement.offices import as_, ordered
from tests.sales.selling import lines_of, paid, photo, receive, ship

pytestmark = pytest.mark.django_db


def kept(page):
    return re.findall(r'name="kept" value="([^"]+)" checked', page.content.decode())


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)
    buyer, member = make_user(), make_user()
    goods = make_listing(stock=50, price_fen=3280, supplier=make_supplier(member=member))
    order = receive(ship(paid((goods, 2), user=buyer)))
    (line,) = lines_of(order)
    return buyer, member, f"/account/orders/{order.order.number}/after-sale/{line.pk}/"


def test_a_refused_claim_keeps_its_photos_and_sends_them_with_the_next_try(world):
    buyer, member, path = world
    client = client_of(buyer)
    form = {"kind": "damaged", "quantity": "1", "amount": "10.00", "reason": ""}
    bad = SimpleUploadedFile("b.jpg", b"no picture")
    refused = client.post(path, form | {"photos": [photo("坏果.jpg"), bad]})
    text = refused.content.decode()
    (token,) = kept(refused)
    assert (refused.status_code, "坏果.jpg" in text, "b.jpg" in text) == (422, True, False)
    assert client.post(path, form | {"kept": token}).status_code == 422
    assert client.post(path, form | {"kept": token, "reason": "压坏了"}).status_code == 302
    assert AfterSalePicture.objects.filter(side="buyer").count() == 1

    # The supplier's refusal without words keeps its photo as well.
    case = AfterSale.objects.get()
    answer = {"decision": "refuse", "answer": "", "photos": photo("秤.jpg")}
    page = client_of(member).post(f"/seller/after-sales/{case.pk}/", answer)
    again = {"decision": "refuse", "answer": "运前完好", "kept": kept(page)}
    assert client_of(member).post(f"/seller/after-sales/{case.pk}/", again).status_code == 302
    assert AfterSalePicture.objects.filter(side="supplier").count() == 1


def test_kept_photos_are_worth_nothing_elsewhere_later_or_forged(world, monkeypatch):
    buyer, _member, path = world
    (mine,) = keep_photos(uploads=[photo()], owner="claim:999999", at=AT)
    form = {"kind": "damaged", "quantity": "1", "amount": "10.00", "reason": "压坏了"}
    for token in (mine.token, mine.token + "x", ""):
        refused = client_of(buyer).post(path, form | {"kept": token})
        assert (refused.status_code, kept(refused)) == (422, [])
    refused = client_of(buyer).post(path, form | {"reason": "", "photos": photo()})
    monkeypatch.setattr(kept_photos, "SECONDS", -1)
    late = client_of(buyer).post(path, form | {"kept": kept(refused)})
    assert (late.status_code, AfterSale.objects.count()) == (422, 0)


def test_kept_photos_are_deleted_after_their_days():
    keep_photos(uploads=[photo()], owner="x", at=AT)
    forget_kept_photos(at=AT + timedelta(days=2))
    names = private_storage().listdir("kept/20261123")[1]
    assert names
    assert forget_kept_photos(at=AT + timedelta(days=3)) >= len(names)
    assert "20261123" not in private_storage().listdir("kept")[0]


def test_a_refused_acceptance_keeps_its_photos(office, that_day):  # noqa: F811  reason: fixtures
    (order,) = ordered(office, (make_listing(stock=20, price_fen=10_000), 2))
    ship(order)
    (line,) = lines_of(order)
    path = f"/units/orders/{order.order.number}/accept/"
    refused = as_(office.buyer).post(path, {"receiver": "", f"accepted-{line.pk}": "1", "photos": photo()})
    sent = {"receiver": "何师傅", f"accepted-{line.pk}": "1", "kept": kept(refused)}
    assert as_(office.buyer).post(path, sent).status_code == 302
    assert AcceptancePhoto.objects.count() == 1
