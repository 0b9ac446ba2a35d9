"""Our facts about Oscar's categories."""

from django.db import models


class CategoryFacts(models.Model):
    """English name, picture and place in the navigation of an Oscar category (its `name` is Chinese)."""

    category = models.OneToOneField("catalogue.Category", on_delete=models.CASCADE, related_name="facts")
    name_en = models.CharField(max_length=80, blank=True)
    picture = models.ForeignKey("catalog.Picture", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    in_navigation = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.name_en
