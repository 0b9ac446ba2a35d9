"""The back offices in Chinese: nothing that a library or we left in English, on any page that staff come by."""

import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
import wagtail.admin
from babel.messages.pofile import read_po
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import translation

from shop.accounts import roles
from shop.accounts.operations.groups import ensure_groups
from shop.core import back_office
from tests.campaigns.pages import make_page
from tests.factories import make_user
from tests.sales.offered import make_offer

WORD = re.compile(r"[A-Za-z][A-Za-z'’-]+(?: [A-Za-z'’-]+)*")
# Names, units, keys and endings; "Search" and "Actions", which the libraries write beside pictures in their templates; what a row is called by who wrote it; what Django writes beside the picture of a tick.
NAMES = re.compile(
    r"(Heqiao|Wagtail|EMS|Search|Actions|English|HTML|PDF|CSV|XLSX|DOCX|URL|JSON|GB|KB|MB|AVIF|GIF|JPE?G|PNG|WEBP|webp|Ctrl|Alt|Shift|Esc|"
    r"Mac|Command|Control|True|False|None|Windows|RSS|xlsx|csv|pdf|docx|JavaScript|Root|localhost|SKU|ID|AM|PM|pm|am)\Z"
)
# Examples of addresses, names and patterns inside a sentence; columns that Wagtail names in its code, without a catalogue.
SAID = ("(YT)?", "my-work", "still-harvest", "x.example", "good things from villages", "Site name", "Root page", "Port")
# The name of the one workflow, in the database since Wagtail's own migration.
STORED = ("Moderators approval",)
SKIPPED = {"script", "style", "code", "pre", "svg", "template"}


class Texts(HTMLParser):
    """What a page shows, and where it leads."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.links: list[str] = []
        self.depth = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the texts of attributes, and links."""
        given = dict(attrs)
        self.depth += tag in SKIPPED
        self.texts += [given[name] or "" for name in ("title", "aria-label", "placeholder", "alt") if given.get(name)]
        if tag == "a" and given.get("href"):
            self.links.append(given["href"] or "")

    def handle_endtag(self, tag: str) -> None:
        """Leave what is not shown."""
        self.depth = max(0, self.depth - (tag in SKIPPED))

    def handle_data(self, data: str) -> None:
        """Take a text that is shown."""
        if not self.depth and data.strip():
            self.texts.append(" ".join(data.split()))


def left_in_english(text: str) -> list[str]:
    """Return the words of a text that are no names."""
    if any(each in text for each in (*SAID, *STORED)):
        return []
    return [
        word for word in WORD.findall(text) if not all(NAMES.match(each) for each in re.findall(r"[A-Za-z]+", word))
    ]


def admin_pages() -> Iterator[str]:
    """Yield the list and the form of each thing that the back office keeps."""
    yield reverse("admin:index")
    for model, admin in back_office.site._registry.items():
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{name}_changelist")
        if not isinstance(admin, back_office.ReadOnly):
            yield reverse(f"{name}_add")


def menu_pages(client: Client) -> Iterator[str]:
    """Yield the pages that the CMS's front page leads to, and those of a campaign."""
    page = make_page(slug="office", title="柑橘")
    yield from (f"/cms/pages/{page.pk}/edit/", f"/cms/pages/{page.pk}/delete/", f"/cms/pages/{page.pk}/history/")
    yield from ("/cms/", "/cms/account/", "/cms/pages/", f"/cms/pages/{page.get_parent().pk}/")
    yield from ("/cms/images/", "/cms/images/multiple/add/", "/cms/documents/", "/cms/documents/multiple/add/")
    for link in Texts(client.get("/cms/").content.decode()).links:
        if link.startswith("/cms/") and "logout" not in link:
            yield link.partition("?")[0]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["superuser", roles.CAMPAIGN_STAFF])
def test_staff_reads_no_english_on_a_chinese_page(who: str) -> None:
    ensure_groups()
    staff = make_user("a@x.example", name="员工", is_staff=True)
    if who == "superuser":
        staff.is_superuser = True
        staff.save()
    else:
        staff.groups.add(Group.objects.get(name=who))
    client = Client()
    client.force_login(staff)
    left: dict[str, str] = {}
    pages = [*(admin_pages() if who == "superuser" else ()), *menu_pages(client)]
    seen = 0
    with translation.override("zh-hans"):
        for address in dict.fromkeys(pages):
            answer = client.get(address)
            if answer.status_code != 200 or "html" not in answer["Content-Type"]:
                continue
            seen += 1
            for text in Texts(answer.content.decode()).texts:
                for word in left_in_english(text):
                    left.setdefault(word, address)
    assert seen > (40 if who == "superuser" else 8)
    assert left == {}


def test_the_scripts_of_the_cms_speak_chinese() -> None:
    """Every word of Wagtail's scripts, in the catalogue that the editor's browser gets."""
    with (Path(wagtail.admin.__file__).parent / "locale/en/LC_MESSAGES/djangojs.po").open("rb") as file:
        names = {each.id[0] if isinstance(each.id, tuple) else each.id for each in read_po(file)} - {""}
    script = Client(headers={"accept-language": "zh-CN"}).get("/cms/jsi18n/").content.decode()
    catalogue = json.loads(re.findall(r"const newcatalog = (\{.*?\});\n", script, re.DOTALL)[0])
    assert len(names) > 60
    said = {name: str(catalogue.get(name, "")) for name in names}
    assert {name for name, text in said.items() if not re.search("[\u4e00-\u9fff]", text)} <= {
        "%(time_zone_option)s: %(localized_time_zone_label)s"
    }


@pytest.mark.django_db
def test_offers_and_groups_are_called_by_their_names() -> None:
    staff = make_user("a@x.example", name="员工", is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(staff)
    for status, name in (("Open", "进行中"), ("Suspended", "已暂停"), ("Consumed", "已用完")):
        offer = make_offer()
        type(offer).objects.filter(pk=offer.pk).update(status=status)
        page = client.get(f"/admin/offer/conditionaloffer/?status={status}").content.decode()
        assert (f'<td class="field-state">{name}</td>' in page, f">{status}<" in page) == (True, False)
    html = client.get(f"/cms/pages/{make_page().pk}/privacy/").json()["html"]
    assert ("商店库的全部权限" in html, "All Oscar Dashboard Permissions" in html) == (True, False)


def test_no_label_of_the_back_office_mixes_scripts_in_english() -> None:
    """Names, helps and choices of each model that the back office keeps, and of its columns, as English reads them."""
    han = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
    mixed = []
    with translation.override("en"):
        for model, admin in back_office.site._registry.items():
            said = [model._meta.verbose_name, model._meta.verbose_name_plural]
            for field in model._meta.fields:
                said += [field.verbose_name, field.help_text, *(label for _value, label in field.flatchoices)]
            said += [getattr(getattr(admin, str(name), None), "short_description", "") for name in admin.list_display]
            mixed += [(model._meta.label, str(text)) for text in said if han.search(str(text))]
    assert mixed == []
