"""Photos of acceptances and of received gifts are shown to those concerned, and have no public address."""

import re
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client

from catalog.models import Picture
from procurement.models import AcceptancePhoto, PledgeReceipt
from procurement.operations.accepting import accept_goods
from procurement.operations.receiving import Arrived, confirm_by_link, make_link
from shop.core.errors import DomainError
from shop.core.private_files import private_storage
from tests.factories import AT, make_listing, make_supplier, make_user
from tests.sales.selling import pay, photo, ship

from .offices import as_, make_office, ordered
from .test_gifts import gift, listing, need, order_of  # noqa: F401  reason: fixtures

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("that_day")]


def addresses(client, path):
    return sorted(set(re.findall(r'"(/files/[^"]+)"', client.get(path).content.decode())))


def opens(user, url):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client.get(url).status_code


def has_no_public_address(picture):
    name = f"{picture.key}-240.webp"
    return (
        picture.is_private
        and private_storage().exists(name)
        and not default_storage.exists(name)
        and {Client().get(f"/{root}/{name}").status_code for root in ("media", "private", "files")} == {404}
    )


def test_photos_of_an_acceptance_are_for_the_unit_its_overseers_and_the_supplier(that_day):
    above = make_office(kind="supervising")
    office, stranger = make_office(above.unit, budget_fen=10**7), make_office()
    member = make_user()
    goods = make_listing(stock=20, price_fen=10_000, supplier=make_supplier(member=member))
    (order,) = ordered(office, (goods, 2))
    ship(order)
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT, photos=[photo()])
    picture = AcceptancePhoto.objects.get().picture
    assert has_no_public_address(picture)
    path = f"/units/orders/{order.order.number}/"
    assert picture.key not in as_(office.buyer).get(path).content.decode()
    url = addresses(as_(office.buyer), path)[0]
    assert addresses(as_(office.buyer), f"{path}acceptances/1/")
    for one in (office.buyer, office.finance, above.approver, member):
        assert opens(one, url) == 200
    for other in (None, make_user(), stranger.buyer):
        assert opens(other, url) == 404


def test_photos_of_a_receipt_are_for_the_donor_and_the_beneficiary(need, listing):  # noqa: F811  reason: fixtures
    donor = make_user()
    made = gift(need, listing, 2, donor=donor)
    pay(made.purchase)
    order = ship(order_of(made))
    confirm_by_link(token=make_link(order_id=order.pk, at=AT), photo=photo(), arrived=Arrived("收到"), at=AT)
    receipt = PledgeReceipt.objects.get()
    assert has_no_public_address(receipt.picture)
    member = need.beneficiary.memberships.first().user
    path = f"/pledges/certificates/{made.certificate_code}/"
    for page in (path, "/pledges/"):
        public = Client().get(page).content.decode()
        assert (receipt.picture.key in public, "/files/" in public) == (False, False)
    assert 'data-testid="photos-private"' in Client().get(path).content.decode()
    client = Client()
    client.force_login(donor)
    (url,) = addresses(client, path)
    assert (opens(donor, url), opens(member, url)) == (200, 200)
    assert {opens(one, url) for one in (None, make_user())} == {404}


def test_stored_photos_move_out_of_the_public_media(office):
    goods = make_listing(stock=20, price_fen=10_000)
    (order,) = ordered(office, (goods, 2))
    ship(order)
    accept_goods(order_id=order.pk, accepted={}, actor=office.buyer, at=AT, photos=[photo()])
    picture = AcceptancePhoto.objects.get().picture
    names = [f"{picture.key}-{width}.{kind}" for width in picture.widths for kind in ("webp", "avif")]
    for name in names:
        private_storage().delete(name)
        default_storage.save(name, ContentFile(b"old"))
    Picture.objects.filter(pk=picture.pk).update(is_private=False)
    migration = import_module("procurement.migrations.0007_acceptance_weight_and_private_photos")
    migration.hide_photos(apps, SimpleNamespace(connection=connection))
    migration._delete([])
    picture.refresh_from_db()
    assert picture.is_private
    kept = [name for name in names if (settings.PRIVATE_ROOT / name).is_file()]
    assert kept == [name for name in names if name.endswith("webp")]


def test_no_photo_stays_of_a_receipt_that_can_not_be_confirmed(need, listing):  # noqa: F811  reason: fixtures
    made = gift(need, listing, 2, donor=make_user())
    pay(made.purchase)
    token = make_link(order_id=order_of(made).pk, at=AT)
    with pytest.raises(DomainError):
        confirm_by_link(token=token, photo=photo(), arrived=Arrived("收到"), at=AT)
    assert Picture.objects.filter(is_private=True).count() == 0
    assert list(Path(settings.PRIVATE_ROOT).rglob("*.webp")) == []
