"""Three campaigns, each in both languages, as campaign staff would make them in /cms/."""

import json
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.core.files.images import ImageFile
from wagtail.images.models import Image

from catalog.models import Listing, Village
from livestream.models import LiveRoom
from shop.campaigns.models import CampaignPage, HomePage
from shop.campaigns.queries import sources_of_campaign
from shop.core.sealed import seal_all
from shop.demo.world import PICTURES, Row, read
from shop.sales.models import OrderAttribution, Purchase
from shop.sales.queries.sealed import placed_facts

LANGUAGES = {"zh-hans": 0, "en": 1}
# One purchase in so many came from a campaign page.
EVERY = 5


def load_campaigns(
    *, listings: dict[str, Listing], villages: dict[str, Village], at: datetime, staff: Any = None
) -> list[CampaignPage]:
    """Make and publish the pages that campaigns.toml describes; return the Chinese ones."""
    rooms = {room.slug: room for room in LiveRoom.objects.all()}
    made = []
    for row in read("campaigns")["campaign"]:
        image = _image(row["picture"], row["title"][0], staff)
        key = uuid.uuid5(uuid.NAMESPACE_URL, row["slug"])
        pages = {}
        for language, number in LANGUAGES.items():
            home = HomePage.objects.get(locale__language_code=language)
            page = CampaignPage(
                title=row["title"][number],
                slug=row["slug"],
                summary=row["summary"][number],
                body=json.dumps(
                    [_block(block, number, image, listings, villages, rooms, at) for block in row["block"]]
                ),
                locale=home.locale,
                translation_key=key,
                owner=staff,
                live=False,
            )
            home.add_child(instance=page)
            page.save_revision(user=staff).publish(user=staff)
            pages[language] = page
        made.append(pages["zh-hans"])
    return made


def _image(name: str, title: str, staff: Any) -> Image:
    with (PICTURES / f"{name}.webp").open("rb") as file:
        image = Image(title=title, file=ImageFile(file, name=f"{name}.webp"), uploaded_by_user=staff)
        image.save()
    return image


def _block(
    block: Row,
    number: int,
    image: Image,
    listings: dict[str, Listing],
    villages: dict[str, Village],
    rooms: dict[str, LiveRoom],
    at: datetime,
) -> dict[str, Any]:
    """Return one block as a StreamField stores it, in the language `number`."""
    value = {
        name: text[number] if isinstance(text, list) and name != "products" else text for name, text in block.items()
    }
    kind = value.pop("kind")
    if kind == "hero":
        value["image"] = image.pk
    if kind == "rail":
        value["products"] = [listings[slug].pk for slug in block["products"] if slug in listings]
    if kind == "story":
        value["village"] = villages[block["village"]].pk
    if kind == "live":
        room = rooms.get(block["room"])
        value["room"] = room.pk if room else None
    if kind == "countdown":
        value["until"] = (at + timedelta(days=value.pop("days"))).isoformat()
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def credit_campaigns(pages: list[CampaignPage], at: datetime) -> int:
    """Let some of the past purchases have come from a campaign page, as a cookie would have said; return how many."""
    sources = [sources_of_campaign(str(page.pk))[0] for page in pages]
    bought = list(Purchase.objects.filter(attribution_kind__in=["shop", "live"]).order_by("pk"))
    chosen = [(purchase, sources[(n // EVERY) % len(sources)]) for n, purchase in enumerate(bought) if n % EVERY == 0]
    rows = OrderAttribution.objects.bulk_create(
        [OrderAttribution(purchase=purchase, kind=it.kind, ref=it.ref, label=it.label) for purchase, it in chosen]
    )
    seal_all(placed_facts((), rows), at=at)
    for purchase, it in chosen:
        if purchase.attribution_kind == "shop":
            purchase.attribution_kind, purchase.attribution_ref, purchase.attribution_label = it.kind, it.ref, it.label
    Purchase.objects.bulk_update(
        [purchase for purchase, _it in chosen], ["attribution_kind", "attribution_ref", "attribution_label"]
    )
    return len(chosen)
