from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CampaignsConfig(AppConfig):
    name = "shop.campaigns"
    label = "campaigns"
    verbose_name = pgettext_lazy("app", "Campaigns")
