"""Wagtail pages. The home page is the first; campaign staff edit it in /cms/."""

import re
from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page

from catalog.queries.home import front_page
from catalog.queries.tree import category_tree


class HomePage(Page):
    """The front page: a headline over the season's picture, then rails that come from the catalogue."""

    kicker = models.CharField(max_length=60, blank=True)
    headline = models.CharField(max_length=60)
    lead = models.TextField(blank=True)
    picture = models.CharField(max_length=80, blank=True, help_text="Name of a hero picture, e.g. still-harvest")

    content_panels = [
        *Page.content_panels,
        FieldPanel("kicker"),
        FieldPanel("headline"),
        FieldPanel("lead"),
        FieldPanel("picture"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    max_count_per_parent = 2
    template = "campaigns/home.html"

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the catalogue's rails; the headline breaks after a comma."""
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        tree = category_tree()
        return {
            **context,
            "home": front_page(timezone.localdate()),
            "headline_lines": [part for part in re.split(r"(?<=[，,])", self.headline) if part.strip()],
            "lead_lines": [line for line in self.lead.splitlines() if line.strip()],
            "first_category": next((node for node in tree.tops if node.in_navigation), None),
        }
