"""Prints, as JSON, pages of the other users: a parcel's trace page, a unit's home, a campaign page with five rails."""

import json
import uuid

import django

django.setup()

from wagtail.models import Locale  # noqa: E402  # reason: after setup

from catalog.models import Listing  # noqa: E402  # reason: after setup
from shop.accounts.models import User  # noqa: E402  # reason: after setup
from shop.campaigns.models import CampaignPage, HomePage  # noqa: E402  # reason: after setup
from shop.demo.loading.people import DOMAIN  # noqa: E402  # reason: after setup
from tests.benchmarks.site.signing import session_for  # noqa: E402  # reason: after setup
from traceability.models import TracedParcel  # noqa: E402  # reason: after setup

SLUG, RAILS, IN_A_RAIL = "five-rails", 5, 8


def campaign() -> str:
    """Return the address of a page with five rails of eight products, made where there is none."""
    if not CampaignPage.objects.filter(slug=SLUG).exists():
        ids = list(
            Listing.objects.filter(card__in_stock=True).order_by("pk").values_list("pk", flat=True)[: RAILS * IN_A_RAIL]
        )
        rails = [ids[start : start + IN_A_RAIL] for start in range(0, len(ids), IN_A_RAIL)]
        body = [
            {"type": "rail", "value": {"title": f"第 {number} 排", "products": rail}, "id": str(uuid.uuid4())}
            for number, rail in enumerate(rails, 1)
        ]
        home = HomePage.objects.get(locale__language_code="zh-hans")
        page = CampaignPage(
            title="五排好货", slug=SLUG, body=json.dumps(body), locale=Locale.objects.get(pk=home.locale_id)
        )
        home.add_child(instance=page)
    return f"/{SLUG}/"


def showcase() -> dict[str, str]:
    """Return addresses, and the session of the unit's buyer."""
    parcel = TracedParcel.objects.filter(lots__isnull=False).order_by("-pk")[0]
    return {
        "trace": f"/t/{parcel.code}",
        "unit": "/units/",
        "buyer": session_for(User.objects.get(email=f"budget_buyer@{DOMAIN}")),
        "campaign": campaign(),
    }


print(json.dumps(showcase()))
