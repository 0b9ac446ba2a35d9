"""The front page in both languages, in the place of Wagtail's welcome page."""

import uuid

from django.db import migrations

KEY = uuid.UUID("6f1c2d1e-5b0e-4d57-9a53-0b2c6f0d2a11")
TEXTS = {
    "zh-hans": {
        "title": "禾桥 · 村里的好东西",
        "slug": "home",
        "kicker": "冬令 · 产地直发",
        "headline": "霜降过后，果子都甜了",
        "lead": "柚子、脐橙、苹果，还有刚割的菜心。\n村里采，村里装，每一样都写着哪个村、哪家社。",
    },
    "en": {
        "title": "Heqiao: good things from villages",
        "slug": "home-en",
        "kicker": "Winter harvest, sent from where it grows",
        "headline": "After the frost, the fruit has turned sweet",
        "lead": "Pomelos, navel oranges, apples, choy sum cut today.\nEach page names the village and the cooperative.",
    },
}


def make(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Locale = apps.get_model("wagtailcore", "Locale")
    HomePage = apps.get_model("campaigns", "HomePage")
    kind, _ = ContentType.objects.get_or_create(model="homepage", app_label="campaigns")
    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()
    root = Page.objects.get(depth=1)
    homes = []
    for number, (language, texts) in enumerate(TEXTS.items(), 1):
        locale, _ = Locale.objects.get_or_create(language_code=language)
        homes.append(
            HomePage.objects.create(
                **texts,
                draft_title=texts["title"],
                picture="still-harvest",
                content_type=kind,
                path=f"{root.path}{number:04d}",
                depth=2,
                numchild=0,
                url_path=f"/{texts['slug']}/",
                locale=locale,
                translation_key=KEY,
            )
        )
    Page.objects.filter(pk=root.pk).update(numchild=len(homes))
    Site.objects.create(hostname="localhost", port=80, site_name="禾桥", root_page_id=homes[0].pk, is_default_site=True)


def unmake(apps, schema_editor):
    apps.get_model("wagtailcore", "Site").objects.all().delete()
    apps.get_model("campaigns", "HomePage").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_initial"), ("contenttypes", "0002_remove_content_type_name")]

    operations = [migrations.RunPython(make, unmake)]
