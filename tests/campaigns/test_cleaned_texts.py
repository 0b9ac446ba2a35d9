"""Texts of the CMS are kept without what nobody can see: titles, blocks, pictures and documents."""

from collections.abc import Iterator

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail import blocks
from wagtail.documents.models import Document
from wagtail.test.utils.form_data import nested_form_data, streamfield

from shop.campaigns.blocks import CampaignBlocks
from shop.campaigns.cleaned_texts import LineBlock, ParagraphsBlock
from shop.campaigns.models import CampaignPage, HomePage
from shop.core.fields import LineField, ParagraphsField
from tests.campaigns.test_documents import PDF, editor

pytestmark = pytest.mark.django_db
ODD = "\u202e柚\u200b子\u3000\u2066周"
CLEAN = "柚子 周"


def below(block: blocks.Block) -> Iterator[blocks.Block]:
    yield block
    for child in getattr(block, "child_blocks", {}).values():
        yield from below(child)
    if hasattr(block, "child_block"):
        yield from below(block.child_block)


def test_a_page_is_kept_without_what_is_unseen() -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    story = {"village": "", "title": ODD, "text": f"{ODD}\r\n{ODD}"}
    sent = nested_form_data(
        {
            "title": ODD, "slug": "week", "summary": ODD, "body": streamfield([("story", story)]),
            "search_description": f"{ODD}\n{ODD}", "seo_title": ODD,
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1",
        }
    )  # fmt: skip
    assert editor().post(f"/cms/pages/add/campaigns/campaignpage/{home.pk}/", sent).status_code == 302
    page = CampaignPage.objects.get(slug="week")
    assert (page.title, page.summary, page.seo_title, page.draft_title) == (CLEAN, CLEAN, CLEAN, CLEAN)
    lines = "柚子\u3000周\n柚子\u3000周"
    assert page.search_description == lines
    assert (page.body[0].value["title"], page.body[0].value["text"]) == (CLEAN, lines)
    assert page.latest_revision.content["title"] == CLEAN


def test_a_title_of_nothing_seen_is_refused() -> None:
    home = HomePage.objects.get(locale__language_code="zh-hans")
    countdown = {"title": "\u200b\u2066", "until": "2030-01-01 20:00", "over": ""}
    sent = nested_form_data(
        {
            "title": "\u200b", "slug": "week", "summary": "", "body": streamfield([("countdown", countdown)]),
            "search_description": "", "seo_title": "",
            "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "action-publish": "1",
        }
    )  # fmt: skip
    answer = editor().post(f"/cms/pages/add/campaigns/campaignpage/{home.pk}/", sent)
    assert (answer.status_code, sorted(answer.context["form"].errors)) == (200, ["body", "title"])


def test_the_title_of_an_upload_is_kept_without_what_is_unseen() -> None:
    sent = {"title": ODD, "collection": "1", "file": SimpleUploadedFile("prices.pdf", PDF)}
    assert editor().post("/cms/documents/add/", sent).status_code == 302
    assert Document.objects.get().title == CLEAN


def test_every_block_and_every_field_of_a_page_reads_texts_so() -> None:
    found = [each for each in below(CampaignBlocks()) if isinstance(each, blocks.CharBlock | blocks.TextBlock)]
    assert len(found) > 10
    assert [each.name for each in found if not isinstance(each, LineBlock | ParagraphsBlock)] == []
    for model in (HomePage, CampaignPage):
        loose = [
            name
            for name, field in model.get_edit_handler().get_form_class().base_fields.items()
            if isinstance(field, forms.CharField)
            and not isinstance(field, LineField | ParagraphsField | forms.SlugField)
        ]
        assert loose == []
