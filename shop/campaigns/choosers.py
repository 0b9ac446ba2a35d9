"""Choosing products, villages and live rooms in /cms/."""

from typing import Any

from django import forms
from django.apps import apps
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsViewMixin,
    ChooseViewMixin,
    CreationFormMixin,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet

from shop.core.fields import LineField


class NameFilterForm(BaseFilterForm):
    """Finds by a part of the Chinese or English name."""

    q = LineField(label=_("Name"), required=False, widget=forms.TextInput(attrs={"placeholder": _("Name")}))
    name_fields = ("name_zh", "name_en")

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow to names that contain what was typed."""
        words = self.cleaned_data.get("q")
        if words:
            found = Q()
            for name in self.name_fields:
                found |= Q(**{f"{name}__icontains": words})
            objects = objects.filter(found)
            self.is_searching = True
            self.search_query = words
        return objects


class TitleFilterForm(NameFilterForm):
    """Finds rooms by their title."""

    name_fields = ("title_zh", "title_en")


class _NamedView(BaseChooseView):
    filter_form_class = NameFilterForm
    ordering = ["name_zh", "pk"]


class NamedChooseView(ChooseViewMixin, CreationFormMixin, _NamedView):
    """The modal of a chooser that finds by name."""


class NamedResultsView(ChooseResultsViewMixin, CreationFormMixin, _NamedView):
    """The results in it."""


class ListingChooseView(NamedChooseView):
    """Products with who sells them."""

    @property
    def columns(self) -> list[Column]:
        """Name, supplier, state."""
        return [
            self.title_column,
            Column("supplier", label=_("Supplier"), accessor="supplier"),
            Column("state", label=_("State"), accessor="get_state_display"),
        ]


class ListingResultsView(NamedResultsView):
    """The results of products."""

    columns = ListingChooseView.columns


class RoomChooseView(NamedChooseView):
    """The modal of rooms."""

    filter_form_class = TitleFilterForm
    ordering = ["title_zh", "pk"]


class RoomResultsView(NamedResultsView):
    """The results of rooms."""

    filter_form_class = TitleFilterForm
    ordering = ["title_zh", "pk"]


class ListingChooserViewSet(ChooserViewSet):
    """Products that are on sale."""

    model = "catalog.Listing"
    icon = "pick"
    choose_one_text = _("Choose a product")
    choose_another_text = _("Choose another product")
    choose_view_class = ListingChooseView
    choose_results_view_class = ListingResultsView
    register_widget = False

    def get_object_list(self) -> QuerySet[Any]:
        """Return live listings."""
        return (
            apps.get_model(self.model).objects.filter(state="live", supplier__is_active=True).select_related("supplier")
        )


class VillageChooserViewSet(ChooserViewSet):
    """Villages with a page."""

    model = "catalog.Village"
    icon = "site"
    choose_one_text = _("Choose a village")
    choose_another_text = _("Choose another village")
    choose_view_class = NamedChooseView
    choose_results_view_class = NamedResultsView
    register_widget = False

    def get_object_list(self) -> QuerySet[Any]:
        """Return published villages."""
        return apps.get_model(self.model).objects.filter(is_published=True)


class RoomChooserViewSet(ChooserViewSet):
    """Live rooms that are open."""

    model = "livestream.LiveRoom"
    icon = "media"
    choose_one_text = _("Choose a live room")
    choose_another_text = _("Choose another live room")
    choose_view_class = RoomChooseView
    choose_results_view_class = RoomResultsView
    register_widget = False

    def get_object_list(self) -> QuerySet[Any]:
        """Return open rooms."""
        return apps.get_model(self.model).objects.filter(is_open=True)


listings = ListingChooserViewSet("listing_chooser")
villages = VillageChooserViewSet("village_chooser")
rooms = RoomChooserViewSet("live_room_chooser")
