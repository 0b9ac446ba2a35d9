"""Reading campaigns."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page

from catalog.queries import local, paragraphs, said
from procurement.queries.gifts import NeedShown, needs_called
from shop.campaigns.hooks import Progress
from shop.campaigns.models import CampaignPage
from shop.core.money import to_yuan
from shop.core.numbers import read_id
from shop.sales.operations.placing import Attribution

LONGEST_LABEL = 120


def sources_of_campaign(ref: str) -> tuple[Attribution, ...]:
    """Return what orders of visitors `?from=campaign-ref` carry; nothing for a page that is not there. One query.

    A campaign's pages of all languages are one campaign: orders name the Chinese page, where there is one.
    """
    same = CampaignPage.objects.filter(pk=int(ref)).values("translation_key")
    pages = CampaignPage.objects.filter(translation_key__in=same)
    found = list(pages.order_by("pk").values_list("pk", "title", "locale__language_code"))
    chosen = next((page for page in found if page[2] == settings.LANGUAGE_CODE), None) or next(iter(found), None)
    return (Attribution("campaign", str(chosen[0]), chosen[1][:LONGEST_LABEL]),) if chosen else ()


def campaign_names(refs: Collection[str]) -> dict[str, str]:
    """Return what campaigns are called in the reader's language, by the id that orders name, as text. Two queries."""
    named = dict(
        CampaignPage.objects.filter(pk__in=[pk for ref in refs if (pk := read_id(ref)) is not None]).values_list(
            "pk", "translation_key"
        )
    )
    pages = CampaignPage.objects.filter(translation_key__in=named.values(), locale__language_code=get_language())
    titles = dict(pages.values_list("translation_key", "title"))
    return {str(pk): titles[key] for pk, key in named.items() if key in titles}


def progress_of_needs(slugs: Sequence[str]) -> dict[str, Progress]:
    """Return how far needs are met, by slug; answers the pledge block. Four queries, whatever the number."""
    return {
        slug: Progress(
            title=said(shown.need, "title"),
            text=next(iter(paragraphs(said(shown.need, "text"))), ""),
            figures=_figures(shown),
            url=local(f"/pledges/needs/{slug}/"),
            done=shown.percent,
            committed=shown.reserved_percent,
        )
        for slug, shown in needs_called(slugs).items()
    }


def _figures(shown: NeedShown) -> str:
    """Return what of a need is given; what is only reserved stands apart, since it may never be paid."""
    given = _("%(given)s out of %(wanted)s given") % {
        "given": f"¥{to_yuan(shown.given_fen):,}",
        "wanted": f"¥{to_yuan(shown.wanted_fen):,}",
    }
    if not shown.reserved_fen:
        return given
    reserved = _("%(fen)s more reserved, not paid yet") % {"fen": f"¥{to_yuan(shown.reserved_fen):,}"}
    return f"{given} · {reserved}"


def public_addresses() -> list[tuple[str, ...]]:
    """Return the published pages, each with its other languages' addresses. One query and one for each site."""
    pages: dict[object, list[str]] = {}
    for page in Page.objects.live().public().filter(depth__gt=1).order_by("path"):
        address = page.get_url()
        if address:
            pages.setdefault(page.translation_key, []).append(address)
    return [tuple(addresses) for addresses in pages.values()]
