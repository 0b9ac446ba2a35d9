"""The reviewers' queue of goods, below /review/listings/."""

from django.urls import path

from catalog.views import listing_review

app_name = "listing-review"
urlpatterns = [
    path("", listing_review.queue, name="queue"),
    path("<int:proposal_id>/", listing_review.proposal, name="proposal"),
    path("<int:proposal_id>/decide/", listing_review.decide, name="decide"),
]
