"""The reviewers' queue, below /review/."""

from django.urls import path

from shop.sales.views import arbitration, reviewing, transfers

app_name = "review"

urlpatterns = [
    path("", reviewing.queue, name="queue"),
    path("transfers/", transfers.waiting, name="transfers"),
    path("transfers/<int:payment_id>/", transfers.match, name="match-transfer"),
    path("after-sales/", arbitration.queue, name="cases"),
    path("after-sales/<int:case_id>/", arbitration.case, name="case"),
    path("reviews/<int:review_id>/", reviewing.decide, name="decide"),
]
