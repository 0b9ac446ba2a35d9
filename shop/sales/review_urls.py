"""The reviewers' queue, below /review/."""

from django.urls import path

from shop.sales.views import payouts, reviewing, transfers

app_name = "review"

urlpatterns = [
    path("", reviewing.queue, name="queue"),
    path("transfers/", transfers.waiting, name="transfers"),
    path("transfers/<int:payment_id>/", transfers.match, name="match-transfer"),
    path("payouts/", payouts.waiting, name="payouts"),
    path("payouts/<int:refund_id>/", payouts.pay, name="pay-out"),
    path("payouts/<int:refund_id>/account/", payouts.account, name="payout-account"),
    path("reviews/<int:review_id>/", reviewing.decide, name="decide"),
]
