"""Offers in the back office: a form open for an hour sets nobody's count back."""

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from oscar.apps.offer.models import Benefit, Condition, ConditionalOffer, Range

from shop.accounts import roles
from shop.accounts.models import Organisation, User
from shop.accounts.operations import groups
from shop.core.back_office import Audited, DatedAdmin, ReadOnly, site
from shop.core.models import AuditEntry
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer() -> ConditionalOffer:
    everything = Range.objects.create(name="全部", slug="all", includes_all_products=True)
    return ConditionalOffer.objects.create(
        name="满 100 减 10",
        condition=Condition.objects.create(range=everything, type=Condition.VALUE, value=Decimal(100)),
        benefit=Benefit.objects.create(range=everything, type=Benefit.FIXED, value=Decimal(10)),
        offer_type=ConditionalOffer.SITE,
    )


def test_only_what_was_changed_is_written(
    office: Client, offer: ConditionalOffer, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = f"/admin/offer/conditionaloffer/{offer.pk}/change/"
    assert office.get(address).status_code == 200
    # While the form is read and saved, a buyer uses the offer.
    clean = ConditionalOffer.clean

    def used_meanwhile(self: ConditionalOffer) -> None:
        ConditionalOffer.objects.filter(pk=offer.pk).update(num_applications=7)
        clean(self)

    monkeypatch.setattr(ConditionalOffer, "clean", used_meanwhile)
    facts = {
        "name": "满 100 减 12",
        "offer_type": offer.offer_type,
        "exclusive": "on",
        "status": offer.status,
        "condition": offer.condition_id,
        "benefit": offer.benefit_id,
        "priority": "0",
        "funding-TOTAL_FORMS": "0",
        "funding-INITIAL_FORMS": "0",
    }
    assert office.post(address, facts).status_code == 302
    offer.refresh_from_db()
    assert (offer.name, offer.num_applications) == ("满 100 减 12", 7)
    assert office.post(f"/admin/offer/conditionaloffer/{offer.pk}/delete/", {"post": "yes"}).status_code == 403


def test_a_cooperative_sees_no_offers(client: Client, offer: ConditionalOffer) -> None:
    seller = make_user("seller@example.cn")
    groups.give_role(user=seller, role=roles.COOPERATIVE, actor=None, at=timezone.now())
    client.force_login(seller, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(f"/admin/offer/conditionaloffer/{offer.pk}/change/").status_code == 302


def test_who_changed_what_of_an_offer_is_audited(office: Client, offer: ConditionalOffer) -> None:
    facts = {
        "name": "满 100 减 10",
        "offer_type": offer.offer_type,
        "exclusive": "on",
        "status": "Suspended",
        "condition": offer.condition_id,
        "benefit": offer.benefit_id,
        "priority": "0",
        "funding-TOTAL_FORMS": "1",
        "funding-INITIAL_FORMS": "0",
        "funding-0-funded_by": "platform",
    }
    assert office.post(f"/admin/offer/conditionaloffer/{offer.pk}/change/", facts).status_code == 302
    entry = AuditEntry.objects.filter(action="change_by_admin", object_kind="conditionaloffer").get()
    staff = User.objects.get(email="staff@example.cn")
    assert (entry.object_id, entry.actor_id, entry.data) == (str(offer.pk), staff.pk, {"fields": ["status"]})
    assert office.post("/admin/offer/range/add/", {"name": "柑橘", "includes_all_products": "on"}).status_code == 302
    added = AuditEntry.objects.filter(action="add_by_admin", object_kind="range").get()
    assert added.data == {"fields": ["includes_all_products", "name"]}


def test_whatever_staff_may_change_in_the_back_office_is_audited() -> None:
    """People and organisations note memberships, too, and have an entry of their own (tests/accounts)."""
    loose = [
        model.__name__
        for model, admin in site._registry.items()
        if not isinstance(admin, Audited | DatedAdmin | ReadOnly) and model not in (User, Organisation)
    ]
    assert loose == []
