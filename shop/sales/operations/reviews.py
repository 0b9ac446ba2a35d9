"""晒图评价: by whoever really bought it, once a line, shown after somebody looked at it."""

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from oscar.apps.catalogue.reviews.models import ProductReview

from catalog.operations.listings import count_review
from catalog.operations.pictures import store_pictures
from catalog.queries.trade import listing_product_id
from shop.core import audit, outbox
from shop.core.errors import InvalidInput
from shop.core.masking import mask_name
from shop.sales import rules
from shop.sales.errors import WrongState
from shop.sales.models import LineFacts, ReviewFacts, ReviewPicture
from shop.sales.states import OrderState


def submit_review(
    *, line_id: int, stars: int, text: str, uploads: Sequence[IO[bytes]] = (), actor: Any, at: datetime
) -> ReviewFacts:
    """Write the review of a line that was received; it waits to be looked at before others see it.

    Raises InvalidInput on field `stars`, `text` or `photos`; WrongState when the order is not completed or the line
    was reviewed already.
    """
    text = text.strip()
    if not 1 <= stars <= rules.MOST_STARS:
        raise InvalidInput(_("Choose one to five stars."), code="stars_missing", field="stars")
    if not text:
        raise InvalidInput(_("Write a few words for those who buy next."), code="text_missing", field="text")
    if len(text) > rules.REVIEW_LENGTH:
        raise InvalidInput(_("At most 500 characters, please."), code="text_too_long", field="text")
    if len(uploads) > rules.MAX_PHOTOS:
        raise InvalidInput(_("Six photos at most."), code="too_many_photos", field="photos")
    line = LineFacts.objects.select_related("order__purchase").get(pk=line_id)
    if line.order.state != OrderState.COMPLETED or not line.accepted:
        raise WrongState(_("A product can be reviewed once it has been received."))
    if ReviewFacts.objects.filter(line=line).exists():
        raise _reviewed()
    pictures = store_pictures(uploads=uploads, actor=actor, at=at)
    try:
        with transaction.atomic():
            review = ProductReview.objects.create(
                product_id=listing_product_id(line.listing_id),
                score=stars,
                body=text,
                # Oscar allows one review of a product per user; here each line that was bought has its own.
                user=None,
                status=ProductReview.FOR_MODERATION,
            )
            facts = ReviewFacts.objects.create(
                review=review,
                line=line,
                listing_id=line.listing_id,
                shown_name=mask_name(line.order.purchase.ship_name),
            )
            ReviewPicture.objects.bulk_create(
                [ReviewPicture(review=facts, picture=each, position=n) for n, each in enumerate(pictures)]
            )
            return facts
    except IntegrityError as error:
        # The same form sent twice at the same moment.
        raise _reviewed() from error


def _reviewed() -> WrongState:
    return WrongState(_("You have reviewed this already. Thank you!"), code="reviewed_already")


def moderate_review(*, review_id: int, approve: bool, actor: Any, at: datetime, reason: str = "") -> ReviewFacts:
    """Show a waiting review, or refuse it with a reason; once. Approving counts it for its listing.

    Raises InvalidInput on field `reason` for a refusal without one, WrongState when it was decided before.
    """
    reason = reason.strip()
    if not approve and not reason:
        raise InvalidInput(_("Say why: the buyer reads it."), code="reason_missing", field="reason")
    status = ProductReview.APPROVED if approve else ProductReview.REJECTED
    with transaction.atomic():
        waiting = ProductReview.objects.filter(pk=review_id, status=ProductReview.FOR_MODERATION)
        if not waiting.update(status=status):
            raise WrongState(_("This review was decided already."), code="decided_already")
        facts = ReviewFacts.objects.select_related("review", "line__order__order").get(pk=review_id)
        facts.refusal = "" if approve else reason
        facts.moderated_at, facts.moderated_by_id = at, actor.pk
        facts.save(update_fields=["refusal", "moderated_at", "moderated_by_id"])
        if approve:
            count_review(listing_id=facts.listing_id, is_good=facts.review.score >= rules.GOOD_STARS, at=at)
        audit.record(
            action="review_approved" if approve else "review_refused",
            object_kind="review",
            object_id=review_id,
            actor=actor,
            at=at,
        )
        outbox.enqueue(
            task="sales.tell_review_decided", args={"review_id": review_id}, key=f"review:{review_id}", at=at
        )
        return facts


def reply_to_review(*, review_id: int, text: str, actor: Any, at: datetime) -> None:
    """Set what the supplier answers below an approved review. Raises InvalidInput on field `reply`."""
    text = text.strip()
    if not text or len(text) > rules.REPLY_LENGTH:
        raise InvalidInput(_("Write one to 300 characters."), code="reply_length", field="reply")
    with transaction.atomic():
        ReviewFacts.objects.filter(pk=review_id, review__status=ProductReview.APPROVED).update(reply=text)
        audit.record(action="review_replied", object_kind="review", object_id=review_id, actor=actor, at=at)
