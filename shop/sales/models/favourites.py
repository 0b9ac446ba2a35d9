"""Our facts about Oscar's wish list lines."""

from django.conf import settings
from django.db import models


class Favourite(models.Model):
    """A listing that somebody keeps, and its lowest price in 分 when it was added."""

    line = models.OneToOneField("wishlists.Line", primary_key=True, on_delete=models.CASCADE, related_name="favourite")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="favourites")
    listing = models.ForeignKey("catalog.Listing", on_delete=models.CASCADE, related_name="favourites")
    price_fen = models.BigIntegerField()
    added_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "listing"], name="favourite_once")]
        indexes = [models.Index(fields=["user", "-added_at"], name="favourite_of_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.listing_id}"
