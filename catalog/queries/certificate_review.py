"""What a reviewer reads of certificates: those of the reviewer's counties, what is sold under one, what was decided."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.hooks import OrdersUnder
from catalog.models import Certificate, Listing
from catalog.queries.proposal_review import Divisions, in_divisions
from catalog.queries.sale import barred
from catalog.rules.numbers import plain_number
from catalog.states import ListingState
from catalog.words import said
from shop.accounts.queries import names_of
from shop.core.models import AuditEntry
from shop.core.paging import Turned, paged
from shop.core.texts import sentences

CERTIFICATES_A_PAGE = 20
ORDERS_NAMED = 10
DECISIONS = ("certificate_revoked", "certificate_restored")


def certificates_to_review(
    divisions: Divisions, page: Turned = 1, *, query: str = "", revoked: bool = False
) -> Page[Any]:
    """Return a page of the certificates of these divisions, by number, with `live_count`: what can be bought. Two queries.

    `query` is a part of a number or of its holder's name; `revoked`: only those, the latest first.
    """
    rows = Certificate.objects.filter(in_divisions(divisions, "holder"))
    if query:
        plain = plain_number(query)
        named = Q(holder__name_zh__icontains=query) | Q(holder__name_en__icontains=query)
        rows = rows.filter(Q(number__icontains=query) | (Q(number__icontains=plain) if plain else Q()) | named)
    if revoked:
        rows = rows.filter(is_revoked=True)
    off = barred(timezone.localdate(), "certified__listing_id")
    live = Count("certified", filter=Q(~off, certified__listing__state=ListingState.LIVE))
    ordered = rows.annotate(live_count=live).select_related("holder__county")
    order = ("-revoked_at", "pk") if revoked else ("number",)
    return paged(ordered.order_by(*order), page, CERTIFICATES_A_PAGE)


def certificate_to_review(divisions: Divisions, number: str) -> Certificate | None:
    """Return a certificate of these divisions by its number, or None. One query."""
    rows = Certificate.objects.filter(in_divisions(divisions, "holder"), number=number)
    return rows.select_related("holder__county", "document").first()


@dataclass(frozen=True, slots=True)
class SoldUnder:
    """A product sold under a certificate. `is_barred`: it can't be sold without it."""

    slug: str
    name: str
    is_live: bool
    is_barred: bool


def sold_under(certificate: Certificate) -> list[SoldUnder]:
    """Return the products sold under a certificate. One query."""
    rows = certificate.certified.select_related("listing").order_by("listing__name_zh", "listing_id")
    return [
        SoldUnder(row.listing.slug, said(row.listing, "name"), row.listing.state == ListingState.LIVE, row.draws)
        for row in rows
    ]


def barred_live(goods: Iterable[SoldUnder]) -> int:
    """Return how many of the products sold under a certificate are on sale, and are not without it."""
    return sum(each.is_live and each.is_barred for each in goods)


def barred_words(barred: int) -> str:
    """Return how many products go off sale with a certificate; "" for none."""
    if not barred:
        return ""
    words = ngettext(
        "%(n)d product can't be bought from then on.", "%(n)d products can't be bought from then on.", barred
    )
    return words % {"n": barred}


@dataclass(frozen=True, slots=True)
class Decided:
    """One entry of the trail: revoked or taken back, by whom, when and why."""

    is_revoked: bool
    reason: str
    by: str
    at: datetime


def decisions_on(certificate_id: int) -> list[Decided]:
    """Return what was decided on a certificate, the latest first. Two queries."""
    rows = AuditEntry.objects.filter(object_kind="certificate", object_id=str(certificate_id), action__in=DECISIONS)
    found = list(rows.order_by("-at", "-pk"))
    names = names_of({row.actor_id for row in found if row.actor_id})
    return [
        Decided(row.action == DECISIONS[0], str(row.data.get("reason", "")), names.get(row.actor_id or 0, ""), row.at)
        for row in found
    ]


def waiting_words(waiting: OrdersUnder) -> str:
    """Return which paid orders of a certificate wait to be sent, how many are not paid yet, and what becomes of them."""
    return sentences(_paid_words(waiting), _unpaid_words(waiting))


def _unpaid_words(waiting: OrdersUnder) -> str:
    if not waiting.unpaid:
        return ""
    return ngettext(
        "%(orders)d more order is not paid yet: its buyer can't pay it while the certificate is revoked, and is told why.",
        "%(orders)d more orders are not paid yet: their buyers can't pay them while the certificate is revoked, and are"
        " told why.",
        waiting.unpaid,
    ) % {"orders": waiting.unpaid}


def _paid_words(waiting: OrdersUnder) -> str:
    if not waiting.orders:
        return ""
    counted = ngettext(
        "%(orders)d paid order waits for %(pieces)d pieces that were sold under it.",
        "%(orders)d paid orders wait for %(pieces)d pieces that were sold under it.",
        waiting.orders,
    ) % {"orders": waiting.orders, "pieces": waiting.pieces}
    named, more = ", ".join(waiting.numbers[:ORDERS_NAMED]), len(waiting.numbers) - ORDERS_NAMED
    if more > 0:
        named = _("%(numbers)s and %(more)d more") % {"numbers": named, "more": more}
    rest = _("They stay open: the supplier asks each buyer, and sends them or cancels them.")
    return sentences(counted, _("Orders: %(numbers)s.") % {"numbers": named}, rest)


@dataclass(frozen=True, slots=True)
class Lapsed:
    """A certificate of a supplier that does not hold, and the names of its live products that can't be sold for it."""

    number: str
    kind_text: str
    is_revoked: bool
    revoked_at: datetime | None
    reason: str
    valid_from: date
    valid_until: date
    barred: list[str]
    badge_only: list[str]


def lapsed_of(supplier_id: int, today: date) -> list[Lapsed]:
    """Return the certificates of a supplier that don't hold while something live is sold under them. Two queries."""
    rows = Certificate.objects.filter(
        Q(is_revoked=True) | Q(valid_until__lt=today) | Q(valid_from__gt=today),
        holder=supplier_id, certified__listing__state=ListingState.LIVE,
    )  # fmt: skip
    return list(_lapsed(rows.distinct().order_by("number")))


def _lapsed(rows: Iterable[Certificate]) -> Iterable[Lapsed]:
    found = list(rows)
    live = (
        Listing.objects.filter(certified__certificate__in=found, state=ListingState.LIVE)
        .order_by("pk")
        .values_list("certified__certificate_id", "certified__draws", "name_zh", "name_en")
    )
    names: dict[tuple[int, bool], list[str]] = {}
    for certificate_id, draws, name_zh, name_en in live:
        names.setdefault((certificate_id, draws), []).append(said({"name_zh": name_zh, "name_en": name_en}, "name"))
    for row in found:
        yield Lapsed(
            number=row.number,
            kind_text=str(row.get_kind_display()),
            is_revoked=row.is_revoked,
            revoked_at=row.revoked_at,
            reason=row.revoked_reason,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            barred=names.get((row.pk, True), []),
            badge_only=names.get((row.pk, False), []),
        )
