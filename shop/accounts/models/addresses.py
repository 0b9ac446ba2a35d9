"""The address book."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy


class Address(models.Model):
    """Where a person receives parcels. `division` is a county (six digits)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="delivery_addresses")
    name = models.CharField(max_length=40)
    phone = models.CharField(max_length=20)
    division = models.ForeignKey("core.Division", on_delete=models.PROTECT, related_name="+")
    street = models.CharField(max_length=160)
    postcode = models.CharField(max_length=6, blank=True)
    tag = models.CharField(max_length=10, blank=True, help_text="home, office, school, …")
    is_default = models.BooleanField(default=False)
    updated_at = models.DateTimeField(auto_now=True)

    TAG_NAMES = {
        "home": pgettext_lazy("address", "Home"),
        "office": pgettext_lazy("address", "Office"),
        "school": pgettext_lazy("address", "School"),
    }

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="address_one_default"),
        ]

    @property
    def tag_name(self) -> str:
        """The tag in the reader's language; a tag of one's own as it was typed."""
        return str(self.TAG_NAMES.get(self.tag, self.tag))

    def __str__(self) -> str:
        return f"address {self.pk}"
