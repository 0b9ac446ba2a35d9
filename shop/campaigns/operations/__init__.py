"""What campaigns do by themselves."""

from datetime import datetime

from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

from shop.accounts.rules import CAMPAIGN_GROUP
from shop.core import periodic

PAGE_ACTIONS = ("add_page", "change_page", "publish_page", "unlock_page")
IMAGE_ACTIONS = ("add_image", "choose_image", "change_image")


@periodic.every("campaigns.schedule", seconds=20)
def publish_scheduled(*, at: datetime) -> None:
    """Publish and take down pages whose time has come. Wagtail's own command, by the clock of the worker."""
    call_command("publish_scheduled", verbosity=0)


def ensure_page_permissions() -> None:
    """Let campaign staff make, change and publish pages below the home pages, with pictures. Again: changes nothing."""
    group = Group.objects.get(name=CAMPAIGN_GROUP)
    for page in Page.objects.filter(depth=2):
        for permission in Permission.objects.filter(content_type__app_label="wagtailcore", codename__in=PAGE_ACTIONS):
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    root = Collection.objects.filter(depth=1).first()
    for permission in Permission.objects.filter(content_type__app_label="wagtailimages", codename__in=IMAGE_ACTIONS):
        if root is not None:
            GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    translate = Permission.objects.filter(content_type__app_label="simple_translation", codename="submit_translation")
    group.permissions.add(*translate)
