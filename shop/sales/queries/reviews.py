"""Published reviews, as the catalogue's pages show them."""

from collections import defaultdict

from django.db.models import QuerySet
from oscar.apps.catalogue.reviews.models import ProductReview

from catalog.hooks import Review
from catalog.queries import Rendition, rendition
from shop.core.prepared import Prepared
from shop.sales.models import ReviewFacts, ReviewPicture

FIRST = 3  # What a product's page shows.


def _newest(listing_id: int) -> QuerySet[ReviewFacts]:
    return (
        ReviewFacts.objects.filter(listing_id=listing_id, review__status=ProductReview.APPROVED)
        .select_related("review", "line")
        .order_by("-review__date_created", "-review_id")
    )


_FIRST = Prepared(lambda listing_id: _newest(listing_id)[:FIRST])


def reviews_of(listing_id: int, limit: int, offset: int = 0) -> list[Review]:
    """Return approved reviews of a listing, the newest first. Two queries, one where there are none."""
    rows = _FIRST(listing_id) if (limit, offset) == (FIRST, 0) else list(_newest(listing_id)[offset : offset + limit])
    if not rows:
        return []
    pictures: dict[int, list[Rendition]] = defaultdict(list)
    for row in ReviewPicture.objects.filter(review__in=rows).select_related("picture").order_by("pk"):
        picture = row.picture
        pictures[row.review_id].append(
            rendition(picture.key, picture.widths, size=(picture.width, picture.height), ground=picture.ground)
        )
    return [
        Review(
            pk=row.pk,
            name=row.shown_name,
            spec_zh=row.line.spec_zh,
            spec_en=row.line.spec_en,
            stars=row.review.score,
            text=row.review.body,
            reply=row.reply,
            at=row.review.date_created,
            pictures=tuple(pictures[row.pk]),
        )
        for row in rows
    ]
