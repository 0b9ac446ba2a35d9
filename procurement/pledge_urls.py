"""Buy instead of donate, below /pledges/."""

from django.urls import path

from procurement.views import gift_certificates, gifts

app_name = "pledges"

urlpatterns = [
    path("", gifts.index, name="index"),
    path("needs/<slug:slug>/", gifts.need, name="need"),
    path("give/<slug:slug>/", gifts.give_product, name="give"),
    path("mine/", gifts.mine, name="mine"),
    path("mine/<int:order_id>/link/", gifts.new_link, name="new-link"),
    path("receipt/<str:token>/", gifts.receipt_link, name="receipt-link"),
    path("receipts/<int:order_id>/", gifts.receipt, name="receipt"),
    path("certificates/", gift_certificates.verify, name="verify"),
    path("certificates/<str:number>/", gift_certificates.certificate, name="certificate"),
]
