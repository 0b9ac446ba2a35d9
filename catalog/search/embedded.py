"""The database's own full text: FTS5 on SQLite, a GIN index of tokens on PostgreSQL (see migration 0002)."""

from django.db import connection
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from catalog.models import ListingCard

from .tokens import parse

_POSTGRES = "array_to_tsvector(string_to_array(catalog_listingcard.tokens, ' ')) @@ %s::tsquery"
_SQLITE = "SELECT rowid FROM catalog_card_search WHERE catalog_card_search MATCH %s"


def matching(cards: QuerySet[ListingCard], query: str) -> QuerySet[ListingCard]:
    """Return those of `cards` that match every term of `query`; none when it has no term. No query runs yet."""
    terms = parse(query)
    if not terms:
        return cards.none()
    # Terms are made of Chinese characters, a-z and 0-9 only, so nothing in them can end the quotes.
    if connection.vendor == "postgresql":
        wanted = " & ".join(f"'{term.text}'{':*' if term.is_prefix else ''}" for term in terms)
        return cards.filter(RawSQL(_POSTGRES, [wanted], output_field=BooleanField()))  # noqa: S611  # a parameter
    wanted = " AND ".join(f'"{term.text}"{" *" if term.is_prefix else ""}' for term in terms)
    return cards.filter(pk__in=RawSQL(_SQLITE, [wanted]))  # noqa: S611  # a parameter
