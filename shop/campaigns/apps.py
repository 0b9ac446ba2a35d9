from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "shop.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Make texts inert in the CSV files of Wagtail's reports: there a title could be a formula."""
        from wagtail.admin.views.mixins import SpreadsheetExportMixin  # reason: apps must be loaded

        from shop.core.spreadsheets import inert  # reason: as above

        SpreadsheetExportMixin.custom_value_preprocess[str] = {SpreadsheetExportMixin.FORMAT_CSV: inert}
