"""Our facts about Oscar's product reviews: which line they are of, and their pictures."""

from django.db import models


class ReviewFacts(models.Model):
    """A review of something really bought. Shown after moderation (Oscar's status)."""

    review = models.OneToOneField(
        "reviews.ProductReview", primary_key=True, on_delete=models.CASCADE, related_name="facts"
    )
    line = models.OneToOneField("sales.LineFacts", on_delete=models.PROTECT, related_name="review")
    listing_id = models.BigIntegerField(db_index=True)
    shown_name = models.CharField(max_length=20, help_text="Masked, e.g. 林**")
    reply = models.CharField(max_length=300, blank=True, help_text="From the supplier")
    refusal = models.CharField(max_length=200, blank=True)
    moderated_at = models.DateTimeField(null=True, blank=True)
    moderated_by_id = models.BigIntegerField(null=True, blank=True)

    def __str__(self) -> str:
        return f"review {self.pk}"


class ReviewPicture(models.Model):
    """A buyer's photo."""

    review = models.ForeignKey(ReviewFacts, on_delete=models.CASCADE, related_name="pictures")
    picture = models.ForeignKey("catalog.Picture", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return f"{self.review_id} {self.position}"
