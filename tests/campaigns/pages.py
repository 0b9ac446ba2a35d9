"""Campaign pages in one line, for tests."""

import json
import uuid
from typing import Any

from wagtail.models import Locale

from shop.campaigns.models import CampaignPage, HomePage


def block(kind: str, **value: Any) -> dict[str, Any]:
    """Return a block as a StreamField stores it."""
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def make_page(*blocks: dict[str, Any], slug: str = "citrus", language: str = "zh-hans", **fields: Any) -> CampaignPage:
    """Make and publish a campaign page."""
    home = HomePage.objects.get(locale__language_code=language)
    values = {"title": "霜后第一车柑橘", "slug": slug, "body": json.dumps(list(blocks)), "locale": home.locale}
    page = CampaignPage(**(values | fields))
    home.add_child(instance=page)
    return page


def locale(language: str) -> Locale:
    """Return a language of pages."""
    return Locale.objects.get(language_code=language)
