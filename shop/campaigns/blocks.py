"""The blocks a campaign page is made of. They keep what staff chose; prices, stock and states are read when it is shown."""

from typing import Any

from django.apps import apps
from django.core.exceptions import BadRequest, ValidationError
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import StructBlockValidationError
from wagtail.images.blocks import ImageChooserBlock

from shop.campaigns.cleaned_texts import LineBlock, ParagraphsBlock
from shop.core.times import FIRST_MOMENT, LAST_MOMENT


class _OneOf(blocks.ChooserBlock):
    """A row of a model of ours, chosen by name. One that was deleted is None, and shown as nothing."""

    model_name = ""
    chooser = ""

    @cached_property
    def target_model(self) -> Any:
        """Return the model."""
        return apps.get_model(self.model_name)

    @cached_property
    def widget(self) -> Any:
        """Return the chooser's widget."""
        from shop.campaigns import choosers  # reason: it needs every app's models

        return getattr(choosers, self.chooser).widget_class()


class ListingChooserBlock(_OneOf):
    """A product."""

    model_name = "catalog.Listing"
    chooser = "listings"

    class Meta:
        icon = "pick"


class VillageChooserBlock(_OneOf):
    """A village."""

    model_name = "catalog.Village"
    chooser = "villages"

    class Meta:
        icon = "site"


class RoomChooserBlock(_OneOf):
    """A live room."""

    model_name = "livestream.LiveRoom"
    chooser = "rooms"

    class Meta:
        icon = "media"


class LinkBlock(blocks.RegexBlock):
    """An address of this site, without language: /shop/c/fruit/."""

    def __init__(self, **given: Any) -> None:
        """Take what RegexBlock takes, but the expression."""
        given.setdefault("regex", r"^/(?!/)[\w\-./?=&%#]*$")
        given.setdefault("required", False)
        given.setdefault("error_messages", {"invalid": _("Enter an address of this site, such as /shop/c/fruit/.")})
        super().__init__(**given)


class HeroBlock(blocks.StructBlock):
    """The picture at the top with the headline on its quiet part."""

    image = ImageChooserBlock(required=False, label=_("Picture, wide, its left part quiet"))
    eyebrow = LineBlock(required=False, max_length=60, label=_("Small line above"))
    headline = LineBlock(max_length=60, label=_("Headline"))
    text = ParagraphsBlock(required=False, max_length=300, rows=2, label=_("Text"))
    button = LineBlock(required=False, max_length=20, label=_("Button"))
    link = LinkBlock(label=_("Where the button leads"))

    class Meta:
        icon = "image"
        label = _("Hero")


class RailBlock(blocks.StructBlock):
    """A row of products. What is withdrawn is left out until it is back."""

    title = LineBlock(max_length=40, label=_("Title"))
    products = blocks.ListBlock(ListingChooserBlock(), max_num=20, label=_("Products"))
    more = LineBlock(required=False, max_length=20, label=_("Words of the link to more"))
    link = LinkBlock(label=_("Where it leads"))

    class Meta:
        icon = "list-ul"
        label = _("Product rail")


class StoryBlock(blocks.StructBlock):
    """A village with its picture and a few sentences."""

    village = VillageChooserBlock(required=False, label=_("Village"))
    title = LineBlock(required=False, max_length=60, label=_("Title, if not the village's own"))
    text = ParagraphsBlock(max_length=600, rows=4, label=_("Story"))

    class Meta:
        icon = "site"
        label = _("Village story")


class CountdownBlock(blocks.StructBlock):
    """How long until something begins or ends."""

    title = LineBlock(max_length=40, label=_("What is counted down to"))
    until = blocks.DateTimeBlock(label=_("Until"))
    over = LineBlock(required=False, max_length=60, label=_("What it says afterwards"))

    def clean(self, value: Any) -> Any:
        """Return it cleaned; a day of no calendar of ours would be kept and break the page."""
        found = super().clean(value)
        if not FIRST_MOMENT <= found["until"] <= LAST_MOMENT:
            raise StructBlockValidationError({"until": ValidationError(_("Enter a day between 2000 and 2199."))})
        return found

    class Meta:
        icon = "time"
        label = _("Countdown")


class LiveBlock(blocks.StructBlock):
    """A live room: who is live now, or when it begins."""

    title = LineBlock(required=False, max_length=40, label=_("Title"))
    room = RoomChooserBlock(required=False, label=_("Live room"))

    class Meta:
        icon = "media"
        label = _("Live card")


class PledgeBlock(blocks.StructBlock):
    """How far a need is met by people who buy instead of donate."""

    title = LineBlock(required=False, max_length=40, label=_("Title"))
    need = LineBlock(max_length=60, label=_("The need: the last word of its address"))

    class Meta:
        icon = "tick-inverse"
        label = _("Pledge progress")


class CampaignBlocks(blocks.StreamBlock):
    """All of them."""

    hero = HeroBlock(group=_("Words and pictures"))
    story = StoryBlock(group=_("Words and pictures"))
    countdown = CountdownBlock(group=_("Words and pictures"))
    rail = RailBlock(group=_("Live figures"))
    live = LiveBlock(group=_("Live figures"))
    pledge = PledgeBlock(group=_("Live figures"))

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        """Return what the editor's form says. Raises BadRequest for what no editor of ours sends."""
        try:
            return super().value_from_datadict(data, files, prefix)
        except (KeyError, ValueError) as error:
            raise BadRequest(str(error)) from error
