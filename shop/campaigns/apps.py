from django.apps import AppConfig
from django.utils.translation import pgettext_lazy


class CampaignsConfig(AppConfig):
    name = "shop.campaigns"
    label = "campaigns"
    verbose_name = pgettext_lazy("app", "Campaigns")

    def ready(self) -> None:
        """Have the CMS read texts as the rest of the site does, and write them into CSV files as the rest does."""
        from wagtail.admin.views.mixins import SpreadsheetExportMixin  # reason: apps must be loaded

        from shop.campaigns.cleaned_texts import read_texts_cleaned  # reason: Wagtail's forms need the models
        from shop.core.spreadsheets import inert  # reason: it stands beside the two above

        read_texts_cleaned()
        # There a title could be a formula.
        SpreadsheetExportMixin.custom_value_preprocess[str] = {SpreadsheetExportMixin.FORMAT_CSV: inert}
