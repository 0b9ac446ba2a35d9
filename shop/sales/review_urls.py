"""The reviewers' queue, below /review/."""

from django.urls import path

from shop.sales.views import reviewing, transfers

app_name = "review"

urlpatterns = [
    path("", reviewing.queue, name="queue"),
    path("transfers/", transfers.waiting, name="transfers"),
    path("transfers/<int:payment_id>/", transfers.match, name="match-transfer"),
    path("reviews/<int:review_id>/", reviewing.decide, name="decide"),
]
