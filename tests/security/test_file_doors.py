"""Each door that takes a file is known, and none opens a stranger's picture in the server's own process."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.users.models import UserProfile

import catalog
import livestream
import procurement
import shop
import traceability
from catalog.operations.pictures import store_picture, store_pictures
from shop.campaigns.image_forms import EncodedImageField
from tests.core.test_untrusted import png
from tests.factories import make_user

PACKAGES = (shop, catalog, procurement, livestream, traceability)
# Every door for files: pages (`request.FILES`) and the API (`decoded`), and what reads them.
DOORS = {
    "catalog/views/goods.py": "a supplier's photos: store_pictures",
    "catalog/api/proposals.py": "a supplier's photos: store_pictures",
    "shop/sales/views/order_actions.py": "photos of a review and of a claim: store_pictures",
    "shop/sales/api/cases.py": "photos of a review and of a claim: store_pictures",
    "shop/sales/views/seller_cases.py": "photos of a supplier's answer: store_pictures",
    "shop/sales/api/seller_cases.py": "photos of a supplier's answer: store_pictures",
    "shop/sales/views/payouts.py": "the slip of a payment: store_pictures",
    "shop/sales/views/cashier.py": "the slip of a transfer: store_pictures",
    "shop/sales/api/paying.py": "the slip of a transfer: store_pictures",
    "procurement/views/orders.py": "the slip of a unit's transfer: store_pictures",
    "procurement/api/payments.py": "the slip of a unit's transfer: store_pictures",
    "procurement/views/acceptance.py": "photos of an acceptance: store_pictures",
    "procurement/views/gifts.py": "the photo of a receipt: store_picture",
    "procurement/api/gift_receipts.py": "the photo of a receipt: store_picture",
    "procurement/views/shopping_lists.py": "a list of goods: read_sheets",
    "catalog/operations/kept_photos.py": "photos that a refused form keeps: read_in_child, then as those of the form",
    # Defines `decoded`.
    "shop/core/api/pictures.py": "",
}
# Who may open pictures in its own process: ours, drawn or shipped by us.
OPENERS = {
    "shop/core/untrusted/child.py": "the child",
    "catalog/operations/pictures.py": "encode_picture: pictures of our own, for the demo",
    "shop/demo/loading/photos.py": "pictures that are shipped",
    "livestream/clipmaking.py": "pictures that are shipped",
}


def sources() -> Iterator[tuple[str, str]]:
    for package in PACKAGES:
        for path in Path(package.__path__[0]).rglob("*.py"):
            yield str(path.relative_to(settings.BASE_DIR)), path.read_text()


def test_every_door_for_files_is_known() -> None:
    found = set()
    for name, text in sources():
        for node in ast.walk(ast.parse(text)):
            takes = isinstance(node, ast.Attribute) and node.attr == "FILES"
            decodes = isinstance(node, ast.Name) and node.id == "decoded"
            if takes or decodes or (isinstance(node, ast.FunctionDef) and node.name == "decoded"):
                found.add(name)
    assert found == set(DOORS)


def test_pictures_are_opened_by_the_child_and_where_they_are_ours() -> None:
    found = {name for name, text in sources() if "from PIL" in text or "import PIL" in text}
    assert found == set(OPENERS)
    callers = {name for name, text in sources() if "encode_picture(" in text}
    assert {name for name in callers if not name.startswith("shop/demo/")} == {"catalog/operations/pictures.py"}


def below(kind: type) -> Iterator[type]:
    for each in kind.__subclasses__():
        yield each
        yield from below(each)


@pytest.mark.django_db
def test_no_form_that_a_page_uses_opens_pictures_itself() -> None:
    """Django's ImageField decodes in this process: ours does not, Wagtail's two forms are replaced."""
    image_form: Any = get_image_form(get_image_model())
    assert isinstance(image_form().fields["file"], EncodedImageField)
    found = {
        each.__name__
        for each in below(forms.BaseForm)
        for field in getattr(each, "base_fields", {}).values()
        if isinstance(field, forms.ImageField) and not each.__module__.startswith("oscar.")
    }
    # Its page is replaced by one without it, see below; the others are made by get_image_form.
    assert found <= {"AvatarPreferencesForm", "ImageForm"}


@pytest.fixture
def no_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail whoever opens a picture of 49 megapixels in this process."""
    opened = Image.open

    def refuse(*given: Any, **options: Any) -> Any:
        image = opened(*given, **options)
        assert image.width * image.height < 40_000_000, "opened in the server's own process"
        return image

    monkeypatch.setattr(Image, "open", refuse)


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return png(7000, 7000, 0)


def chief() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.django_db
@pytest.mark.usefixtures("no_opening")
def test_a_picture_of_49_megapixels_is_read_by_the_child_at_every_door(bomb: bytes) -> None:
    store_picture(upload=SimpleUploadedFile("a.png", bomb))
    store_pictures(uploads=[SimpleUploadedFile("a.png", bomb)], is_private=True)
    file = {"title": "果园", "collection": "1", "focal_point_x": "", "file": SimpleUploadedFile("a.png", bomb)}
    assert chief().post("/cms/images/add/", file).status_code == 302
    image = get_image_model().objects.get()
    assert max(image.width, image.height) == 2560


@pytest.mark.django_db
@pytest.mark.usefixtures("no_opening")
def test_the_cms_takes_no_picture_of_a_person(bomb: bytes) -> None:
    client = chief()
    page = client.get("/cms/account/")
    assert page.status_code == 200
    assert b'type="file"' not in page.content
    sent = {
        "avatar-avatar": SimpleUploadedFile("a.png", bomb),
        "name_email-first_name": "敏",
        "name_email-last_name": "周",
        "locale-preferred_language": "en",
        "theme-theme": "dark",
        "theme-density": "default",
        "theme-contrast": "system",
    }
    assert client.post("/cms/account/", sent).status_code == 302
    profile = UserProfile.objects.get()
    assert (profile.preferred_language, profile.avatar.name) == ("en", "")


def test_the_cms_account_is_closed_to_who_is_no_editor(client: Client, db: None) -> None:
    assert client.get("/cms/account/").status_code == 302
    client.force_login(make_user(), backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/cms/account/").status_code == 302
