"""Addresses of the cashier, below /pay/."""

from django.urls import path

from shop.sales.views import cashier

app_name = "pay"

urlpatterns = [
    path("<str:number>/", cashier.cashier, name="cashier"),
    path("<str:number>/status/", cashier.status, name="status"),
    path("<str:number>/demo/", cashier.demo, name="demo"),
    path("<str:number>/transfer/", cashier.transfer, name="transfer"),
    path("<str:number>/slip/", cashier.slip, name="slip"),
    path("<str:number>/done/", cashier.done, name="done"),
    path("<str:number>/cancel/", cashier.cancel, name="cancel"),
    path("<str:number>/account/", cashier.account, name="account"),
    path("<str:number>/again/", cashier.again, name="again"),
]
