"""What procurement adds to a product's page: the way to giving it."""

from collections.abc import Collection
from datetime import datetime

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.hooks import Panel
from procurement.queries.gifts import Wanted, asked_for
from shop.core.templatetags.heqiao import local

KEPT_SECONDS = 60


def giving(slug: str, specification_ids: Collection[int], at: datetime) -> Panel | None:
    """Return the row 以购代捐 of a product; None where nobody's need is open.

    What is asked for is kept for a minute for all products together, so that no page asks the database for it.
    """
    asked: Wanted | None = cache.get("procurement:asked")
    if asked is None:
        asked = asked_for(at)
        cache.set("procurement:asked", asked, KEPT_SECONDS)
    if not asked.needs:
        return None
    left = sum(asked.pieces.get(pk, 0) for pk in specification_ids)
    text = _("Buy it for people who need it")
    if left:
        text = ngettext("%(n)d piece of it is asked for", "%(n)d pieces of it are asked for", left) % {"n": left}
    return Panel(_("Give it"), text, local(f"/pledges/give/{slug}/"), "give-it")
