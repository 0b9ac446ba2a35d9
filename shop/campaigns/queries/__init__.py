"""Reading campaigns."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from catalog.queries import local, paragraphs, said
from procurement.queries.gifts import needs_called
from shop.campaigns.hooks import Progress
from shop.campaigns.models import CampaignPage
from shop.core.money import to_yuan
from shop.sales.operations.placing import Attribution

LONGEST_LABEL = 120


def sources_of_campaign(ref: str) -> tuple[Attribution, ...]:
    """Return what orders of visitors `?from=campaign-ref` carry; nothing for a page that is not there. One query."""
    title = CampaignPage.objects.filter(pk=int(ref)).values_list("title", flat=True).first()
    return (Attribution("campaign", ref, title[:LONGEST_LABEL]),) if title else ()


def progress_of_needs(slugs: Sequence[str]) -> dict[str, Progress]:
    """Return how far needs are met, by slug; answers the pledge block. Four queries, whatever the number."""
    return {
        slug: Progress(
            title=said(shown.need, "title"),
            text=next(iter(paragraphs(said(shown.need, "text"))), ""),
            figures=_("%(given)s out of %(wanted)s given")
            % {"given": f"¥{to_yuan(shown.given_fen):,}", "wanted": f"¥{to_yuan(shown.wanted_fen):,}"},
            url=local(f"/pledges/needs/{slug}/"),
            done=shown.percent,
        )
        for slug, shown in needs_called(slugs).items()
    }
