"""Wagtail's locales, site and the home page in both languages."""

from django.contrib.sites.models import Site as DjangoSite
from wagtail.models import Locale, Page, Site

from shop.campaigns.models import HomePage

HOMES = {
    "zh-hans": {
        "title": "禾桥",
        "slug": "heqiao",
        "kicker": "冬令产地直发 · 11 月 23 日当周",
        "headline": "霜降过后，果子都甜了",
        "lead": "梅县金柚、雷波脐橙、盐源苹果。\n村里采，村里装，每一样都写明村子和合作社。",
    },
    "en": {
        "title": "Heqiao",
        "slug": "heqiao-en",
        "kicker": "Winter, straight from the village · week of 23 November",
        "headline": "After the frost everything turned sweet",
        "lead": "Pomelos from Meixian, oranges from Leibo, apples from Yanyuan.\nPicked and packed in the village; every page names the village and the cooperative.",
    },
}


def load_pages(*, port: int = 8000) -> None:
    """Make the home pages and set the site's root to the Chinese one; Wagtail's own welcome page goes."""
    root = Page.get_first_root_node()
    Locale.objects.get_or_create(language_code="zh-hans")
    english, _made = Locale.objects.get_or_create(language_code="en")
    chinese = Locale.objects.get(language_code="zh-hans")
    home = root.add_child(instance=HomePage(locale=chinese, picture="still-harvest", **HOMES["zh-hans"]))
    root.refresh_from_db()
    root.add_child(
        instance=HomePage(locale=english, picture="still-harvest", translation_key=home.translation_key, **HOMES["en"])
    )
    welcome = Site.objects.filter(is_default_site=True).first()
    if welcome is None:
        Site.objects.create(hostname="localhost", port=port, site_name="禾桥", root_page=home, is_default_site=True)
    else:
        before = welcome.root_page
        welcome.root_page, welcome.site_name = home, "禾桥"
        welcome.save()
        if before.specific_class is Page:
            before.delete()
    DjangoSite.objects.update_or_create(pk=1, defaults={"domain": "127.0.0.1:8000", "name": "禾桥"})
