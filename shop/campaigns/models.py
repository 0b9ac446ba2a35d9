"""Wagtail pages. The home page is the first; campaign staff edit it in /cms/."""

import re
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from catalog.queries.home import front_page
from catalog.queries.tree import category_tree
from shop.campaigns.blocks import CampaignBlocks
from shop.campaigns.sections import Section, sections
from shop.core.redirects import ADDRESSES


def addresses_of(page: Page) -> dict[str, str]:
    """Return where a page stands in each language in which everybody may read it, by the language's code. One query.

    A translation may have another name in its address, be a draft, be for a group alone, or not be there.
    """
    found = page.get_translations(inclusive=True).live().public().select_related("locale")
    return {each.locale.language_code: address for each in found if (address := each.get_url())}


class HomePage(Page):
    """The front page: a headline over the season's picture, then rails that come from the catalogue."""

    kicker = models.CharField(max_length=60, blank=True)
    headline = models.CharField(max_length=60)
    lead = models.TextField(blank=True)
    picture = models.CharField(max_length=80, blank=True, help_text="Name of a hero picture, e.g. still-harvest")
    body = StreamField(CampaignBlocks(), blank=True, help_text="Below the season's rail")

    content_panels = [
        *Page.content_panels,
        FieldPanel("kicker", heading=_("Small line above")),
        FieldPanel("headline", heading=_("Headline")),
        FieldPanel("lead", heading=_("Text")),
        FieldPanel("picture", heading=_("Picture"), help_text=_("Name of a hero picture, e.g. still-harvest")),
        FieldPanel("body", heading=_("Blocks"), help_text=_("Below the season's rail")),
    ]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 2
    template = "campaigns/home.html"

    class Meta:
        verbose_name = _("Home page")

    @classmethod
    def get_verbose_name(cls) -> str:
        """Return what the editor calls this kind of page, in the reader's language."""
        return gettext("Home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the catalogue's rails; the headline breaks after a comma."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tree = category_tree()
        return {
            **context,
            ADDRESSES: addresses_of(self),
            "home": front_page(timezone.localdate()),
            "headline_lines": [part for part in re.split(r"(?<=[，,])", self.headline) if part.strip()],
            "lead_lines": [line for line in self.lead.splitlines() if line.strip()],
            "campaigns": CampaignPage.objects.child_of(self).live().public().order_by("-first_published_at", "pk")[:3],
            "sections": sections(self.body, at=timezone.now(), mark=f"campaign-{self.pk}") if self.body else [],
            "first_category": next((node for node in tree.tops if node.in_navigation), None),
        }


class CampaignPage(Page):
    """A campaign: blocks in the order staff put them, one page for each language."""

    summary = models.CharField(max_length=160, blank=True, help_text="For lists and search engines")
    body = StreamField(CampaignBlocks(), blank=True)

    content_panels = [
        *Page.content_panels,
        FieldPanel("summary", heading=_("Summary"), help_text=_("For lists and search engines")),
        FieldPanel("body", heading=_("Blocks")),
    ]
    parent_page_types = ["campaigns.HomePage"]
    subpage_types: list[str] = []
    template = "campaigns/campaign.html"

    class Meta:
        verbose_name = _("Campaign page")

    @classmethod
    def get_verbose_name(cls) -> str:
        """Return what the editor calls this kind of page, in the reader's language."""
        return gettext("Campaign page")

    @cached_property
    def mark(self) -> str:
        """What its links say: orders of who follows them are this campaign's."""
        return f"campaign-{self.pk}"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the sections; a preview also says what is left out."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        found: list[Section] = sections(self.body, at=timezone.now(), mark=self.mark)
        return {
            **context,
            ADDRESSES: addresses_of(self),
            "sections": found,
            "is_preview": getattr(request, "is_preview", False),
        }
