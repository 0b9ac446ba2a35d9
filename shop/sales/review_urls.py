"""The reviewers' queue, below /review/."""

from django.urls import path

from shop.sales.views import reviewing

app_name = "review"

urlpatterns = [
    path("", reviewing.queue, name="queue"),
    path("reviews/<int:review_id>/", reviewing.decide, name="decide"),
]
