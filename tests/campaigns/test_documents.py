"""Documents of the CMS: of the kinds that the settings allow, what they say they are, saved and never shown."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from wagtail.documents.models import Document
from wagtail.models import Collection, CollectionViewRestriction

from tests.factories import make_user

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def office(part: str, *more: str, types: str = "<Types/>") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        for name in (part, *more):
            archive.writestr(name, "<x/>")
    return buffer.getvalue()


def editor() -> Client:
    client = Client()
    client.force_login(make_user(is_staff=True, is_superuser=True), backend="django.contrib.auth.backends.ModelBackend")
    return client


def send(data: bytes, name: str, door: str = "/cms/documents/add/") -> int:
    file = SimpleUploadedFile(name, data, content_type="application/pdf")
    sent = {"title": "价目表", "collection": "1", ("files[]" if "multiple" in door else "file"): file}
    headers = {"X-Requested-With": "XMLHttpRequest"} if "multiple" in door else {}
    editor().post(door, sent, headers=headers)
    return Document.objects.count()


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PDF, "prices.pdf"),
        (office("word/document.xml"), "prices.docx"),
        (office("xl/workbook.xml"), "PRICES.XLSX"),
    ],
)
@pytest.mark.parametrize("door", ["/cms/documents/add/", "/cms/documents/multiple/add/"])
def test_a_document_is_taken_at_each_door(data: bytes, name: str, door: str) -> None:
    assert send(data, name, door) == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (PDF, "prices.html"),
        (PDF, "prices"),
        (PDF, "prices.exe"),
        (SVG, "prices.svg"),
        (SVG, "prices.pdf"),
        (b"<html><script>alert(1)</script>" + PDF, "prices.pdf"),
        (b"%PDF-1.7 and no more", "prices.pdf"),
        (b"GIF89a" + PDF, "prices.pdf"),
        (PDF, "prices.docx"),
        (office("xl/workbook.xml"), "prices.docx"),
        (office("word/document.xml", "word/vbaProject.bin"), "prices.docx"),
        (office("word/document.xml", types="application/vnd.ms-word.document.macroEnabled.main+xml"), "prices.docx"),
        (b"MZ" + office("word/document.xml"), "prices.docx"),
        (b"PK\x03\x04 nothing", "prices.xlsx"),
        (office("word/document.xml"), "prices.pdf"),
    ],
)
@pytest.mark.parametrize("door", ["/cms/documents/add/", "/cms/documents/multiple/add/"])
def test_what_is_not_what_its_name_says_is_refused_at_each_door(data: bytes, name: str, door: str) -> None:
    assert send(data, name, door) == 0


def test_an_archive_that_unpacks_to_more_than_a_list_is_refused() -> None:
    buffer = io.BytesIO(office("word/document.xml"))
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/zeros", b"\0" * 50_000_000)
    assert send(buffer.getvalue(), "prices.docx") == 0


def test_a_document_is_saved_by_the_browser_and_runs_nothing() -> None:
    send(PDF, "价目 表.pdf")
    row = Document.objects.get()
    answer = Client().get(row.url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    assert answer["Content-Type"] == "application/pdf"
    assert Client().get(f"/documents/{row.pk}/other.pdf").status_code == 404
    # Not past that address.
    assert Client().get(f"/media/{row.file.name}").status_code == 404


def test_a_collection_that_asks_for_a_login_gets_one() -> None:
    send(PDF, "prices.pdf")
    row = Document.objects.get()
    CollectionViewRestriction.objects.create(
        collection=Collection.get_first_root_node(), restriction_type=CollectionViewRestriction.LOGIN
    )
    answer = Client().get(row.url)
    assert answer.status_code == 302
    assert answer["Location"] == f"/account/login/?next={row.url}"
    assert editor().get(row.url).status_code == 200


def test_the_cms_lists_documents() -> None:
    send(PDF, "prices.pdf")
    assert editor().get("/cms/documents/").status_code == 200


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("prices", PDF, "请选择 PDF、Word（.docx）或 Excel（.xlsx）文件。"),
        ("prices.exe", PDF, "请选择 PDF、Word（.docx）或 Excel（.xlsx）文件。"),
        ("prices.pdf", SVG, "这不是 PDF 文件（与文件名无关），请重新另存为 PDF。"),
    ],
)
def test_a_refused_document_says_once_what_is_taken(name: str, data: bytes, said: str) -> None:
    sent = {"title": "价目表", "collection": "1", "file": SimpleUploadedFile(name, data)}
    assert list(editor().post("/cms/documents/add/", sent).context["form"].errors["file"]) == [said]


def test_no_document_at_all_is_asked_for_without_naming_an_ending() -> None:
    answer = editor().post("/cms/documents/add/", {"title": "价目表", "collection": "1"})
    assert list(answer.context["form"].errors["file"]) == ["必需字段"]
