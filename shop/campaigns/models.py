"""Wagtail pages. The home page is the first; campaign staff edit it in /cms/."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


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
