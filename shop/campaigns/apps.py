from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "shop.campaigns"
    label = "campaigns"

    def ready(self) -> None:
        """Have the CMS read texts as the rest of the site does."""
        from shop.campaigns.cleaned_texts import read_texts_cleaned  # reason: Wagtail's forms need the models

        read_texts_cleaned()
