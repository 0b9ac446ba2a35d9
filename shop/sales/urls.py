"""Addresses of buying, in both languages. The cashier's stand in `pay_urls`, without a language."""

from django.urls import path

from shop.sales import order_urls
from shop.sales.views import basket, checkout, me

app_name = "sales"

buying = [
    path("shop/basket/", basket.basket, name="basket"),
    path("shop/basket/add/", basket.add, name="basket-add"),
    path("shop/basket/update/", basket.update, name="basket-update"),
    path("shop/checkout/", checkout.checkout, name="checkout"),
    path("shop/checkout/quote/", checkout.quote, name="checkout-quote"),
    path("shop/me/", me.me, name="me"),
]

urlpatterns = [*buying, *order_urls.patterns]
