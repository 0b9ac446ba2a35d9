"""The reviewers' queue, below /review/."""

from django.urls import path

from shop.sales.views import arbitration, payouts, reviewing, transfers

app_name = "review"

urlpatterns = [
    path("", reviewing.queue, name="queue"),
    path("transfers/", transfers.waiting, name="transfers"),
    path("transfers/<int:payment_id>/", transfers.match, name="match-transfer"),
    path("after-sales/", arbitration.queue, name="cases"),
    path("after-sales/<int:case_id>/", arbitration.case, name="case"),
    path("payouts/", payouts.waiting, name="payouts"),
    path("payouts/<int:refund_id>/", payouts.pay, name="pay-out"),
    path("payouts/<int:refund_id>/account/", payouts.account, name="payout-account"),
    path("reviews/<int:review_id>/", reviewing.decide, name="decide"),
]
