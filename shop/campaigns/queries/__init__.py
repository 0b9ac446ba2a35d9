"""Reading campaigns."""

from shop.campaigns.models import CampaignPage
from shop.sales.operations.placing import Attribution

LONGEST_LABEL = 120


def sources_of_campaign(ref: str) -> tuple[Attribution, ...]:
    """Return what orders of visitors `?from=campaign-ref` carry; nothing for a page that is not there. One query."""
    title = CampaignPage.objects.filter(pk=int(ref)).values_list("title", flat=True).first()
    return (Attribution("campaign", ref, title[:LONGEST_LABEL]),) if title else ()
