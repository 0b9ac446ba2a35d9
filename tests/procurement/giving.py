"""A need and a gift for it, for the tests of gifts and of their receipts."""

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client

from procurement.operations.pledging import Asked, give, publish_need
from shop.core import ledger
from shop.sales.models import OrderFacts
from tests.factories import AT, make_division, make_listing, make_user, spec_of

from .offices import join, make_organisation


@pytest.fixture
def listing():
    return make_listing(price_fen=3_000, stock=100)


@pytest.fixture
def need(listing):
    make_division()
    helped = make_organisation("beneficiary", "山里小学")
    asked = Asked(
        title_zh="给孩子们的早餐", text_zh="山里的学校", until=(AT + timedelta(days=9)).date(),
        lines={spec_of(listing).specification_id: 20}, ship_name="总务处", ship_phone="+8613800002046",
        division_code="440106", street="红星路 3 号",
    )  # fmt: skip
    return publish_need(beneficiary=helped, asked=asked, actor=join(helped, "owner"), at=AT, slug="breakfast")


def stages(need):
    names = ("pledged", "ordered", "delivered", "confirmed", "reversed")
    return [ledger.balance(f"pledge:{need.beneficiary_id}:{name}") for name in names]


def gift(need, listing, pieces=4, key="k1", donor=None):
    return give(
        need_id=need.pk, pieces={spec_of(listing).specification_id: pieces}, donor=donor or make_user(name="黄启明"),
        donor_name="启明灯具", key=key, at=AT,
    )  # fmt: skip


def order_of(pledge):
    return OrderFacts.objects.select_related("order", "purchase").get(purchase=pledge.purchase)


def books_agree():
    call_command("check_ledger", stdout=io.StringIO())
    return True


def as_(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
