"""The words on the home page, as campaign staff would set them for the week of the load."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sites.models import Site as DjangoSite
from django.utils import timezone

from shop.campaigns.models import HomePage

WORDS = {
    "zh-hans": {
        "kicker": "冬令产地直发 · {month} 月 {day} 日当周",
        "headline": "霜降过后，果子都甜了",
        "lead": "梅县金柚、雷波脐橙、盐源苹果。\n村里采，村里装，每一样都写明村子和合作社。",
    },
    "en": {
        "kicker": "Winter, straight from the village · week of {day} {name}",
        "headline": "After the frost, everything turned sweet",
        "lead": "Pomelos from Meixian, oranges from Leibo, apples from Yanyuan.\nPicked and packed in the village; every page names the village and the cooperative.",
    },
}


def load_pages(at: datetime) -> int:
    """Set the texts of the home pages, which the migrations made; return how many there are."""
    today = timezone.localdate(at)
    monday = today - timedelta(days=today.weekday())
    changed = 0
    for language, words in WORDS.items():
        kicker = words["kicker"].format(month=monday.month, day=monday.day, name=monday.strftime("%B"))
        pages = HomePage.objects.filter(locale__language_code=language)
        changed += pages.update(kicker=kicker, headline=words["headline"], lead=words["lead"])
    DjangoSite.objects.update_or_create(pk=1, defaults={"domain": urlsplit(settings.SITE_URL).netloc, "name": "禾桥"})
    return changed
