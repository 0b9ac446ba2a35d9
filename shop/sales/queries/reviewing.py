"""Reading what waits to be looked at."""

from django.core.paginator import Page
from django.db.models import QuerySet
from oscar.apps.catalogue.reviews.models import ProductReview

from shop.core.paging import Turned, paged
from shop.sales.models import ReviewFacts

REVIEWS_A_PAGE = 20


def waiting_reviews(page: Turned = 1) -> Page:
    """Return a page of the reviews nobody decided yet, the oldest first. Three queries."""
    rows = ReviewFacts.objects.filter(review__status=ProductReview.FOR_MODERATION).order_by(
        "review__date_created", "pk"
    )
    return _page(rows, page)


def decided_reviews(page: Turned = 1) -> Page:
    """Return a page of the decided reviews, the latest decision first. Three queries."""
    return _page(ReviewFacts.objects.filter(moderated_at__isnull=False).order_by("-moderated_at", "-pk"), page)


def _page(rows: QuerySet[ReviewFacts], page: Turned) -> Page:
    chosen = rows.select_related("review", "line__order__supplier").prefetch_related("pictures__picture")
    return paged(chosen, page, REVIEWS_A_PAGE)


def review_exists(review_id: int) -> bool:
    """Tell whether there is such a review. One query."""
    return ReviewFacts.objects.filter(pk=review_id).exists()
